import { setImmediate } from 'node:timers/promises'
import { fail, type Mode, ok, type Outcome, type SentRequest, type Turn, type UserMessage } from '@overskill/protocol'
import { and, eq, isNotNull, ne, or } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { isStoreAway } from '../database/store-away.ts'
import type { Apps } from '../apps/apps.ts'
import type { Database } from '../database/database.ts'
import { steps, turns } from '../database/schema.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import { renewMs } from '../dispatch/lease-terms.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import { type Cleanup, createCleanupStuckMessages } from '../jobs/cleanup-stuck-messages.ts'
import type { Spending } from '../spending/spending.ts'
import { type ClaimPauses, createClaimPauses } from './claim-pauses.ts'
import type { Leases } from './leases.ts'
import type { Added, MessageQueue } from './message-queue.ts'
import { unpackJson } from './stored-json.ts'
import type { TurnModels } from './turn-models.ts'
import type { RunningTurn } from './turn-runner.ts'
import { presentTurn, type TurnRow } from './turn-state.ts'
import { LeaseLost } from './turn-writer.ts'

type Sent = { message: UserMessage; turn: Turn }
const sentOf = ({ message, turn }: Added): Sent => ({ message, turn })

/** From a person's message to the end of its turn: one turn an app at a time, the others wait (L11). */
export interface AppBuilder {
  /** `also` runs in the transaction that stores the message. */
  send(
    app: string,
    input: { text: string; mode?: Mode | undefined },
    also?: (write: Write, sent: Sent) => Promise<void>,
  ): Promise<Outcome<Sent>>
  /** Stops a turn that runs or waits. One that has ended stays as it is. */
  stop(app: string, turn: string): Promise<Outcome<Turn>>
  /** Ends the turn that runs or was interrupted, and starts this waiting one next. */
  startNow(app: string, message: string): Promise<Outcome<Sent>>
  /** Part of the caller's transaction: stops every turn of an app that runs or waits. Those that run hear of it after the commit. */
  stopAll(write: Write, app: string): Promise<void>
  turn(app: string, turn: string): Promise<Outcome<Turn>>
  /** The exact request of a step, from 1 (L18). */
  request(app: string, turn: string, step: number): Promise<Outcome<SentRequest>>
  /** Has what waits for an app started, here or by another process. Called after each commit that adds a turn, with what it added. */
  wake(app: string, added?: Added): void
  /** Takes over what a former process left, and from then on watches leases. */
  start(): Promise<void>
  /** Leaves what runs to the next process. */
  close(): Promise<void>
}

export type AppBuilderOptions = {
  db: Database
  log: EventLog
  apps: Apps
  models: TurnModels
  spending: Pick<Spending, 'ofStep'>
  queue: MessageQueue
  leases: Leases
  dispatcher: Dispatcher
  /** How a stop reaches the process that runs the turn; the renewal of its lease finds it too. */
  bus: EventBus
  /** Whether no other process uses this database: then every turn that is not ours has lost its owner. */
  isAlone: boolean
  run: (turn: TurnRow) => RunningTurn
  onError: (error: unknown, context: { app?: string; turn?: string }) => void
  /** A clock in ms, for how long a turn pauses that the store failed; the system's if left out. */
  now?: () => number
}

type Begun = { turn: TurnRow; running: RunningTurn }

export const createAppBuilder = (options: AppBuilderOptions): AppBuilder => new LeasedAppBuilder(options)

class LeasedAppBuilder implements AppBuilder {
  readonly #options: AppBuilderOptions
  readonly #running = new Map<string, Begun>() // by turn
  readonly #waking = new Map<string, Promise<void>>() // by app
  readonly #pauses: ClaimPauses
  /** By turn, the token of our lease on it when the store failed it: what we did not give back then. */
  readonly #failed = new LRUCache<string, number>({ max: 1_000 })
  readonly #added = new LRUCache<string, Added>({ max: 100 }) // by app: what was put into an empty queue just now
  readonly #cleanup: Cleanup
  #isClosing = false
  #unhear: () => void = () => {}

