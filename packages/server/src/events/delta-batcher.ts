import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { createDeltaQueue, type Delta, type DeltaQueue } from './delta-queue.ts'
import type { EventLog, Fence, Write } from './event-log.ts'

export type { Delta }

/**
 * Gathers the deltas of streaming turns, so that a row is some 30 ms of text and not a token (AD4). The first delta of a block
 * is stored at once, later ones after 33 ms or 2 KB. A flush is one statement for the deltas of all apps.
 *
 * Within an app the order of `add` and `write` is the order in the log: a durable write carries the deltas that wait.
 */
export interface DeltaBatcher {
  /** Takes a delta; adjacent ones of one text are joined. Never waits, never throws. */
  add(app: string, delta: Delta): void
  /**
   * `log.write` for an app that streams: the deltas that wait are appended in the same transaction, before the first event
   * that `work` appends. If `work` throws, nothing is stored and they wait again.
   */
  write<T>(app: string, work: (write: Write) => Promise<T>): Promise<T>
  /** Settles when the deltas added so far are stored. Rejects when they could not be. */
  flush(app: string): Promise<void>
  /** Forgets the deltas that wait: the app's turn is no longer ours. */
  drop(app: string): void
  /** Stores what waits. */
  close(): Promise<void>
}

export type DeltaBatcherOptions = {
  log: EventLog
  serverLog: Log
  /** Which apps may still be written to by this process, asked with each flush. Deltas of others are dropped. */
  fence?: Fence
}

const intervalMs = 33
const pauseAfterFailureMs = 500

export function createDeltaBatcher(options: DeltaBatcherOptions): DeltaBatcher {
  const queue = createDeltaQueue()
  const carriers = createCarriers((app) => {
    if (queue.has(app)) timer.within(intervalMs)
  })
  const flushAll = createFlush(options, queue, carriers, (ms) => timer.within(Math.max(1, ms)))
  const timer = createTimer(() => {
    flushAll().catch((error: unknown) => {
      options.serverLog.error('Streamed text could not be stored yet', { error })
    })
  })

  return {
    async write(app, work) {
      while (carriers.carries(app)) await carriers.done(app)
      const deltas = queue.take(app)
      const stored = options.log.write((inner) => withDeltas(inner, app, deltas, work))
      if (deltas.length === 0) return stored
      carriers.track([app], stored)
      return stored.catch((error: unknown) => {
        queue.putBack(app, deltas)
        timer.within(intervalMs)
        throw error
      })
    },
    async flush(app) {
      do {
        await carriers.done(app)
        if (queue.has(app)) await flushAll()
      } while (carriers.carries(app) || queue.has(app))
    },
    add(app, delta) {
      timer.within(queue.add(app, delta) ? 0 : intervalMs)
    },
    drop(app) {
      queue.take(app)
    },
    async close() {
      timer.stop()
      for (const app of carriers.apps()) await carriers.done(app)
      while (queue.apps().length > 0) await flushAll()
      timer.stop()
    },
  }
}

/**
 * One flush at a time; it takes the deltas of every app that no other transaction carries right now. One that failed is over
 * only after a pause: a store that stays away is not asked without one, and whoever asks meanwhile waits for its end.
 */
function createFlush(
  options: DeltaBatcherOptions,
  queue: DeltaQueue,
  carriers: Carriers,
  again: (ms: number) => void,
): () => Promise<void> {
  let flushing: Promise<void> | undefined
  const flush = async (apps: string[]): Promise<void> => {
    const taken = new Map(apps.toSorted().map((app) => [app, queue.take(app)])) // one order of locks for all
    const began = performance.now()
    const stored = options.log.appendGrowing(taken, options.fence)
    carriers.track(apps, stored)
    try {
      await stored
    } catch (error) {
      for (const [app, deltas] of taken) queue.putBack(app, deltas)
      await delay(pauseAfterFailureMs)
      again(0)
      throw error
    }
    if (queue.apps().length > 0) again(intervalMs - (performance.now() - began))
  }
  return async () => {
    while (flushing) await flushing.catch(() => {}) // its own caller hears of it
    const apps = queue.apps().filter((app) => !carriers.carries(app))
    if (apps.length === 0) return
    flushing = flush(apps).finally(() => (flushing = undefined))
    await flushing
  }
}

/** Runs `work` with an `append` that puts the deltas before the app's first event, or after the work if it appended none. */
async function withDeltas<T>(
  inner: Write,
  app: string,
  deltas: Delta[],
  work: (write: Write) => Promise<T>,
): Promise<T> {
  let carried = deltas.length === 0
  const append: Write['append'] = async (to, events) => {
    if (carried || to !== app || events.length === 0) return inner.append(to, events)
    carried = true
    const stored = await inner.append(app, [...deltas, ...events])
    return stored.slice(deltas.length)
  }
  const appendLast: Write['appendLast'] = (to, events, fence) => {
    const mayStayOut = fence !== undefined // the deltas may not
    if (carried || mayStayOut || to !== app || events.length === 0) return inner.appendLast(to, events, fence)
    carried = true
    return inner.appendLast(app, [...deltas, ...events])
  }
  const result = await work({ ...inner, append, appendLast })
  if (!carried) inner.appendLast(app, deltas)
  return result
}

/** The transactions under way that carry deltas of an app: what follows them in the log waits for them. */
type Carriers = {
  track(apps: readonly string[], transaction: Promise<unknown>): void
  carries(app: string): boolean
  apps(): string[]
  /** Settles when none is under way; never rejects. */
  done(app: string): Promise<void>
}

function createCarriers(onDone: (app: string) => void): Carriers {
  const carrying = new Map<string, Promise<void>>()
  return {
    track(apps, transaction) {
      const over = (app: string) => (): void => {
        carrying.delete(app)
        onDone(app)
      }
      for (const app of apps) carrying.set(app, transaction.then(over(app), over(app)))
    },
    carries: (app) => carrying.has(app),
    apps: () => [...carrying.keys()],
    async done(app) {
      for (let ahead = carrying.get(app); ahead; ahead = carrying.get(app)) await ahead
    },
  }
}

/** A timer that runs at the earliest of the times asked for; 0 is when the present turn of the event loop is over. */
function createTimer(run: () => void): { within(ms: number): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined
  let dueAt = Number.POSITIVE_INFINITY
  const stop = (): void => {
    clearTimeout(timer)
    clearImmediate(soon)
    dueAt = Number.POSITIVE_INFINITY
  }
  const fire = (): void => {
    dueAt = Number.POSITIVE_INFINITY
    run()
  }
  return {
    stop,
    within(ms) {
      const at = ms === 0 ? 0 : performance.now() + ms
      if (at >= dueAt) return
      stop()
      dueAt = at
      if (ms === 0) soon = setImmediate(fire)
      else timer = setTimeout(fire, ms)
    },
  }
}
