import type { UsageSum } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import { spending } from '../database/schema.ts'

/** Postgres answers sums of big numbers as text. */
const sumOf = (column: unknown) => sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number)

/** The columns of a sum over rows of `spending`. */
export const sumColumns = {
  turns: sql<number>`count(distinct ${spending.turn})`.mapWith(Number),
  requests: sumOf(spending.requests),
  inputTokens: sumOf(spending.inputTokens),
  outputTokens: sumOf(spending.outputTokens),
  cacheReadTokens: sumOf(spending.cacheReadTokens),
  cacheWriteTokens: sumOf(spending.cacheWriteTokens),
  incomplete: sql<boolean>`coalesce(bool_or(${spending.incomplete}), false)`,
  usd: sql<number | null>`sum(${spending.usd})`, // null when no row has a price
  reason: sql<string | null>`max(${spending.reason}) filter (where ${spending.usd} = 0)`,
  unpricedRequests: sql<number>`coalesce(sum(${spending.requests}) filter (where ${spending.usd} is null), 0)`.mapWith(
    Number,
  ),
  unpricedTokens:
    sql<number>`coalesce(sum(${spending.inputTokens} + ${spending.outputTokens} + ${spending.cacheReadTokens}
    + ${spending.cacheWriteTokens}) filter (where ${spending.usd} is null), 0)`.mapWith(Number),
}

export type SumRow = {
  turns: number
  requests: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  incomplete: boolean
  usd: number | null
  reason: string | null
  unpricedRequests: number
  unpricedTokens: number
}

/** The sum as it is told: what has no price is never counted as 0. */
export function presentSum(row: SumRow): UsageSum {
  const { turns, requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, incomplete } = row
  const counts = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }
  const isUnpriced = row.unpricedRequests > 0
  const isUnknown = row.usd === null && isUnpriced
  const reason = isUnknown ? 'price unknown' : incomplete ? 'at least' : row.usd === 0 ? row.reason : null
  return {
    turns,
    requests,
    usage: { ...counts, ...(incomplete && { incomplete }) },
    cost: { usd: isUnknown ? null : (row.usd ?? 0), ...(reason && { reason }) },
    ...(isUnpriced && { unpriced: { requests: row.unpricedRequests, tokens: row.unpricedTokens } }),
  }
}
