import { type NewAppEvent, timeLimitMs, type Turn, type UserMessage } from '@overskill/protocol'
import { and, asc, eq, getTableColumns, inArray, isNull, lt, or, sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { messages, turns } from '../database/schema.ts'
import { lockApp } from '../apps/lock-app.ts'
import { leaseEnd } from '../dispatch/lease-terms.ts'
import type { EventLog, Fence, Write } from '../events/event-log.ts'
import type { Added } from './message-queue.ts'
import { presentTurn, type TurnRow } from './turn-state.ts'
import { type MessageRow, presentMessage } from './user-messages.ts'

/** A6: a turn that makes no progress for this long is ended, whatever its lease says. */
export const stuckMs = 20 * 60_000

/**
 * Who runs which turn. A process claims, renews and gives back; whoever dies is taken over when the time is up. Whoever locks
 * several turns takes them in the order of their ids, so that two of them never wait for each other.
 *
 * Whoever takes a turn away locks its row whole (`for update`), so growing text that is just being stored needs only its key to
 * hold it, and does not wait for the turn's other facts.
 */
export type Leases = {
  /**
   * The next waiting turn of an app becomes ours, unless one runs. Of a deleted app it is ours only to be stopped.
   *
   * @param added was put into an empty queue a moment ago. If it is still the next one, its start is told in the round trip that
   * claims it; if not, nothing comes of this hint.
   */
  claimNext(app: string, added?: Added): Promise<TurnRow | undefined>
  /** A turn whose owner is gone goes back to the queue, first in line (running → queued, API.md "States"). */
  release(turn: TurnRow): Promise<boolean>
  /** The same, by an owner that ends in order or that the store failed: it does not count as one that died. */
  handOver(turn: TurnRow): Promise<boolean>
  /** Turns whose lease is over; with `all`, every running one that is not ours: for a process alone on its data. */
  abandoned(all: boolean): Promise<TurnRow[]>
  /** Ours that made no progress for `stuckMs`: no step, no result, no event of their app. */
  stuck(): Promise<TurnRow[]>
  /** Apps in which a turn waits and none runs: somebody should have been told, and a full disk may have prevented it. */
  waiting(): Promise<string[]>
  /** Which apps have a turn that is ours, as long as the statement lasts. */
  readonly fence: Fence
  /**
   * Lengthens ours that run here. One that was lost while the store was away is not among them, and is abandoned in time.
   * Returns the turns that somebody asked to stop.
   */
  renew(running: readonly string[]): Promise<string[]>
}

export type LeasesOptions = { db: Database; log: EventLog; owner: string }

export const createLeases = (options: LeasesOptions): Leases => new PgLeases(options)

class PgLeases implements Leases {
  readonly #options: LeasesOptions

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  async claimNext(app: string, added?: Added): Promise<TurnRow | undefined> {
    const claimed = added && (await this.#claimAdded(app, added))
    return claimed ?? this.#claimAny(app)
  }

  #claimAny(app: string): Promise<TurnRow | undefined> {
    return this.#options.log.write(async (write) => {
      const [, [claimed]] = await Promise.all([lockApp(write, app, true), this.#claimFirst(write, app)])
      if (claimed) write.appendLast(app, startOf(presentTurn(claimed.turn), firstOf(claimed)))
      return claimed?.turn
    })
  }

  /** Waits for no answer before the last one: what the start tells is known, and it is stored only if the turn is ours by then. */
  async #claimAdded(app: string, { turn, message, reply }: Added): Promise<TurnRow | undefined> {
    const at = new Date()
    const running = { ...turn, status: 'running' as const, deadline: deadlineOf(at).toISOString() }
    const isClaimed = { text: changedStatement, params: [turn.id] }
    const claiming = await this.#options.log.write(async (write) => {
      write.sent(lockApp(write, app, true))
      const claim = this.#claimFirst(write, app, { turn: turn.id, text: message.text, at }).then(
        ([first]) => first?.turn,
      )
      write.sent(claim)
      write.appendLast(app, startOf(running, { message, reply }), isClaimed)
      return { claim } // answered before the commit is
    })
    return claiming.claim
  }

  /**
   * A statement of its own, after the one that locks the app: what it reads must be what the lock's last holder left.
   *
   * The time that a turn may take is reckoned from here: while nobody ran it, none of it went by. `startedAt` is only shown.
   *
   * @param only the turn that it must be, with these words and never started, and when it starts.
   */
  #claimFirst({ sql }: Write, app: string, only?: { turn: string; text: string; at: Date }) {
    const at = only ? raw`${only.at.toISOString()}::timestamptz` : raw`now()`
    return sql
      .update(turns)
      .set({
        status: 'running',
        leaseOwner: this.#options.owner,
        leaseToken: raw`${turns.leaseToken} + 1`,
        leaseUntil: leaseEnd(),
        startedAt: raw`coalesce(${turns.startedAt}, ${at})`,
        deadline: raw`${at} + ${`${timeLimitMs('turn')} ms`}::interval`,
        stopAsked: raw`${turns.stopAsked} or exists (select from apps where id = ${app} and deleted_at is not null)`,
        progressAt: raw`now()`,
      })
      .from(messages)
      .where(
        and(
          eq(messages.id, turns.message),
          raw`${turns.id} = (select id from turns where app = ${app} and status = 'queued' order by position limit 1 for update)`,
          raw`not exists (select from turns where app = ${app} and status = 'running')`,
          only && and(eq(turns.id, only.turn), eq(turns.leaseToken, 0), eq(messages.text, only.text)),
        ),
      )
      .returning({ turn: getTableColumns(turns), message: getTableColumns(messages) })
  }

  release(turn: TurnRow): Promise<boolean> {
    return this.#giveBack(turn, {})
  }

  handOver(turn: TurnRow): Promise<boolean> {
    return this.#giveBack(turn, { handovers: turn.handovers + 1 })
  }

  #giveBack(turn: TurnRow, set: { handovers?: number }): Promise<boolean> {
    const isHeld = and(eq(turns.id, turn.id), eq(turns.leaseToken, turn.leaseToken), eq(turns.status, 'running'))
    return this.#options.log.write(async (write) => {
      const whole = write.sql.select({ id: turns.id }).from(turns).where(isHeld).for('update')
      const [row] = await write.sql
        .update(turns)
        .set({ ...set, status: 'queued', leaseOwner: null, leaseUntil: null })
        .where(eq(turns.id, whole))
        .returning()
      if (row) await write.append(row.app, [{ type: 'turn.queued', turn: presentTurn(row) }])
      return row !== undefined
    })
  }

  abandoned(all: boolean): Promise<TurnRow[]> {
    const isOver = or(isNull(turns.leaseUntil), lt(turns.leaseUntil, raw`now()`))
    const isNotOurs = raw`${turns.leaseOwner} is distinct from ${this.#options.owner}`
    return this.#options.db.query.turns.findMany({ where: and(eq(turns.status, 'running'), all ? isNotOurs : isOver) })
  }

  async renew(running: readonly string[]): Promise<string[]> {
    if (running.length === 0) return []
    const db = this.#options.db.express // a lease must not run out behind whatever fills the pool
    const isOurs = and(
      inArray(turns.id, [...running]),
      eq(turns.leaseOwner, this.#options.owner),
      eq(turns.status, 'running'),
    )
    const ours = db.select({ id: turns.id }).from(turns).where(isOurs)
    const rows = await db
      .update(turns)
      .set({ leaseUntil: leaseEnd() })
      .where(inArray(turns.id, ours.orderBy(asc(turns.id)).for('no key update')))
      .returning({ id: turns.id, stopAsked: turns.stopAsked })
    return rows.filter(({ stopAsked }) => stopAsked).map(({ id }) => id)
  }

  get fence(): Fence {
    const text = `
      select app from turns where app = any ($1) and lease_owner = $8 and status = 'running' order by id for key share`
    return { text, params: [this.#options.owner] }
  }

  async waiting(): Promise<string[]> {
    const open = await this.#options.db
      .select({ app: turns.app, isRunning: raw<boolean>`bool_or(${turns.status} = 'running')` })
      .from(turns)
      .where(inArray(turns.status, ['queued', 'running']))
      .groupBy(turns.app)
    return open.filter(({ isRunning }) => !isRunning).map(({ app }) => app)
  }

  stuck(): Promise<TurnRow[]> {
    const last = raw`(select at from events where events.app = ${turns.app} order by seq desc limit 1)`
    const isStuck = raw`greatest(${turns.progressAt}, ${last}) < now() - ${`${stuckMs} ms`}::interval`
    return this.#options.db.query.turns.findMany({
      where: and(eq(turns.status, 'running'), eq(turns.leaseOwner, this.#options.owner), isStuck),
    })
  }
}

const deadlineOf = (startedAt: Date): Date => new Date(startedAt.getTime() + timeLimitMs('turn'))

/** The app of turn `$8`, if this very transaction changed it. */
const changedStatement = 'select app from turns where app = any ($1) and id = $8 and xmin = pg_current_xact_id()::xid'

type First = { message: UserMessage; reply: string }

/** What is told once: the message that does not wait any more, and the one that will hold the answer. */
const firstOf = ({ turn, message }: { turn: TurnRow; message: MessageRow }): First | undefined =>
  turn.leaseToken === 1 ? { message: presentMessage(message), reply: turn.reply } : undefined

/** Tells the pages that a turn runs; `first`, the first time. */
function startOf(turn: Turn, first?: First): NewAppEvent[] {
  const started = { type: 'turn.started' as const, turn }
  if (!first) return [started]
  const createdAt = new Date().toISOString()
  const reply = { id: first.reply, role: 'assistant' as const, turn: turn.id, blocks: [], createdAt }
  return [{ type: 'message.updated', message: first.message }, started, { type: 'message.created', message: reply }]
}
