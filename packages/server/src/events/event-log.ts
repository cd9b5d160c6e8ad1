import { eq, sql } from 'drizzle-orm'
import type { AppEvent, NewAppEvent } from '@overskill/protocol'
import type { Database } from '../database/database.ts'
import { runStatement } from '../database/run-statement.ts'
import { streams } from '../database/schema.ts'
import type { EventBus } from './event-bus.ts'
import { createEventPoll, type EventPoll, type Grown } from './event-poll.ts'
import { createEventTails, type EventTails } from './event-tails.ts'

/** One transaction: its statements and the events appended in it are stored together or not at all. */
export type Write = {
  sql: Parameters<Parameters<Database['transaction']>[0]>[0]
  /** Numbers and stores events of an app. Takes the stream's row lock, so call it last in a transaction. */
  append(app: string, events: readonly NewAppEvent[]): Promise<AppEvent[]>
  /**
   * A statement that nobody waits for: it is over with the commit, and where it fails the transaction does. It leaves when it is
   * handed over: a query, or a function that waits for nothing before its last one.
   */
  sent: (statement: Promise<unknown>) => void
  /** `append` as the last thing of a transaction: it leaves with the commit, and nobody waits for its numbers. `fence` may keep it out. */
  appendLast(app: string, events: readonly NewAppEvent[], fence?: Fence): void
  /** Runs once the transaction is stored, and never when it is not; `write` waits for it. For what memory keeps of the rows; must not fail. */
  afterCommit(work: () => void | Promise<void>): void
}

/** A query for those of the apps `$1` that may be written to, which locks what says so; its own parameters begin with `$8`. */
export type Fence = { text: string; params: readonly unknown[] }

/** The log of every app's events (AD4), and the only way to write anything that a page sees. */
export interface EventLog {
  /** Runs `work` in one transaction; after the commit, readers of the apps that it appended to are woken. */
  write<T>(work: (write: Write) => Promise<T>): Promise<T>
  /**
   * Growing text of any number of apps: one statement by a connection of its own, not behind everybody's transactions. One at a time.
   *
   * @param fence leaves out apps that are not to be written to.
   */
  appendGrowing(events: ReadonlyMap<string, readonly NewAppEvent[]>, fence?: Fence): Promise<void>
  /** Events after `after` in order, without a gap or a repeat; then waits for more until `signal` aborts. */
  read(app: string, after: number, signal: AbortSignal): AsyncIterable<AppEvent>
  /** All stored events after `after`, at most `limit`. */
  list(app: string, after: number, limit: number): Promise<AppEvent[]>
  /** The number of the app's last event, 0 where there is none. */
  position(app: string): Promise<number>
  close(): Promise<void>
}

export type EventLogOptions = {
  /** How often the table is looked into for all readers that wait; the second look that finds something tells them. */
  pollMs?: number
  /** Tells readers in other processes that there is more, and hears it from them. */
  bus?: EventBus
}

const pageSize = 200
/** So that two looks and their answers take less than a second (E-B2). */
const pollEveryMs = 400

/**
 * The log on Postgres. An append takes its numbers from the app's row in `streams` within the caller's transaction; that row's
 * lock makes commits come in the order of the numbers, so a reader that has seen n has missed nothing below n.
 *
 * Readers get what this process appended from memory where it goes on from where they are, and from the table otherwise; what
 * nobody tells them of, one poll finds for all of them.
 */
export function createEventLog(database: Database, options: EventLogOptions = {}): EventLog {
  const tails = createEventTails()
  const closed = new AbortController()
  const { bus, pollMs = pollEveryMs } = options
  const poll = pollFor(tails, database, pollMs)
  bus?.hear((message) => void (message.kind === 'events' && tails.ring(message.app, message.seq)))

  const list = (app: string, after: number, limit: number) => listEvents(database, app, after, limit)

  async function* read(app: string, after: number, signal: AbortSignal): AsyncGenerator<AppEvent> {
    const stop = AbortSignal.any([signal, closed.signal])
    using tail = tails.watch(app)
    let position = after
    let fromTable = true // what was stored before this reader came
    while (!stop.aborted) {
      const seen = tail.changes()
      const kept: AppEvent[] | undefined = fromTable ? undefined : tail.after(position)
      const batch: AppEvent[] = kept ?? (await list(app, position, pageSize))
      for (const event of batch) {
        if (stop.aborted) return
        yield event
        position = event.seq
      }
      fromTable = kept === undefined && batch.length === pageSize
      if (batch.length > 0) continue
      poll.begin()
      await tail.changed(seen, position, stop)
    }
  }

  const tell = (appended: readonly Appended[]): void => {
    for (const { app, events } of appended) tails.push(app, events)
    if (bus) for (const { app, events } of appended) bus.say({ kind: 'events', app, seq: events.at(-1)?.seq ?? 0 })
  }

  return {
    list,
    read,
    position: (app) => lastNumber(database, app),
    async write(work) {
      const done: Done = { appended: [], sent: [], after: [] }
      const result = await database
        .transaction((transaction) => work(createWrite(transaction, done)))
        .finally(() => inOrder(done.sent)) // where one failed, the commit came to nothing, and the first one says why
      tell(done.appended)
      for (const then of done.after) await then()
      return result
    },
    async appendGrowing(events, fence) {
      tell(await appendTo(database.express, events, fence))
    },
    async close() {
      closed.abort()
      poll.close()
    },
  }
}

