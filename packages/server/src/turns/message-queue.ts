import {
  fail,
  type Mode,
  must,
  type NewAppEvent,
  newId,
  noCost,
  ok,
  type Outcome,
  type Turn,
  type UserMessage,
} from '@overskill/protocol'
import { noUsage } from '@overskill/agent'
import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import type { Apps } from '../apps/apps.ts'
import { lockApp } from '../apps/lock-app.ts'
import { messages, turns } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import { presentTurn, type TurnRow } from './turn-state.ts'
import { type MessageRow, presentMessage } from './user-messages.ts'

export type NewMessage = { text: string; mode: Mode; model: string }

/** A message and its turn, which waits, and the id of the message that will hold the answer. */
export type Added = { message: UserMessage; turn: Turn; reply: string }

/** What waits for an app: a message and its turn, in an order that people can change until it starts (A7). */
export type MessageQueue = {
  /** Part of the caller's transaction. The turn waits; whoever runs turns is woken after the commit. */
  add(write: Write, app: string, input: NewMessage): Promise<Added>
  edit(app: string, message: string, text: string): Promise<Outcome<UserMessage>>
  remove(app: string, message: string): Promise<Outcome<UserMessage>>
  /** Sets the order; messages that are not named come after those that are. `seq`: of the last event that tells it. */
  order(app: string, ids: readonly string[]): Promise<Outcome<{ items: UserMessage[]; seq: number }>>
  /** Puts it before all others that have not started. */
  first(app: string, message: string): Promise<Outcome<{ message: UserMessage; turn: Turn }>>
  /** Ends a turn that has not started. False when it has. */
  cancel(app: string, turn: string): Promise<boolean>
  /** Part of the caller's transaction: ends every turn that has not started. Returns the others, which it asks to stop. */
  stopAll(write: Write, app: string): Promise<string[]>
}

export type MessageQueueOptions = { log: EventLog; apps: Pick<Apps, 'settle'> }

export const createMessageQueue = (options: MessageQueueOptions): MessageQueue => new PgMessageQueue(options)

class PgMessageQueue implements MessageQueue {
  readonly #options: MessageQueueOptions

  constructor(options: MessageQueueOptions) {
    this.#options = options
  }

  async add(write: Write, app: string, { text, mode, model }: NewMessage): Promise<Added> {
    const newest = write.sql.select().from(turns).where(eq(turns.app, app)).orderBy(desc(turns.position)).limit(1)
    const [, [last], open] = await Promise.all([lockApp(write, app, true), newest, openTurns(write, app)])
    const isBusy = open.length > 0
    const id = newId('turn')
    const [said] = await write.sql
      .insert(messages)
      .values({ id: newId('msg'), app, turn: id, text })
      .returning()
    const row = must(said, 'The new message')
    const place = { message: row.id, reply: newId('msg'), position: (last?.position ?? 0) + 1 }
    const [made] = await write.sql
      .insert(turns)
      .values({ id, app, ...place, status: 'queued', mode, model, usage: noUsage, cost: noCost })
      .returning()
    const shown = { message: presentMessage(row, isBusy), turn: presentTurn(must(made, 'The new turn')) }
    await write.append(app, [
      { type: 'message.created', message: shown.message },
      { type: 'turn.queued', turn: shown.turn },
    ])
    await this.#options.apps.settle(write, app)
    return { ...shown, reply: place.reply }
  }

