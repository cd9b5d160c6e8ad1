import { setTimeout as delay } from 'node:timers/promises'
import {
  type BuildError,
  type Deployment,
  type DeploymentStatus,
  type Environment,
  must,
  newId,
} from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { deployments } from '../database/schema.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import { renewMs } from '../dispatch/lease-terms.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { ArtifactStore } from './build-tree.ts'
import type { BuildVersion, Built } from './build-version.ts'
import type { Pointers } from './pointers.ts'
import { type DeploymentLeases, hasEnded, type Lane } from './deployment-leases.ts'
import { DeploymentLost, holdIn, moveIn, startStages } from './moves.ts'
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

/** A deployment as it was added, and the number of the event that says so. */
export type Added = { deployment: Deployment; app: string; seq: number }

/** One pipeline per (app, environment) (L28, L30): the newest request wins, waiting older ones are superseded. */
export type Pipeline = {
  /** Records a deployment in the caller's transaction. `start` must be called after the commit. */
  add(write: Write, input: NewDeployment): Promise<Added>
  /** Has it built, here or by another process. Resolves when it has ended, or as it is when this process ends; never rejects. */
  start(added: Added): Promise<Deployment>
  /** How a deployment ends that was asked for before. */
  ended(app: string, deployment: Deployment): Promise<Deployment>
  /** Gives up a deployment that has not gone live: its build ends, and it counts as superseded. Settles when that is stored. */
  cancel(deployment: string): Promise<void>
  /** From now on this process builds: first what former ones left open, then what it is told of and what it finds. */
  serve(): Promise<void>
  /** Ends running builds; what was open goes on elsewhere, or at the next start. */
  close(): Promise<void>
}

export type PipelineOptions = {
  db: Database
  log: EventLog
  buildVersion: BuildVersion
  artifacts: ArtifactStore
  pointers: Pointers
  leases: DeploymentLeases
  dispatcher: Dispatcher
  /** How giving up reaches the process that builds; the renewal of its lease finds it too. */
  bus: EventBus
  /** Whether no other process uses this database: then every deployment that is not ours has lost its owner. */
  isAlone: boolean
  /** Unexpected mistakes of ours; the deployment is marked failed all the same. */
  onError: (error: unknown, context: { app?: string; deployment?: string }) => void
}

/** How long a store that is away is left alone, in ms. */
const retryMs = 500

type Running = { row: DeploymentRow; given: AbortController }

const laneOf = ({ app, environment }: Lane): string => `${app} ${environment}`

export const createPipeline = (options: PipelineOptions): Pipeline => new LanedPipeline(options)

class LanedPipeline implements Pipeline {
  readonly #options: PipelineOptions
  readonly #closing = new AbortController()
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #running = new Map<string, Running>() // by deployment
  readonly #left: DeploymentRow[] = [] // ours that this process ended before they did
  #round: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #unhear: () => void = () => {}

  constructor(options: PipelineOptions) {
    this.#options = options
  }

  async add(write: Write, input: NewDeployment): Promise<Added> {
    const [row] = await write.sql
      .insert(deployments)
      .values({ id: newId('dep'), status: 'queued', ...input })
      .returning()
    const deployment = presentDeployment(must(row, 'The new deployment'))
    const [event] = await write.append(input.app, [{ type: 'deployment.started', deployment }])
    return { deployment, app: input.app, seq: must(event, 'Its event').seq }
  }

  start({ deployment, app, seq }: Added): Promise<Deployment> {
    this.#options.dispatcher.wake({ queue: 'deployments', app, environment: deployment.environment })
    return this.#follow(app, deployment, seq)
  }

  ended(app: string, deployment: Deployment): Promise<Deployment> {
    return this.#follow(app, deployment)
  }

  async cancel(deployment: string): Promise<void> {
    await this.#options.leases.giveUp(await this.#find(deployment))
    this.#options.bus.say({ kind: 'cancel', deployment })
  }

