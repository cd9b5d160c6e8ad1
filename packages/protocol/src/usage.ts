import { z } from 'zod'
import { Id } from './ids.ts'

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

/**
 * A sum over requests to any models. `cost` is that of what has a price; null when nothing of it has one. `unpriced` is what no
 * price is known of and therefore not in `cost`: such a sum is never the whole.
 */
export const UsageSum = z.object({
  turns: z.int(),
  requests: z.int(),
  usage: Usage,
  cost: Cost,
  unpriced: z.object({ requests: z.int(), tokens: z.int() }).optional(),
})
export type UsageSum = z.infer<typeof UsageSum>

/** A calendar month in UTC. */
export const Month = z.string().regex(/^\d{4}-\d{2}$/)

export const MonthUsage = UsageSum.extend({ month: Month })
export type MonthUsage = z.infer<typeof MonthUsage>

/** What one turn used. `text`: the beginning of what the person said. */
export const TurnUsage = UsageSum.extend({ turn: Id, text: z.string(), model: z.string(), at: z.iso.datetime() })
export type TurnUsage = z.infer<typeof TurnUsage>

export const AppUsage = UsageSum.extend({ app: z.string(), name: z.string(), deleted: z.boolean() })
export type AppUsage = z.infer<typeof AppUsage>

/** Caps, null where there is none. A cap is met before a request is sent; what was sent is paid. */
export const Limits = z.object({
  turnUsd: z.number().nullable(),
  turnTokens: z.int().nullable(), // sent and received, cached ones included
  monthUsd: z.number().nullable(), // all apps, by calendar month in UTC
})
export type Limits = z.infer<typeof Limits>

export const CapKind = z.enum(['turn_usd', 'turn_tokens', 'month_usd'])
export type CapKind = z.infer<typeof CapKind>

const range = <T extends z.ZodType>(bound: T) => ({ low: bound, high: bound })

/**
 * What the next turn will probably use and cost; no model was asked. By `turns`: what the app's last turns of this model and
 * mode used. By `prompt`: there were none, so it is reckoned from the size of the prompt and is wide.
 */
export const TurnEstimate = z.object({
  model: z.string(),
  basis: z.enum(['turns', 'prompt']),
  turns: z.int(), // how many turns were looked at; 0 by prompt
  prompt: z.object({ tokens: z.int(), cached: z.int() }), // the first request: system text, tools, conversation. `cached` is of `tokens`
  tokens: z.object(range(z.int())), // sent and received by all its requests, cached ones included
  cost: z.object({ ...range(z.number().nullable()), reason: z.string().optional() }), // null: no price is known
  /** A cap that stops it: before its first request (`now`), in a cheap turn too (`likely`), or in a dear one (`possible`). */
  cap: z.object({ kind: CapKind, limit: z.number(), when: z.enum(['now', 'likely', 'possible']) }).optional(),
})
export type TurnEstimate = z.infer<typeof TurnEstimate>

/** The exact request of a step, and what it used as the provider counted it; `usage` is absent until the reply has ended. */
export const SentRequest = z.object({
  request: z.unknown(),
  step: z.int(),
  model: z.string(),
  at: z.iso.datetime(),
  tries: z.int(), // how often it was sent: `usage` and `cost` are of all tries
  usage: Usage.optional(),
  cost: Cost.optional(),
})
export type SentRequest = z.infer<typeof SentRequest>
