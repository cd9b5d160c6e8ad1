import { costOf, type ModelUsage, noUsage } from '@overskill/agent'
import { addTokens, type Limits, type Mode, promptTokens, type TurnEstimate, type Usage } from '@overskill/protocol'
import { findCap } from './find-cap.ts'

/** What a former turn used; `usd` null: no price was known. */
export type FormerTurn = { usage: Usage; usd: number | null }

export type EstimateInput = {
  model: string
  mode: Mode
  /** Of the first request, in tokens. `cached` is of `tokens`. */
  prompt: { tokens: number; cached: number }
  /** Turns of this app, model and mode that were counted whole. */
  former: readonly FormerTurn[]
  limits: Limits
  /** See `findCap`. */
  monthUsd: number | undefined
  at: Date
}

/** Fewest and most requests of a turn about which nothing is known. */
const requests: Record<Mode, readonly [number, number]> = { build: [2, 15], plan: [1, 6], chat: [1, 3] }
/** Of each request (AGENT.md B.4 "Rough size": 15 requests, 60k tokens written to the cache, 25k out). */
const outTokens = 1_700
const addedTokens = 4_000

/** What the next turn will probably use and cost: from what the last ones did, else from the size of its prompt. */
export function estimateTurn(input: EstimateInput): TurnEstimate {
  const { model, prompt, former } = input
  const bounds = former.length > 0 ? boundsOf(former) : boundsByPrompt(input)
  const cap = capOf(input, bounds)
  const { reason } = costOf(model, noUsage, input.at)
  const isUnknown = bounds.low.usd === null || bounds.high.usd === null
  return {
    ...{ model, prompt, basis: former.length > 0 ? 'turns' : 'prompt', turns: former.length },
    tokens: { low: tokensOf(bounds.low), high: tokensOf(bounds.high) },
    cost: {
      low: isUnknown ? null : bounds.low.usd,
      high: isUnknown ? null : bounds.high.usd,
      ...(isUnknown ? { reason: 'price unknown' } : bounds.high.usd === 0 && reason ? { reason } : {}),
    },
    ...(cap && { cap }),
  }
}

type Bounds = { low: FormerTurn; high: FormerTurn }

const tokensOf = ({ usage }: FormerTurn): number => promptTokens(usage) + usage.outputTokens

/** The cheapest and the dearest; one whose price nobody knows makes the bound unknown. */
function boundsOf(former: readonly FormerTurn[]): Bounds {
  const byTokens = former.toSorted((a, b) => tokensOf(a) - tokensOf(b))
  const prices = former.map(({ usd }) => usd)
  const known = prices.filter((usd) => usd !== null)
  const isKnown = known.length === prices.length
  const bound = (at: number, usd: number): FormerTurn => ({
    usage: byTokens.at(at)?.usage ?? noUsage,
    usd: isKnown ? usd : null,
  })
  return { low: bound(0, Math.min(...known)), high: bound(-1, Math.max(...known)) }
}

function boundsByPrompt({ model, mode, prompt, at }: EstimateInput): Bounds {
  const [few, many] = requests[mode]
  const turn = (count: number): FormerTurn => {
    const sent = Array.from({ length: count }, (_, place) => requestUsage(prompt, place))
    const costs = sent.map((usage) => costOf(model, usage, at).usd)
    const isKnown = costs.every((usd) => usd !== null)
    return {
      usage: sent.reduce<Usage>(addTokens, noUsage),
      usd: isKnown ? costs.reduce<number>((sum, usd) => sum + (usd ?? 0), 0) : null,
    }
  }
  return { low: turn(few), high: turn(many) }
}

/** What a turn's request uses: all that was sent before comes from the cache, what is new is written to it. */
function requestUsage({ tokens, cached }: EstimateInput['prompt'], place: number): ModelUsage {
  const read = place === 0 ? cached : tokens + addedTokens * (place - 1)
  const written = place === 0 ? tokens - cached : addedTokens
  return { inputTokens: 0, outputTokens: outTokens, cacheReadTokens: read, cacheWriteTokens: written }
}

/** The cap that is met, with how surely. */
function capOf({ limits, monthUsd }: EstimateInput, { low, high }: Bounds): TurnEstimate['cap'] {
  const tries = [
    ['now', { usage: noUsage, usd: 0 }],
    ['likely', low],
    ['possible', high],
  ] as const
  for (const [when, { usage, usd }] of tries) {
    const month = monthUsd === undefined ? undefined : monthUsd + (usd ?? 0)
    const cap = findCap(limits, { usage, cost: { usd } }, month)
    if (cap) return { kind: cap.kind, limit: cap.limit, when }
  }
  return undefined
}