  async serve(): Promise<void> {
    const { dispatcher, bus, isAlone } = this.#options
    this.#unhear = bus.hear((message) => {
      if (message.kind === 'cancel') this.#running.get(message.deployment)?.given.abort()
    })
    dispatcher.serve('deployments', {
      take: async (wakeup) => void (wakeup.queue === 'deployments' && this.#wake(wakeup)),
      look: () => this.#look(false),
    })
    await this.#look(isAlone)
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.#sweep()).catch((error: unknown) => this.#options.onError(error, {}))
    }, renewMs)
  }

  async close(): Promise<void> {
    const { dispatcher, leases } = this.#options
    this.#unhear()
    clearInterval(this.#timer)
    await dispatcher.retire() // what is taken here now would begin nothing
    this.#closing.abort()
    await Promise.allSettled([this.#round, ...this.#lanes.values()])
    await leases.release(this.#left)
    for (const { app, environment } of this.#left) dispatcher.wake({ queue: 'deployments', app, environment })
  }

  /** Ours are renewed, and what waits or was left by a dead owner is begun. */
  async #sweep(): Promise<void> {
    for (const id of await this.#options.leases.renew([...this.#running.keys()])) this.#running.get(id)?.given.abort()
    await this.#look(false)
  }

  async #look(all: boolean): Promise<void> {
    for (const lane of await this.#options.leases.waiting(all)) void this.#wake(lane, all)
  }

  /** A lane's rounds come one after another; a wake while one runs is seen by the next. */
  #wake(lane: Lane, all = false): Promise<void> {
    const key = laneOf(lane)
    const before = this.#lanes.get(key) ?? Promise.resolve()
    const next = before
      .then(() => this.#runLane(lane, all))
      .catch((error: unknown) => this.#options.onError(error, { app: lane.app }))
      .finally(() => {
        if (this.#lanes.get(key) === next) this.#lanes.delete(key)
      })
    this.#lanes.set(key, next)
    return next
  }

  async #runLane(lane: Lane, all: boolean): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const next = await this.#options.leases.claimNext(lane, all)
      if (!next) return
      await this.#runSafely(next)
    }
  }

  async #runSafely(row: DeploymentRow): Promise<void> {
    const given = new AbortController()
    if (row.stopAsked) given.abort()
    this.#running.set(row.id, { row, given })
    try {
      await this.#run(row, AbortSignal.any([given.signal, this.#closing.signal]))
    } catch (error) {
      if (error instanceof DeploymentLost) return
      if (this.#closing.signal.aborted) return void this.#left.push(row)
      this.#options.onError(error, { app: row.app, deployment: row.id })
      const now = await this.#find(row.id)
      if (now.status === 'uploading' && (await this.#options.pointers.pointsTo(now))) {
        return this.#options.pointers.confirm(now) // it is on line, whatever failed after that
      }
      const words = 'OverSkill could not finish this deployment. Deploy again.'
      if (!hasEnded(now) && now.leaseToken === row.leaseToken)
        await this.#move(now, 'failed', { error: words }, 'failed')
    } finally {
      this.#running.delete(row.id)
    }
  }

  /** From where the row stands: a former owner may have brought it further than the queue. */
  async #run(row: DeploymentRow, signal: AbortSignal): Promise<void> {
    const { buildVersion, artifacts, pointers } = this.#options
    this.#closing.signal.throwIfAborted() // claimed while this process ends
    if (await pointers.pointsTo(row)) return pointers.confirm(row)
    const timer = startStages(row)
    const built =
      (await this.#stored(row)) ?? (await buildVersion(row.app, row.version, signal, (write) => holdIn(write, row)))
    this.#closing.signal.throwIfAborted()
    if (signal.aborted) return void (await this.#move(row, 'superseded', { stages: timer.end('build') }, 'stage'))
    if (!built.ok) {
      const error = built.errors.slice(0, 5).map(errorLine).join('\n')
      await this.#move(row, 'failed', { stages: timer.end('build'), error }, 'failed')
      return
    }
    const { hash: artifact, bytes, upload } = built
    const stages = timer.end('build')
    const uploading =
      row.status === 'uploading' ? row : await this.#move(row, 'uploading', { artifact, bytes, stages }, 'stage')
    if (upload) await artifacts.store(upload.artifact, upload.contents)
    timer.end('upload')
    await pointers.point({ ...uploading, artifact }, timer)
  }

  /** The artifact that the deployment names, if the edge still has it: a promotion or a rollback builds nothing. */
  async #stored({ artifact, bytes }: DeploymentRow): Promise<Built | undefined> {
    if (artifact === null || !(await this.#options.artifacts.has(artifact))) return undefined
    return { ok: true, hash: artifact, bytes: bytes ?? 0 }
  }

  /** How it ends, whoever builds it; what is known of it when this process ends. Never rejects: a store that is away comes back. */
  async #follow(app: string, known: Deployment, after?: number): Promise<Deployment> {
    const { signal } = this.#closing
    let latest = known
    while (!hasEnded(latest) && !signal.aborted) {
      try {
        const from = after ?? (await this.#options.log.position(app))
        latest = presentDeployment(await this.#find(known.id))
        if (!hasEnded(latest)) latest = (await this.#heard(app, known.id, from)) ?? latest
      } catch (error) {
        this.#options.onError(error, { app, deployment: known.id })
        await delay(retryMs, undefined, { signal }).catch(() => undefined) // it ends
      }
    }
    return hasEnded(latest) ? latest : this.#find(known.id).then(presentDeployment, () => latest)
  }

  async #heard(app: string, id: string, after: number): Promise<Deployment | undefined> {
    for await (const event of this.#options.log.read(app, after, this.#closing.signal)) {
      if (!('deployment' in event) || typeof event.deployment === 'string') continue
      if (event.deployment?.id === id && hasEnded(event.deployment)) return event.deployment
    }
    return undefined
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
