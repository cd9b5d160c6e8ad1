import type { NewAppEvent } from '@overskill/protocol'
import type { Log } from '../log.ts'
import type { EventLog, Write } from './event-log.ts'

/** A piece of growing text: of a block, or of a tool call's input. */
export type Delta = Extract<NewAppEvent, { type: 'text.delta' | 'thinking.delta' | 'tool.input' }>

/**
 * Gathers the deltas of streaming turns, so that a row is some 30 ms of text and not a token (AD4). The first delta of a block
 * is stored at once, later ones after 33 ms or 2 KB. A flush is one transaction for the deltas of all apps.
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
  /** Which of these apps may still be written to by this process, asked within the transaction. Deltas of others are dropped. */
  fence?: (sql: Write['sql'], apps: readonly string[]) => Promise<readonly string[]>
}

const intervalMs = 33
const intervalAfterFailureMs = 500
const dueCharacters = 2_000

export function createDeltaBatcher(options: DeltaBatcherOptions): DeltaBatcher {
  const waiting = new Map<string, Delta[]>()
  /** Transactions under way that carry deltas of an app: what follows them in the log waits for them. */
  const carrying = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined

  const schedule = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      flushAll().catch((error: unknown) => {
        options.serverLog.error('Streamed text could not be stored yet', { error })
        schedule(intervalAfterFailureMs)
      })
    }, ms)
  }

  const hurry = (): void => {
    clearTimeout(timer)
    timer = undefined
    schedule(0)
  }

  const flushAll = async (): Promise<void> => {
    while (flushing) await flushing.catch(() => {}) // its own caller hears of it
    const apps = [...waiting.keys()].filter((app) => !carrying.has(app)).sort() // one order of locks for all
    if (apps.length === 0) return
    const taken = new Map(apps.map((app) => [app, take(waiting, app)]))
    const work = storeAll(options, taken)
    flushing = work
    for (const app of apps) carry(app, work)
    try {
      await work
    } catch (error) {
      for (const [app, deltas] of taken) putBack(waiting, app, deltas)
      throw error
    } finally {
      flushing = undefined
      if (waiting.size > 0) schedule(intervalMs)
    }
  }

  const carry = (app: string, work: Promise<unknown>): void => {
    const done = work.then(
      () => {},
      () => {},
    )
    carrying.set(app, done)
    void done.then(() => {
      if (carrying.get(app) === done) carrying.delete(app)
      if (waiting.has(app)) schedule(intervalMs)
    })
  }

  const write = async <T>(app: string, work: (write: Write) => Promise<T>): Promise<T> => {
    for (let ahead = carrying.get(app); ahead; ahead = carrying.get(app)) await ahead
    const deltas = take(waiting, app)
    const stored = options.log.write((inner) => withDeltas(inner, app, deltas, work))
    if (deltas.length === 0) return stored
    carry(app, stored)
    return stored.catch((error: unknown) => {
      putBack(waiting, app, deltas)
      schedule(intervalMs)
      throw error
    })
  }

  const flush = async (app: string): Promise<void> => {
    while (carrying.has(app) || waiting.has(app)) {
      await carrying.get(app)
      if (waiting.has(app)) await flushAll()
    }
  }

  return {
    write,
    flush,
    add(app, delta) {
      const deltas = waiting.get(app) ?? []
      waiting.set(app, deltas)
      join(deltas, delta)
      if (delta.offset === 0 || length(deltas) >= dueCharacters) hurry()
      else schedule(intervalMs)
    },
    drop(app) {
      waiting.delete(app)
    },
    async close() {
      clearTimeout(timer)
      while (waiting.size > 0 || carrying.size > 0) {
        await Promise.all(carrying.values())
        await flushAll()
      }
      clearTimeout(timer)
    },
  }
}

function take(waiting: Map<string, Delta[]>, app: string): Delta[] {
  const deltas = waiting.get(app) ?? []
  waiting.delete(app)
  return deltas
}

function putBack(waiting: Map<string, Delta[]>, app: string, deltas: Delta[]): void {
  waiting.set(app, [...deltas, ...(waiting.get(app) ?? [])])
}

async function storeAll({ log, fence }: DeltaBatcherOptions, taken: Map<string, Delta[]>): Promise<void> {
  await log.write(async ({ sql, append }) => {
    const apps = [...taken.keys()]
    const allowed = fence ? await fence(sql, apps) : apps
    for (const app of apps) if (allowed.includes(app)) await append(app, taken.get(app) ?? [])
  })
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
  const result = await work({ ...inner, append })
  if (!carried) await inner.append(app, deltas)
  return result
}

const piece = (delta: Delta): string => (delta.type === 'tool.input' ? (delta.inputDelta ?? '') : delta.text)

const length = (deltas: Delta[]): number => deltas.reduce((sum, delta) => sum + piece(delta).length, 0)

/** Adds a delta, joined to the last one where it goes on where that ended. */
function join(deltas: Delta[], delta: Delta): void {
  const last = deltas.at(-1)
  const place = last && { offset: (last.offset ?? 0) + piece(last).length, same: isSameText(last, delta) }
  if (!last || !place?.same || place.offset !== delta.offset) deltas.push(delta)
  else if (delta.type === 'tool.input')
    deltas[deltas.length - 1] = { ...delta, ...offsetOf(last), inputDelta: piece(last) + piece(delta) }
  else deltas[deltas.length - 1] = { ...delta, ...offsetOf(last), text: piece(last) + piece(delta) }
}

const offsetOf = (delta: Delta): { offset: number } => ({ offset: delta.offset ?? 0 })

const isSameText = (one: Delta, other: Delta): boolean =>
  one.type === other.type &&
  one.message === other.message &&
  one.block === other.block &&
  (one.type !== 'tool.input' || other.type !== 'tool.input' || one.call === other.call)
