import { type DeploymentStatus, type Environment, must } from '@overskill/protocol'
import { and, eq, inArray, lt, sql as raw } from 'drizzle-orm'
import type { EdgePreviewService } from '@overskill/edge'
import type { Apps } from '../apps/apps.ts'
import { lockApp } from '../apps/lock-app.ts'
import type { Database } from '../database/database.ts'
import { apps, deployments, pointers } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import { readPrevious } from './app-hosts-rows.ts'
import { holdIn, isShown, moveIn, type StageTimer } from './moves.ts'
import type { DeploymentRow } from './present.ts'

/** The writer of `pointers`. Postgres is the truth, the edge's memory follows it; only a larger fence moves one (L28). */
export type Pointers = {
  point(row: DeploymentRow, timer: StageTimer): Promise<void>
  pointsTo(row: DeploymentRow): Promise<boolean>
  /**
   * Records as live what the pointer already shows, once it is served: its process died between the two, or never heard that the
   * pointer moved. One whose build is no longer stored has failed.
   */
  confirm(row: DeploymentRow): Promise<void>
  /** Takes an environment off line, and what is on its way there will not arrive. Returns whether there was anything. */
  remove(app: string, environment: Environment): Promise<boolean>
}

export type PointersOptions = {
  db: Database
  log: EventLog
  edge: Pick<EdgePreviewService, 'switchTo' | 'remove'>
  apps: Pick<Apps, 'present'>
  /** What an address shows has changed. */
  onMoved: (app: string) => void
}

export const createPointers = (options: PointersOptions): Pointers => new FencedPointers(options)

class FencedPointers implements Pointers {
  readonly #options: PointersOptions

  constructor(options: PointersOptions) {
    this.#options = options
  }

  async point(row: DeploymentRow, timer: StageTimer): Promise<void> {
    const { log } = this.#options
    const overtaken = () => log.write((write) => moveIn(write, row, 'superseded', {}, 'stage'))
    if (!(await log.write((write) => movePointer(write, row))) && !(await this.pointsTo(row))) {
      return void (await overtaken())
    }
    if (!(await this.#serve(row))) throw new Error(`The edge has not got the build of deployment ${row.id}`)
    await this.#settle(row, { stages: timer.end('switch') })
  }

  pointsTo(row: DeploymentRow): Promise<boolean> {
    return isShown({ sql: this.#options.db }, row)
  }

  async confirm(row: DeploymentRow): Promise<void> {
    if (await this.#serve(row)) return this.#settle(row, {})
    const error = 'The build of this version is no longer stored. Deploy again.'
    await this.#options.log.write((write) => moveIn(write, row, 'failed', { error }, 'failed'))
  }

  async remove(app: string, environment: Environment): Promise<boolean> {
    const fence = await this.#options.log.write(async (write) => {
      await lockApp(write, app, true)
      const [pointer] = await write.sql.select().from(pointers).where(isPlace({ app, environment }))
      const shown = await rowsIn(write, { app, environment }, ['queued', 'building', 'uploading', 'live'])
      if (shown.length === 0 && (pointer?.artifact ?? null) === null) return undefined
      const live = shown.filter(({ status }) => status === 'live')
      const newest = await nextFence(write)
      const nothing = { deployment: null, artifact: null, fence: newest }
      await write.sql
        .insert(pointers)
        .values({ app, environment, ...nothing })
        .onConflictDoUpdate({
          target: [pointers.app, pointers.environment],
          set: { ...nothing, changedAt: raw`now()` },
        })
      for (const row of live) await moveIn(write, row, 'removed', {}, 'stage')
      await this.#tellApp(write, app, {})
      return newest
    })
    if (fence === undefined) return false
    this.#options.edge.remove({ app, environment, fence })
    this.#options.onMoved(app)
    return true
  }

  /** The edge has it, or something newer, before anything says so (L31). False: its build is not stored. */
  async #serve(row: DeploymentRow): Promise<boolean> {
    const { db, edge, onMoved } = this.#options
    const { app, environment, fence } = row
    const artifact = must(row.artifact, `The artifact of ${row.id}`)
    const previous = await readPrevious(db, { app, environment, artifact })
    const switched = await edge.switchTo({ app, environment, artifactHash: artifact, fence, previous })
    if (!switched.ok && switched.failure.code === 'not_found') return false
    onMoved(app)
    return true
  }

  /** This one is live, the one that was gives way, and the pages hear of both; in this order, so that they never see none. */
  #settle(row: DeploymentRow, set: Partial<DeploymentRow>): Promise<void> {
    return this.#options.log.write(async (write) => {
      await lockApp(write, row.app, true)
      if (!(await isShown(write, row))) return void (await moveIn(write, row, 'superseded', {}, 'stage'))
      const before = await rowsIn(write, row, ['live'])
      const { url, version } = await moveIn(write, row, 'live', set, 'completed')
      for (const older of before) await moveIn(write, older, 'superseded', {}, 'stage')
      if (row.environment === 'production') await this.#tellApp(write, row.app, { everPublished: true })
      else await write.append(row.app, [{ type: 'preview.ready', url, version }])
    })
  }

  /** Production came or went: the app's address is shown or not. */
  async #tellApp(write: Write, id: string, set: { everPublished?: true }): Promise<void> {
    const [row] = await write.sql
      .update(apps)
      .set({ ...set, updatedAt: raw`now()` })
      .where(eq(apps.id, id))
      .returning()
    const app = await this.#options.apps.present(must(row, `App ${id}`), write.sql)
    await write.append(id, [{ type: 'app.updated', app }])
  }
}

/** Moves the pointer if it is older than this deployment; false means that a newer one is there. */
async function movePointer(write: Write, row: DeploymentRow): Promise<boolean> {
  await lockApp(write, row.app, true)
  await holdIn(write, row)
  const { sql } = write
  const { app, environment, fence, artifact, id: deployment } = row
  const moved = await sql
    .insert(pointers)
    .values({ app, environment, fence, artifact, deployment })
    .onConflictDoUpdate({
      target: [pointers.app, pointers.environment],
      set: { fence, artifact, deployment, changedAt: raw`now()` },
      setWhere: lt(pointers.fence, fence),
    })
    .returning({ app: pointers.app })
  return moved.length > 0
}

type Place = { app: string; environment: Environment }

const isPlace = ({ app, environment }: Place) => and(eq(pointers.app, app), eq(pointers.environment, environment))

const rowsIn = ({ sql }: Write, at: Place, among: readonly DeploymentStatus[]): Promise<DeploymentRow[]> =>
  sql.query.deployments.findMany({
    where: and(
      eq(deployments.app, at.app),
      eq(deployments.environment, at.environment),
      inArray(deployments.status, [...among]),
    ),
  })

/** A change without a deployment of its own takes its number from the same counter. */
async function nextFence({ sql }: Write): Promise<number> {
  const next = await sql.execute<{ fence: string }>(
    raw`select nextval(pg_get_serial_sequence('deployments', 'fence')) as fence`,
  )
  return Number(must(next.rows[0], 'The next fence').fence)
}
