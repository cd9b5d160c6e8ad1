import { type Environment, must } from '@overskill/protocol'
import { and, eq, inArray, lt, ne, sql as raw } from 'drizzle-orm'
import type { EdgePreviewService } from '@overskill/edge'
import type { Apps } from '../apps/apps.ts'
import type { Database } from '../database/database.ts'
import { apps, deployments, pointers } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import { moveIn, type StageTimer } from './moves.ts'
import type { DeploymentRow } from './present.ts'

/** The writer of `pointers`. Postgres is the truth, the edge's memory follows it; only a larger fence moves one (L28). */
export type Pointers = {
  point(row: DeploymentRow, timer: StageTimer): Promise<void>
  pointsTo(row: DeploymentRow): Promise<boolean>
  /** Records as live what the pointer already shows: its process died between the two. */
  confirm(row: DeploymentRow): Promise<void>
  /** Takes an environment off line. Returns whether anything was. */
  remove(app: string, environment: Environment): Promise<boolean>
}

/** How many artifacts before the present one keep their hashed files reachable, for pages that are still open. */
const keptArtifacts = 5

export function createPointers(options: {
  db: Database
  log: EventLog
  edge: Pick<EdgePreviewService, 'switchTo' | 'remove'>
  apps: Pick<Apps, 'present'>
}): Pointers {
  const { db, log, edge } = options

  const previousOf = async (app: string, environment: Environment, artifact: string): Promise<string[]> => {
    const rows = await db
      .select({ artifact: deployments.artifact })
      .from(deployments)
      .where(
        and(
          eq(deployments.app, app),
          eq(deployments.environment, environment),
          inArray(deployments.status, ['live', 'superseded', 'removed']),
          ne(deployments.artifact, artifact),
        ),
      )
      .orderBy(raw`fence desc`)
      .limit(keptArtifacts * 4)
    return [...new Set(rows.flatMap((row) => row.artifact ?? []))].slice(0, keptArtifacts)
  }

  /** Moves the pointer if it is older than this deployment; false means that a newer one is there. */
  const move = async (write: Write, row: DeploymentRow): Promise<boolean> => {
    const { app, environment, fence, artifact, id: deployment } = row
    const moved = await write.sql
      .insert(pointers)
      .values({ app, environment, fence, artifact, deployment })
      .onConflictDoUpdate({
        target: [pointers.app, pointers.environment],
        set: { fence, artifact, deployment, changedAt: new Date() },
        setWhere: lt(pointers.fence, fence),
      })
      .returning({ app: pointers.app })
    return moved.length > 0
  }

  const published = async (write: Write, id: string): Promise<void> => {
    const [row] = await write.sql.update(apps).set({ everPublished: true }).where(eq(apps.id, id)).returning()
    const app = await options.apps.present(must(row, `App ${id}`), write.sql)
    await write.append(id, [{ type: 'app.updated', app }])
  }

  /** The one that was live gives way, this one is live, and the pages hear of both. */
  const settle = async (row: DeploymentRow, set: Partial<DeploymentRow>): Promise<void> => {
    await log.write(async (write) => {
      const before = await write.sql.query.deployments.findMany({
        where: and(
          eq(deployments.app, row.app),
          eq(deployments.environment, row.environment),
          eq(deployments.status, 'live'),
          ne(deployments.id, row.id),
        ),
      })
      for (const older of before) await moveIn(write, older, 'superseded', {}, 'stage')
      const { url, version } = await moveIn(write, row, 'live', set, 'completed')
      if (row.environment === 'production') await published(write, row.app)
      else await write.append(row.app, [{ type: 'preview.ready', url, version }])
    })
  }

  return {
    async point(row, timer) {
      const artifact = must(row.artifact, `The artifact of ${row.id}`)
      if (!(await log.write((write) => move(write, row)))) {
        await log.write((write) => moveIn(write, row, 'superseded', {}, 'stage'))
        return
      }
      const { app, environment, fence } = row
      const previous = await previousOf(app, environment, artifact)
      const switched = await edge.switchTo({ app, environment, artifactHash: artifact, fence, previous })
      if (!switched.ok) throw new Error(`The edge refused deployment ${row.id}: ${switched.failure.detail}`)
      await settle(row, { stages: timer.end('switch') })
    },

    async pointsTo({ app, environment, id }) {
      const row = await db.query.pointers.findFirst({
        where: and(eq(pointers.app, app), eq(pointers.environment, environment)),
      })
      return row?.deployment === id
    },

    confirm: (row) => settle(row, {}),

    async remove(app, environment) {
      const fence = await log.write(async (write) => {
        const live = await write.sql.query.deployments.findMany({
          where: and(
            eq(deployments.app, app),
            eq(deployments.environment, environment),
            eq(deployments.status, 'live'),
          ),
        })
        if (live.length === 0) return undefined
        const next = await write.sql.execute<{ fence: string }>(
          raw`select nextval(pg_get_serial_sequence('deployments', 'fence')) as fence`,
        )
        const newest = Number(must(next.rows[0], 'The next fence').fence)
        await write.sql
          .update(pointers)
          .set({ deployment: null, artifact: null, fence: newest, changedAt: new Date() })
          .where(and(eq(pointers.app, app), eq(pointers.environment, environment)))
        for (const row of live) await moveIn(write, row, 'removed', {}, 'stage')
        const [row] = await write.sql.select().from(apps).where(eq(apps.id, app))
        const shown = await options.apps.present(must(row, `App ${app}`), write.sql)
        await write.append(app, [{ type: 'app.updated', app: shown }])
        return newest
      })
      if (fence === undefined) return false
      edge.remove({ app, environment, fence })
      return true
    },
  }
}