const pollFor = (tails: EventTails, database: Database, everyMs: number): EventPoll =>
  createEventPoll({
    everyMs,
    waiting: () => tails.waiting(),
    look: (waiting) => findGrown(database, waiting),
    ring: (app, seq) => tails.ring(app, seq),
  })

/** What a transaction has done so far, for the time after it. */
type Done = { appended: Appended[]; sent: Promise<unknown>[]; after: (() => void | Promise<void>)[] }

async function inOrder(answers: readonly Promise<unknown>[]): Promise<void> {
  for (const answer of answers) await answer
}

function createWrite(sql: Write['sql'], done: Done): Write {
  const append = async (app: string, events: readonly NewAppEvent[], fence?: Fence): Promise<AppEvent[]> => {
    const stored = await appendTo(sql, new Map([[app, events]]), fence)
    done.appended.push(...stored)
    return stored[0]?.events ?? []
  }
  const send = (statement: Promise<unknown>): void => {
    const answer = statement.then(() => undefined) // a query is asked anew by each `then`
    answer.catch(() => undefined) // heard after the commit
    done.sent.push(answer)
  }
  return {
    sql,
    append: (app, events) => append(app, events),
    sent: send,
    appendLast: (app, events, fence) => send(append(app, events, fence)),
    afterCommit: (then) => done.after.push(then),
  }
}

async function lastNumber(database: Database, app: string): Promise<number> {
  const [row] = await database.select({ seq: streams.seq }).from(streams).where(eq(streams.app, app))
  return row?.seq ?? 0
}

const grownStatement = `
  select app, seq from streams join unnest($1::text[], $2::int[]) as reader (app, position) using (app)
  where seq > position`

/** Those of the apps whose log goes on after the number that stands with them. */
const findGrown = (database: Database, waiting: ReadonlyMap<string, number>): Promise<Grown[]> =>
  runStatement<Grown>(database, grownStatement, [[...waiting.keys()], [...waiting.values()]])

async function listEvents(database: Database, app: string, after: number, limit: number): Promise<AppEvent[]> {
  const found = await database.execute<StoredEvent>(
    sql`select seq, data, at from events where app = ${app} and seq > ${after} order by seq limit ${limit}`,
  )
  return found.rows.map((row) => numbered(row.data, Number(row.seq), row.at))
}

type StoredEvent = { seq: number; data: NewAppEvent; at: Date | string }

const numbered = (event: NewAppEvent, seq: number, at: Date | string): AppEvent => ({
  ...event,
  seq,
  at: (typeof at === 'string' ? new Date(at) : at).toISOString(),
})

type Appended = { app: string; events: AppEvent[] }

/** Those of the apps that `held` selects get their events. */
const appendStatement = (held: string): string => `
  with held as materialized (${held}), stream as (
    insert into streams (app, seq)
    select app, count from unnest($1::text[], $2::int[]) as wanted (app, count) join held using (app) order by app
    on conflict (app) do update set seq = streams.seq + excluded.seq
    returning app, seq
  ), stored as (
    insert into events (app, seq, type, data, at)
    select app, stream.seq - item.behind, item.type, item.data::json, $3::timestamptz
    from stream join unnest($4::text[], $5::int[], $6::text[], $7::text[])
      as item (app, behind, type, data) using (app)
  )
  select app, seq from stream`

const everyApp: Fence = { text: 'select unnest($1::text[]) as app', params: [] }

/** One statement: numbers, rows and all. The apps must exist. */
async function appendTo(
  sql: Parameters<typeof runStatement>[0],
  given: ReadonlyMap<string, readonly NewAppEvent[]>,
  fence: Fence = everyApp,
): Promise<Appended[]> {
  const wanted = [...given].filter(([, events]) => events.length > 0)
  if (wanted.length === 0) return []
  const at = new Date()
  const items = wanted.flatMap(([app, events]) =>
    events.map((event, place) => ({ app, behind: events.length - place - 1, event })),
  )
  const params = [
    wanted.map(([app]) => app),
    wanted.map(([, events]) => events.length),
    at.toISOString(),
    items.map(({ app }) => app),
    items.map(({ behind }) => behind),
    items.map(({ event }) => event.type),
    items.map(({ event }) => JSON.stringify(event)),
    ...fence.params,
  ]
  const rows = await runStatement<{ app: string; seq: number | string }>(sql, appendStatement(fence.text), params)
  return rows.map(({ app, seq }) => {
    const events = given.get(app) ?? []
    const first = Number(seq) - events.length + 1
    return { app, events: events.map((event, index) => numbered(event, first + index, at)) }
  })
}