  edit(app: string, id: string, text: string): Promise<Outcome<UserMessage>> {
    return this.#changeQueued(app, id, async (write, { message }) => {
      await write.sql.update(messages).set({ text }).where(eq(messages.id, id))
      const shown = presentMessage({ ...message, text }, true)
      await write.append(app, [{ type: 'message.updated', message: shown }])
      return shown
    })
  }

  remove(app: string, id: string): Promise<Outcome<UserMessage>> {
    return this.#changeQueued(app, id, async (write, { message, turn }) => {
      await write.sql.update(messages).set({ removed: true }).where(eq(messages.id, id))
      const stopped = await stopQueued(write, turn)
      await write.append(app, [
        { type: 'message.removed', message: id },
        { type: 'turn.stopped', turn: presentTurn(stopped) },
      ])
      await this.#options.apps.settle(write, app)
      return presentMessage(message)
    })
  }

  order(app: string, ids: readonly string[]): Promise<Outcome<{ items: UserMessage[]; seq: number }>> {
    return this.#options.log.write(async (write) => {
      const waiting = await lockQueue(write, app)
      const unknown = ids.find((id) => !waiting.some(({ message }) => message.id === id))
      if (unknown) return fail('conflict', `Message ${unknown} does not wait any more.`)
      const sorted = waiting.toSorted((a, b) => rank(ids, a) - rank(ids, b))
      await setPositions(
        write,
        sorted.map(({ turn }) => turn),
      )
      const shown = sorted.map(({ message }) => presentMessage(message, true))
      const told = await write.append(app, shown.flatMap(movedToEnd))
      return ok({ items: shown, seq: told.at(-1)?.seq ?? 0 })
    })
  }

  first(app: string, id: string): Promise<Outcome<{ message: UserMessage; turn: Turn }>> {
    return this.#changeQueued(app, id, async (write, { message, turn }) => {
      const waiting = neverStarted(await openTurns(write, app))
      await setPositions(write, [turn, ...waiting.filter((other) => other.id !== turn.id)])
      return { message: presentMessage(message, true), turn: presentTurn(turn) }
    })
  }

  cancel(app: string, id: string): Promise<boolean> {
    return this.#options.log.write(async (write) => {
      await lockApp(write, app, true)
      const row = await write.sql.query.turns.findFirst({ where: and(eq(turns.app, app), eq(turns.id, id)) })
      if (row?.status !== 'queued' || row.startedAt) return false
      const stopped = await stopQueued(write, row)
      const [message] = await write.sql.select().from(messages).where(eq(messages.id, row.message))
      await write.append(app, endOf(must(message, 'The message'), stopped))
      await this.#options.apps.settle(write, app)
      return true
    })
  }

  async stopAll(write: Write, app: string): Promise<string[]> {
    const waiting = await lockQueue(write, app)
    const told: NewAppEvent[] = []
    for (const { message, turn } of waiting) told.push(...endOf(message, await stopQueued(write, turn)))
    const isOpen = and(eq(turns.app, app), inArray(turns.status, ['queued', 'running']))
    const asked = await write.sql.update(turns).set({ stopAsked: true }).where(isOpen).returning({ id: turns.id })
    await write.append(app, told) // after the turns: whoever stores a turn's facts holds the turn, then the log
    await this.#options.apps.settle(write, app)
    return asked.map(({ id }) => id)
  }

  #changeQueued<T>(app: string, id: string, change: (write: Write, found: Queued) => Promise<T>): Promise<Outcome<T>> {
    return this.#options.log.write(async (write) => {
      const found = await findQueued(write, app, id)
      return found.ok ? ok(await change(write, found.value)) : found
    })
  }
}

/** Gives these turns the places that they have among them, in the order given. */
async function setPositions({ sql }: Write, ordered: readonly TurnRow[]): Promise<void> {
  const positions = ordered.map(({ position }) => position).toSorted((a, b) => a - b)
  for (const [index, { id }] of ordered.entries()) {
    const position = must(positions[index], 'A position')
    await sql.update(turns).set({ position }).where(eq(turns.id, id))
  }
}

/** A list on the screen is in the order of creation: what moved is taken out and put at the end. */
const movedToEnd = (message: UserMessage): NewAppEvent[] => [
  { type: 'message.removed', message: message.id },
  { type: 'message.created', message },
]

type Queued = { message: MessageRow; turn: TurnRow }

/** What tells that a turn ended before it began: its message waits no more. */
const endOf = (message: MessageRow, turn: TurnRow): NewAppEvent[] => [
  { type: 'message.updated', message: presentMessage(message) },
  { type: 'turn.stopped', turn: presentTurn(turn) },
]

const openTurns = (write: Write, app: string): Promise<TurnRow[]> =>
  write.sql.query.turns.findMany({
    where: and(eq(turns.app, app), inArray(turns.status, ['queued', 'running'])),
    orderBy: asc(turns.position),
  })

/** Without one that was interrupted: it waits to go on, and keeps its place before all others. */
const neverStarted = (open: readonly TurnRow[]): TurnRow[] =>
  open.filter(({ status, startedAt }) => status === 'queued' && !startedAt)

async function lockQueue(write: Write, app: string): Promise<Queued[]> {
  await lockApp(write, app, true)
  const waiting = neverStarted(await openTurns(write, app))
  if (waiting.length === 0) return []
  const ids = waiting.map(({ message }) => message)
  const rows = await write.sql.select().from(messages).where(inArray(messages.id, ids))
  return waiting.flatMap((turn) => rows.filter(({ id }) => id === turn.message).map((message) => ({ message, turn })))
}

async function findQueued(write: Write, app: string, id: string): Promise<Outcome<Queued>> {
  const found = (await lockQueue(write, app)).find(({ message }) => message.id === id)
  if (found) return ok(found)
  const [known] = await write.sql
    .select()
    .from(messages)
    .where(and(eq(messages.app, app), eq(messages.id, id)))
  return known
    ? fail('conflict', 'That message does not wait any more: its turn has started or ended.')
    : fail('not_found', `This app has no message ${id}.`)
}

async function stopQueued(write: Write, turn: TurnRow): Promise<TurnRow> {
  const [row] = await write.sql
    .update(turns)
    .set({ status: 'stopped', deployment: { skipped: 'stopped' }, endedAt: new Date() })
    .where(and(eq(turns.id, turn.id), eq(turns.status, 'queued')))
    .returning()
  return must(row, `The waiting turn ${turn.id}`)
}

const rank = (ids: readonly string[], { message }: Queued): number => {
  const index = ids.indexOf(message.id)
  return index < 0 ? ids.length : index
}
