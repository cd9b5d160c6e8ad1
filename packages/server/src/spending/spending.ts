import { costOf, noUsage, type SpendingCap, type Spent } from '@overskill/agent'
import { type AppUsage, type Limits, must, type MonthUsage, type TurnUsage, type UsageSum } from '@overskill/protocol'
import { and, desc, eq, gte, lt, sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { apps, limits, messages, spending, turns } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import { findCap } from './find-cap.ts'
import { presentSum, sumColumns } from './sums.ts'

/** Which request it was that cost something. */
export type SpendingPlace = { app: string; turn: string; step: number; model: string }

/** What models were paid, by request, and the caps on it (row A10). The one writer of both. */
export interface Spending {
  /** Part of the caller's transaction: a request has ended. */
  record(sql: Write['sql'], place: SpendingPlace, spent: Spent): Promise<unknown>
  /** The cap that leaves no room for another request of a turn of this model, with all turns of this database counted. */
  capReached(model: string, spent: Spent): Promise<SpendingCap | undefined>
  /**
   * What all apps have spent in this month, as far as caps of money hold for a turn of this model that has spent so much:
   * undefined when it costs nothing or nobody knows what.
   */
  monthUsd(model: string, spentUsd: number): Promise<number | undefined>
  limits(): Promise<Limits>
  /** Sets what is named; null takes a cap away. */
  setLimits(change: { [K in keyof Limits]?: Limits[K] | undefined }): Promise<Limits>
  /** Of one app: all, by month and by turn. `before`: a turn's place in the app's queue. */
  ofApp(app: string, before: number | undefined, limit: number): Promise<AppSpending>
  /** This month over all apps, deleted ones included. The sum is of all, the list of the dearest. */
  ofMonth(): Promise<{ month: string; total: UsageSum; apps: AppUsage[]; limits: Limits }>
  /** What a step's requests used; undefined while none has ended. `tries`: how many. */
  ofStep(turn: string, step: number): Promise<{ tries: number; spent: Spent } | undefined>
}

export type AppSpending = { total: UsageSum; months: MonthUsage[]; items: TurnUsage[]; next?: string }

export const createSpending = (db: Database): Spending => new PgSpending(db)

const monthsShown = 24
const appsShown = 200
const textShown = 120

const monthStart = raw`date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'`
const monthOf = raw<string>`to_char(${spending.at} at time zone 'UTC', 'YYYY-MM')`
const noLimits: Limits = { turnUsd: null, turnTokens: null, monthUsd: null }

class PgSpending implements Spending {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  record(sql: Write['sql'], place: SpendingPlace, { usage, cost }: Spent): Promise<unknown> {
    const { incomplete = false, ...counts } = usage
    return sql.insert(spending).values({ ...place, ...counts, incomplete, usd: cost.usd, reason: cost.reason ?? null })
  }

  async capReached(model: string, spent: Spent): Promise<SpendingCap | undefined> {
    const caps = await this.limits()
    if (caps === noLimits) return undefined
    return findCap(caps, spent, await this.monthUsd(model, spent.cost.usd ?? 0))
  }

  async monthUsd(model: string, spentUsd: number): Promise<number | undefined> {
    const month = await this.#monthUsd(model)
    return hasPrice(model) || month.isPaid || spentUsd > 0 ? month.usd : undefined
  }

  async limits(): Promise<Limits> {
    const [row] = await this.#db.select().from(limits)
    return row ? { turnUsd: row.turnUsd, turnTokens: row.turnTokens, monthUsd: row.monthUsd } : noLimits
  }

  async setLimits(change: Parameters<Spending['setLimits']>[0]): Promise<Limits> {
    const named = Object.fromEntries(Object.entries(change).filter(([, cap]) => cap !== undefined))
    if (Object.keys(named).length > 0) {
      const values = { id: 1, ...named }
      await this.#db.insert(limits).values(values).onConflictDoUpdate({ target: limits.id, set: named })
    }
    return this.limits()
  }

  async ofApp(app: string, before: number | undefined, limit: number): Promise<AppSpending> {
    const isOfApp = eq(spending.app, app)
    const [[total], months, rows] = await Promise.all([
      this.#db.select(sumColumns).from(spending).where(isOfApp),
      this.#db
        .select({ month: monthOf, ...sumColumns })
        .from(spending)
        .where(isOfApp)
        .groupBy(raw`1`)
        .orderBy(raw`1 desc`)
        .limit(monthsShown),
      this.#turnsOf(app, before, limit + 1),
    ])
    const shown = rows.slice(0, limit)
    const next = rows.length > limit ? shown.at(-1)?.position : undefined
    return {
      total: presentSum(must(total, 'A sum')),
      months: months.map(({ month, ...sum }) => ({ month, ...presentSum(sum) })),
      items: shown.map(({ turn, text, model, at, position: _place, ...sum }) => ({
        ...presentSum(sum),
        ...{ turn, text, model, at: at.toISOString() },
      })),
      ...(next !== undefined && { next: String(next) }),
    }
  }

  async ofMonth(): Promise<{ month: string; total: UsageSum; apps: AppUsage[]; limits: Limits }> {
    const isNow = gte(spending.at, monthStart)
    const month = raw<string>`to_char(now() at time zone 'UTC', 'YYYY-MM')`
    const [[total], rows, caps] = await Promise.all([
      this.#db
        .select({ month, ...sumColumns })
        .from(spending)
        .where(isNow),
      this.#db
        .select({ app: spending.app, name: apps.name, deletedAt: apps.deletedAt, ...sumColumns })
        .from(spending)
        .leftJoin(apps, eq(apps.id, spending.app))
        .where(isNow)
        .groupBy(spending.app, apps.name, apps.deletedAt)
        .orderBy(raw`${sumColumns.usd} desc nulls last`, desc(sumColumns.inputTokens))
        .limit(appsShown),
      this.limits(),
    ])
    const { month: name, ...sum } = must(total, 'A sum')
    return {
      month: name,
      total: presentSum(sum),
      apps: rows.map((row) => ({
        ...presentSum(row),
        app: row.app,
        name: row.name ?? '',
        deleted: row.name === null || row.deletedAt !== null,
      })),
      limits: caps,
    }
  }

  async ofStep(turn: string, step: number): Promise<{ tries: number; spent: Spent } | undefined> {
    const isStep = and(eq(spending.turn, turn), eq(spending.step, step))
    const [row] = await this.#db.select(sumColumns).from(spending).where(isStep)
    const { requests, usage, cost } = presentSum(must(row, 'A sum'))
    return requests === 0 ? undefined : { tries: requests, spent: { usage, cost } }
  }

  #turnsOf(app: string, before: number | undefined, limit: number) {
    const isEarlier = before === undefined ? undefined : lt(turns.position, before)
    return this.#db
      .select({
        turn: turns.id,
        text: raw<string>`left(${messages.text}, ${textShown})`,
        model: turns.model,
        at: turns.createdAt,
        position: turns.position,
        ...sumColumns,
      })
      .from(spending)
      .innerJoin(turns, eq(turns.id, spending.turn))
      .innerJoin(messages, eq(messages.id, turns.message))
      .where(and(eq(spending.app, app), isEarlier))
      .groupBy(turns.id, messages.id)
      .orderBy(desc(turns.position))
      .limit(limit)
  }

  /** What was spent in this month, and whether anything of it on this model: some providers tell prices that no table has. */
  async #monthUsd(model: string): Promise<{ usd: number; isPaid: boolean }> {
    const isPaid = raw<boolean>`coalesce(bool_or(${spending.model} = ${model} and ${spending.usd} > 0), false)`
    const [row] = await this.#db
      .select({ usd: sumColumns.usd, isPaid })
      .from(spending)
      .where(gte(spending.at, monthStart))
    return { usd: row?.usd ?? 0, isPaid: row?.isPaid ?? false }
  }
}

/** Whether the table has a price above 0; where nobody knows one, no cap of money can hold. */
const hasPrice = (model: string): boolean => (costOf(model, { ...noUsage, inputTokens: 1 }, new Date()).usd ?? 0) > 0