  constructor(options: AppBuilderOptions) {
    this.#options = options
    this.#pauses = createClaimPauses(options.now ?? Date.now)
    this.#cleanup = createCleanupStuckMessages({
      leases: options.leases,
      everyMs: renewMs,
      running: () => [...this.#running.keys()],
      onStop: (turn) => this.#running.get(turn)?.running.stop(),
      release: (turn) => this.#giveBack(turn),
      onReleased: (app) => void this.#claimNext(app),
      onWaiting: (app) => void this.#claimNext(app),
      onStuck: (turn) => this.#running.get(turn.id)?.running.giveUp(),
      onError: (error) => options.onError(error, {}),
    })
  }

  async send(
    id: string,
    { text, mode = 'build' }: { text: string; mode?: Mode | undefined },
    also?: (write: Write, sent: Sent) => Promise<void>,
  ): Promise<Outcome<Sent>> {
    const { apps, models, queue, log } = this.#options
    const app = await apps.find(id)
    if (!app.ok) return app
    const model = models.resolve(app.value.model)
    if (!model.ok) return model
    const added = await log.write(async (write) => {
      const sent = await queue.add(write, id, { text, mode, model: model.value })
      await also?.(write, sentOf(sent))
      return sent
    })
    this.wake(id, added)
    return ok(sentOf(added))
  }

  async stop(app: string, id: string): Promise<Outcome<Turn>> {
    const here = this.#running.get(id)
    if (here?.turn.app === app) here.running.stop() // at once: what the store is told is for the other processes
    const before = await this.turn(app, id)
    if (!before.ok) return before
    const cancelled = await this.#options.queue.cancel(app, id)
    if (!cancelled) {
      await this.#options.db.update(turns).set({ stopAsked: true }).where(this.#isTurn(app, id))
      this.#options.bus.say({ kind: 'stop', turn: id })
      if (before.value.status === 'queued') this.wake(app) // it was interrupted: its next owner ends it
    }
    return this.turn(app, id)
  }

  async startNow(app: string, message: string): Promise<Outcome<Sent>> {
    const first = await this.#options.queue.first(app, message)
    if (!first.ok) return first
    const isInterrupted = and(eq(turns.status, 'queued'), isNotNull(turns.startedAt))
    const before = await this.#options.db.query.turns.findFirst({
      where: and(eq(turns.app, app), or(eq(turns.status, 'running'), isInterrupted), ne(turns.message, message)),
    })
    if (before) await this.stop(app, before.id)
    this.wake(app)
    return first
  }

  async stopAll(write: Write, app: string): Promise<void> {
    const asked = await this.#options.queue.stopAll(write, app)
    write.afterCommit(() => {
      for (const turn of asked) {
        this.#running.get(turn)?.running.stop()
        this.#options.bus.say({ kind: 'stop', turn })
      }
      if (asked.length > 0) this.wake(app) // one of them was interrupted, perhaps: its next owner ends it
    })
  }

  async turn(app: string, id: string): Promise<Outcome<Turn>> {
    const row = await this.#options.db.query.turns.findFirst({ where: this.#isTurn(app, id) })
    return row ? ok(presentTurn(row)) : fail('not_found', `This app has no turn ${id}.`)
  }

  async request(app: string, id: string, step: number): Promise<Outcome<SentRequest>> {
    const turn = await this.turn(app, id)
    if (!turn.ok) return turn
    const row = await this.#options.db.query.steps.findFirst({ where: and(eq(steps.turn, id), eq(steps.step, step)) })
    if (!row) return fail('not_found', `Turn ${id} has no step ${step}.`)
    const used = await this.#options.spending.ofStep(id, step)
    return ok({
      ...{ request: unpackJson(row.request), step, model: turn.value.model, at: row.createdAt.toISOString() },
      ...{ tries: used?.tries ?? 1, ...used?.spent },
    })
  }

  wake(app: string, added?: Added): void {
    if (added && !added.message.queued) this.#added.set(app, added)
    this.#options.dispatcher.wake({ queue: 'turns', app })
  }

  /** One look after the other for an app. Settles when this one is over; never rejects. */
  #claimNext(app: string): Promise<void> {
    const before = this.#waking.get(app) ?? Promise.resolve()
    const next = before
      .then(() => this.#claim(app))
      .catch((error: unknown) => this.#options.onError(error, { app }))
      .finally(() => {
        if (this.#waking.get(app) === next) this.#waking.delete(app)
      })
    this.#waking.set(app, next)
    return next
  }

  async start(): Promise<void> {
    const { dispatcher, bus } = this.#options
    this.#unhear = bus.hear((message) => {
      if (message.kind !== 'stop') return
      this.#pauses.end(message.turn)
      this.#running.get(message.turn)?.running.stop()
    })
    dispatcher.serve('turns', {
      take: ({ app }) => this.#claimNext(app),
      look: async () => {
        for (const app of await this.#options.leases.waiting()) await this.#claimNext(app)
      },
    })
    await this.#cleanup.round(this.#options.isAlone)
    this.#cleanup.start()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#unhear()
    await this.#options.dispatcher.retire() // a wake-up that is taken here now would begin nothing
    await this.#cleanup.close()
    await Promise.allSettled(this.#waking.values())
    const left = [...this.#running.values()]
    for (const { running } of left) running.abandon()
    await Promise.allSettled(left.map(({ running }) => running.ended))
    if (!this.#options.isAlone) await Promise.all(left.map(({ turn }) => this.#handOver(turn)))
  }

  /** To the other processes: the next owner need not wait until the lease is over. One that ended meanwhile stays as it is. */
  async #handOver(turn: TurnRow): Promise<void> {
    try {
      if (await this.#options.leases.handOver(turn)) this.wake(turn.app)
    } catch (error) {
      this.#options.onError(error, { app: turn.app, turn: turn.id })
    }
  }

  #isTurn(app: string, id: string) {
    return and(eq(turns.app, app), eq(turns.id, id))
  }

  async #claim(app: string): Promise<void> {
    if (this.#isClosing || this.#pauses.holds(app)) return
    const added = this.#added.get(app)
    this.#added.delete(app)
    const turn = await this.#options.leases.claimNext(app, added)
    await setImmediate() // that it runs is told before it does
    if (turn) this.#begin(turn)
  }

  #begin(turn: TurnRow): void {
    const { app, id } = turn
    this.#running.get(id)?.running.abandon() // it was taken from us meanwhile, and that run does not know yet
    const running = this.#options.run(turn)
    const begun = { turn, running }
    this.#running.set(id, begun)
    if (turn.stopAsked) running.stop()
    running.ended
      .then(
        () => true,
        (error: unknown) => this.#lost(begun, error),
      )
      .finally(() => {
        if (this.#running.get(id) === begun) this.#running.delete(id)
      })
      .then((isOver) => {
        if (isOver && !this.#isClosing) return this.#claimNext(app)
        return undefined
      })
      .catch((error: unknown) => this.#options.onError(error, { app, turn: id }))
  }

  /**
   * A turn that did not come to its end here: another has it, or the store was away. What is stored is gone on from, by the
   * next round of the clean-up and not at once, and after a longer pause each time that the store failed it. That counts as a
   * death only while its model was being asked: each further try costs.
   *
   * @returns false: it is not over.
   */
  async #lost({ turn, running }: Begun, error: unknown): Promise<boolean> {
    if (this.#isClosing) return false
    if (!(error instanceof LeaseLost)) this.#options.onError(error, { app: turn.app, turn: turn.id })
    if (isStoreAway(error)) {
      if (!running.isAsking()) this.#failed.set(turn.id, turn.leaseToken)
      this.#pauses.begin(turn.app, turn.id)
    }
    await this.#giveBack(turn)
    return false
  }

  /** A turn that nobody runs any more goes back to the queue. One that the store failed here did not lose its owner by that. */
  async #giveBack(turn: TurnRow): Promise<boolean> {
    const { leases } = this.#options
    const isFailed = this.#failed.get(turn.id) === turn.leaseToken
    const isBack = await (isFailed ? leases.handOver(turn) : leases.release(turn))
    this.#failed.delete(turn.id)
    return isBack
  }
}
