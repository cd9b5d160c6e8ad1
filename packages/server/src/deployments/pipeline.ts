import {
  type BuildError,
  type Deployment,
  type DeploymentStatus,
  type Environment,
  must,
  newId,
} from '@overskill/protocol'
import { and, eq, inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { deployments } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { ArtifactStore } from './build-tree.ts'
import type { BuildVersion, Built } from './build-version.ts'
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
  /** Gives up a deployment that has not gone live: its build ends, and it counts as superseded. */
  cancel(deployment: string): void
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
  onError: (error: unknown, context: { app: string; deployment?: string }) => void
}

const open = ['queued', 'building', 'uploading'] as const

type Lane = { app: string; environment: Environment }

const laneOf = ({ app, environment }: Lane): string => `${app} ${environment}`

export const createPipeline = (options: PipelineOptions): Pipeline => new LanedPipeline(options)

class LanedPipeline implements Pipeline {
  readonly #options: PipelineOptions
  readonly #closing = new AbortController()
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #running = new Map<string, AbortController>() // by deployment
  readonly #cancelled = new Set<string>() // before they ran

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  async add(write: Write, input: NewDeployment): Promise<Deployment> {
    const [row] = await write.sql
      .insert(deployments)
      .values({ id: newId('dep'), status: 'queued', ...input })
      .returning()
    const deployment = presentDeployment(must(row, 'The new deployment'))
    await write.append(input.app, [{ type: 'deployment.started', deployment }])
    return deployment
  }

  async start(deployment: Deployment & { app: string }): Promise<Deployment> {
    await this.#wake(deployment)
    return presentDeployment(await this.#find(deployment.id))
  }

  cancel(deployment: string): void {
    const running = this.#running.get(deployment)
    if (running) running.abort()
    else this.#cancelled.add(deployment)
  }

  async resume(): Promise<void> {
    const { db, pointers } = this.#options
    const left = await db.query.deployments.findMany({ where: inArray(deployments.status, [...open]) })
    for (const row of left) {
      if (row.status === 'queued') continue
      if (await pointers.pointsTo(row)) await pointers.confirm(row)
      else await this.#repeat(row)
    }
    for (const lane of new Map(left.map((row) => [laneOf(row), row])).values()) void this.#wake(lane)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#lanes.values())
  }

  /** A lane's rounds come one after another; a wake while one runs is seen by the next. */
  #wake(lane: Lane): Promise<void> {
    const key = laneOf(lane)
    const before = this.#lanes.get(key) ?? Promise.resolve()
    const next = before
      .then(() => this.#runLane(lane))
      .catch((error: unknown) => this.#options.onError(error, { app: lane.app }))
      .finally(() => {
        if (this.#lanes.get(key) === next) this.#lanes.delete(key)
      })
    this.#lanes.set(key, next)
    return next
  }

  async #runLane(lane: Lane): Promise<void> {
    const isQueuedHere = and(
      eq(deployments.app, lane.app),
      eq(deployments.environment, lane.environment),
      eq(deployments.status, 'queued'),
    )
    for (;;) {
      const waiting = await this.#options.db.query.deployments.findMany({
        where: isQueuedHere,
        orderBy: deployments.fence,
      })
      const newest = waiting.at(-1)
      if (!newest || this.#closing.signal.aborted) return
      for (const older of waiting.slice(0, -1)) await this.#move(older, 'superseded', {}, 'stage')
      await this.#runSafely(newest)
    }
  }

  async #runSafely(row: DeploymentRow): Promise<void> {
    const given = new AbortController()
    if (this.#cancelled.delete(row.id)) given.abort()
    this.#running.set(row.id, given)
    try {
      await this.#run(row, AbortSignal.any([given.signal, this.#closing.signal]))
    } catch (error) {
      if (this.#closing.signal.aborted) return
      this.#options.onError(error, { app: row.app, deployment: row.id })
      const now = await this.#find(row.id)
      const words = 'OverSkill could not finish this deployment. Deploy again.'
      if (open.some((status) => status === now.status)) await this.#move(now, 'failed', { error: words }, 'failed')
    } finally {
      this.#running.delete(row.id)
    }
  }

  async #run(row: DeploymentRow, signal: AbortSignal): Promise<void> {
    const { buildVersion, artifacts, pointers } = this.#options
    const timer = startStages(row)
    const building = await this.#move(row, 'building', { stages: timer.end('wait') }, 'stage')
    const built = (await this.#stored(row)) ?? (await buildVersion(row.app, row.version, signal))
    if (this.#closing.signal.aborted) return
    if (signal.aborted) return void (await this.#move(building, 'superseded', { stages: timer.end('build') }, 'stage'))
    if (!built.ok) {
      const error = built.errors.slice(0, 5).map(errorLine).join('\n')
      await this.#move(building, 'failed', { stages: timer.end('build'), error }, 'failed')
      return
    }
    const { hash: artifact, bytes, upload } = built
    const uploading = await this.#move(building, 'uploading', { artifact, bytes, stages: timer.end('build') }, 'stage')
    if (upload) await artifacts.store(upload.artifact, upload.contents)
    timer.end('upload')
    await pointers.point(uploading, timer)
  }

  /** The artifact that the deployment names, if the edge still has it: a promotion or a rollback builds nothing. */
  async #stored({ artifact, bytes }: DeploymentRow): Promise<Built | undefined> {
    if (artifact === null || !(await this.#options.artifacts.has(artifact))) return undefined
    return { ok: true, hash: artifact, bytes: bytes ?? 0 }
  }

  /** Asks once more for what a former process left half done: no state goes back. */
  #repeat(row: DeploymentRow): Promise<Deployment> {
    const { app, environment, version, url, turn, artifact, bytes } = row
    return this.#options.log.write(async (write) => {
      await moveIn(write, row, 'superseded', {}, 'stage')
      return this.add(write, {
        app,
        environment,
        version,
        url,
        ...(turn !== null && { turn }),
        ...(artifact !== null && { artifact }),
        ...(bytes !== null && { bytes }),
      })
    })
  }

  async #find(id: string): Promise<DeploymentRow> {
    const row = await this.#options.db.query.deployments.findFirst({ where: eq(deployments.id, id) })
    return must(row, `Deployment ${id}`)
  }

  /** The only way a deployment changes: legal move, row and event in one transaction. */
  #move(row: DeploymentRow, to: DeploymentStatus, set: Partial<DeploymentRow>, type: 'stage' | 'failed') {
    return this.#options.log.write((write) => moveIn(write, row, to, set, type))
  }
}

const errorLine = ({ file, line, message }: BuildError): string =>
  `${file ?? ''}${line ? `:${line}` : ''} ${message}`.trim()
