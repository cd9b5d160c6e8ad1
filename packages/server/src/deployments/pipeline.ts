import { type Deployment, type DeploymentStatus, type Environment, must, newId } from '@overskill/protocol'
import { and, eq, inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { deployments } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { ArtifactStore, BuildVersion, Built } from './build-version.ts'
import type { Pointers } from './pointers.ts'
import { moveIn, startStages } from './moves.ts'
import { type DeploymentRow, presentDeployment } from './present.ts'

/** What to deploy. `artifact`: that very one, already stored, as for a promotion or a rollback; else the version is built. */
export type NewDeployment = {
  app: string
  environment: Environment
  version: number
  url: string
  turn?: string
  artifact?: string
  bytes?: number
}

/** One pipeline per (app, environment) (L28, L30): the newest request wins, waiting older ones are superseded. */
export type Pipeline = {
  /** Records a deployment in the caller's transaction. `start` must be called after the commit. */
  add(write: Write, input: NewDeployment): Promise<Deployment>
  /** Runs what waits for this app and environment. Resolves when the given deployment has ended. */
  start(deployment: Deployment & { app: string }): Promise<Deployment>
  /** At start: what a former process left open goes on, or is closed if it went on line. */
  resume(): Promise<void>
  /** Ends running builds; what was open is resumed by the next start. */
  close(): Promise<void>
}

export type PipelineOptions = {
  db: Database
  log: EventLog
  buildVersion: BuildVersion
  artifacts: ArtifactStore
  pointers: Pointers
  /** Unexpected mistakes of ours; the deployment is marked failed all the same. */
  onError(error: unknown, context: { app: string; deployment?: string }): void
}

const open = ['queued', 'building', 'uploading'] as const

export function createPipeline(options: PipelineOptions): Pipeline {
  const { db, log, buildVersion, artifacts, pointers, onError } = options
  const closing = new AbortController()
  const lanes = new Map<string, Promise<void>>()
  const laneOf = (row: { app: string; environment: Environment }): string => `${row.app} ${row.environment}`

  /** The only way a deployment changes: legal move, row and event in one transaction. */
  const move = async (
    row: DeploymentRow,
    to: DeploymentStatus,
    set: Partial<DeploymentRow>,
    type: 'stage' | 'completed' | 'failed',
  ) => log.write(async (write) => moveIn(write, row, to, set, type))

  async function run(row: DeploymentRow): Promise<void> {
    const timer = startStages(row)
    const building = await move(row, 'building', { stages: timer.end('wait') }, 'stage')
    const built = (await stored(row)) ?? (await buildVersion(row.app, row.version, closing.signal))
    if (closing.signal.aborted) return
    if (!built.ok) {
      const error = built.errors.map(({ file, line, message }) =>
        `${file ?? ''}${line ? `:${line}` : ''} ${message}`.trim(),
      )
      await move(building, 'failed', { stages: timer.end('build'), error: error.slice(0, 5).join('\n') }, 'failed')
      return
    }
    const { hash: artifact, bytes, upload } = built
    const uploading = await move(building, 'uploading', { artifact, bytes, stages: timer.end('build') }, 'stage')
    if (upload) await artifacts.store(upload.artifact, upload.contents)
    timer.end('upload')
    await pointers.point(uploading, timer)
  }

  /** The artifact that the deployment names, if the edge still has it: a promotion or a rollback builds nothing. */
  async function stored({ artifact, bytes }: DeploymentRow): Promise<Built | undefined> {
    if (artifact === null || !(await artifacts.has(artifact))) return undefined
    return { ok: true, hash: artifact, bytes: bytes ?? 0 }
  }

  async function runLane(lane: { app: string; environment: Environment }): Promise<void> {
    for (;;) {
      const waiting = await db.query.deployments.findMany({
        where: and(
          eq(deployments.app, lane.app),
          eq(deployments.environment, lane.environment),
          eq(deployments.status, 'queued'),
        ),
        orderBy: deployments.fence,
      })
      const newest = waiting.at(-1)
      if (!newest || closing.signal.aborted) return
      for (const older of waiting.slice(0, -1)) await move(older, 'superseded', {}, 'stage')
      try {
        await run(newest)
      } catch (error) {
        if (closing.signal.aborted) return
        onError(error, { app: newest.app, deployment: newest.id })
        await abandon(newest.id, 'OverSkill could not finish this deployment. Deploy again.')
      }
    }
  }

  async function abandon(id: string, error: string): Promise<void> {
    const row = await find(id)
    if (open.some((status) => status === row.status)) await move(row, 'failed', { error }, 'failed')
  }

  /** Asks once more for what a former process left half done: no state goes back. */
  async function again(row: DeploymentRow): Promise<void> {
    const { app, environment, version, url, turn, artifact, bytes } = row
    await log.write(async (write) => {
      await moveIn(write, row, 'superseded', {}, 'stage')
      const values = {
        id: newId('dep'),
        status: 'queued' as const,
        app,
        environment,
        version,
        url,
        turn,
        artifact,
        bytes,
      }
      const [next] = await write.sql.insert(deployments).values(values).returning()
      await write.append(app, [
        { type: 'deployment.started', deployment: presentDeployment(must(next, 'The repeated deployment')) },
      ])
    })
  }

  const find = async (id: string): Promise<DeploymentRow> =>
    must(await db.query.deployments.findFirst({ where: eq(deployments.id, id) }), `Deployment ${id}`)

  /** Lanes run one after another; a start while one runs is seen by its next round. */
  const wake = (lane: { app: string; environment: Environment }): Promise<void> => {
    const key = laneOf(lane)
    const before = lanes.get(key) ?? Promise.resolve()
    const next = before.then(() => runLane(lane)).catch((error: unknown) => onError(error, { app: lane.app }))
    lanes.set(key, next)
    return next
  }

  return {
    async add(write, input) {
      const [row] = await write.sql
        .insert(deployments)
        .values({ id: newId('dep'), status: 'queued', ...input })
        .returning()
      const deployment = presentDeployment(must(row, 'The new deployment'))
      await write.append(input.app, [{ type: 'deployment.started', deployment }])
      return deployment
    },

    async start(deployment) {
      await wake(deployment)
      return presentDeployment(await find(deployment.id))
    },

    async resume() {
      const left = await db.query.deployments.findMany({ where: inArray(deployments.status, [...open]) })
      for (const row of left) {
        if (row.status === 'queued') continue
        if (await pointers.pointsTo(row)) await pointers.confirm(row)
        else await again(row)
      }
      for (const lane of new Map(left.map((row) => [laneOf(row), row])).values()) void wake(lane)
    },

    async close() {
      closing.abort()
      await Promise.allSettled(lanes.values())
    },
  }
}
