import { type Mode, promptTokens, type TurnEstimate } from '@overskill/protocol'
import { and, desc, eq } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { spending, turns } from '../database/schema.ts'
import { estimateTurn, type FormerTurn } from './estimate-turn.ts'
import type { Spending } from './spending.ts'
import { presentSum, sumColumns } from './sums.ts'

/** What the next turn will probably cost. Asks no model. */
export interface Estimates {
  next(app: { id: string; model: string }, mode: Mode): Promise<TurnEstimate>
}

export type EstimatesOptions = {
  db: Database
  spending: Pick<Spending, 'limits' | 'monthUsd'>
  /** Characters of the first request of the app's next turn: for a model that has not counted a request of it yet. */
  promptChars: (app: string) => Promise<number>
}

/** How many former turns are looked at. */
const formerTurns = 10
/** English and code, as providers count them; "about". */
const charsPerToken = 3.6
/** The shorter of the two lives of a provider's cache (AGENT.md B.3). */
const cacheMs = 5 * 60_000

export function createEstimates({ db, spending: caps, promptChars }: EstimatesOptions): Estimates {
  return {
    async next({ id, model }, mode) {
      const [limits, monthUsd, former, counted] = await Promise.all([
        caps.limits(),
        caps.monthUsd(model, 0),
        readFormer(db, id, model, mode),
        countedPrompt(db, id, model),
      ])
      const prompt = counted ?? { tokens: Math.ceil((await promptChars(id)) / charsPerToken), cached: 0 }
      return estimateTurn({ model, mode, prompt, former, limits, monthUsd, at: new Date() })
    },
  }
}

/** The last turns that came to their end and were counted whole. */
async function readFormer(db: Database, app: string, model: string, mode: Mode): Promise<FormerTurn[]> {
  const isLike = and(eq(turns.app, app), eq(turns.mode, mode), eq(turns.status, 'completed'), eq(turns.model, model))
  const rows = await db
    .select(sumColumns)
    .from(spending)
    .innerJoin(turns, eq(turns.id, spending.turn))
    .where(isLike)
    .groupBy(turns.id)
    .orderBy(desc(turns.position))
    .limit(formerTurns)
  const sums = rows.map(presentSum)
  const whole = sums.filter(({ usage, unpriced, cost }) => !usage.incomplete && (cost.usd === null || !unpriced))
  return whole.map(({ usage, cost }) => ({ usage, usd: cost.usd }))
}

/** The conversation as the model itself counted it last: what was sent, and its answer. */
async function countedPrompt(db: Database, app: string, model: string): Promise<TurnEstimate['prompt'] | undefined> {
  const [last] = await db
    .select()
    .from(spending)
    .where(and(eq(spending.app, app), eq(spending.model, model), eq(spending.incomplete, false)))
    .orderBy(desc(spending.id))
    .limit(1)
  // Rows of several requests are sums from before there was a ledger.
  if (!last || last.requests !== 1) return undefined
  const sent = promptTokens(last)
  const isCached = last.cacheReadTokens + last.cacheWriteTokens > 0 && Date.now() - last.at.getTime() < cacheMs
  return { tokens: sent + last.outputTokens, cached: isCached ? sent : 0 }
}
