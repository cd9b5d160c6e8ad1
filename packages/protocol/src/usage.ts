import { z } from 'zod'

/** What requests to a model used and cost. */

/** Tokens of requests so far. `incomplete`: the provider left a count out, so each number is "at least". */
export const Usage = z.object({
  inputTokens: z.int(),
  outputTokens: z.int(),
  cacheReadTokens: z.int(),
  cacheWriteTokens: z.int(),
  incomplete: z.boolean().optional(),
})
export type Usage = z.infer<typeof Usage>

/** Money in US dollars. `usd` null: no price is known; `reason` says why it is 0 or null, or that it is "at least". */
export const Cost = z.object({ usd: z.number().nullable(), reason: z.string().optional() })
export type Cost = z.infer<typeof Cost>

export const noCost: Cost = { usd: 0 }

/** Costs of several requests to one model together. One unknown price makes the sum unknown. */
export function addCosts(a: Cost, b: Cost): Cost {
  if (a.usd === null) return a
  if (b.usd === null) return b
  const reason = a.reason ?? b.reason
  return { usd: a.usd + b.usd, ...(reason !== undefined && { reason }) }
}

/** Tokens of several requests together. */
export const addTokens = (a: Usage, b: Usage): Usage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  ...((a.incomplete || b.incomplete) && { incomplete: true }),
})

/** All tokens that were sent, from a cache or not. */
export const promptTokens = (usage: Usage): number => usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
