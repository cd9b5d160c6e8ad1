import { noUsage } from '@overskill/agent'
import { expect, test } from 'vitest'
import { estimateTurn, type EstimateInput } from './estimate-turn.ts'

const input: EstimateInput = {
  model: 'anthropic/claude-sonnet-5-5',
  mode: 'build',
  prompt: { tokens: 10_000, cached: 0 },
  former: [],
  limits: { turnUsd: null, turnTokens: null, monthUsd: null },
  monthUsd: 0,
  at: new Date('2026-11-26'),
}
const former = (usd: number | null, tokens: number) => ({ usage: { ...noUsage, inputTokens: tokens }, usd })

test('without former turns the money is reckoned from the size of the prompt and is between a short and a long turn', () => {
  const { basis, turns, cost, prompt } = estimateTurn(input)
  expect({ basis, turns, prompt }).toEqual({ basis: 'prompt', turns: 0, prompt: { tokens: 10_000, cached: 0 } })
  // Two requests: 14,000 written, 10,000 read, 3,400 out. Fifteen: 66,000 written, 504,000 read, 25,500 out.
  expect(cost.low).toBeCloseTo((14_000 * 2.5 + 10_000 * 0.1 + 3_400 * 10) / 1e6, 6)
  expect(cost.high).toBeCloseTo((66_000 * 2.5 + 504_000 * 0.1 + 25_500 * 10) / 1e6, 6)
})

test('what is in the cache makes the first request cheaper', () => {
  const cached = estimateTurn({ ...input, prompt: { tokens: 10_000, cached: 9_000 } })
  expect(cached.cost.low ?? 9).toBeLessThan(estimateTurn(input).cost.low ?? 0)
  expect(cached.tokens).toEqual(estimateTurn(input).tokens)
})

test('a chat is reckoned to be shorter than a build', () => {
  expect(estimateTurn({ ...input, mode: 'chat' }).tokens.high).toBeLessThan(estimateTurn(input).tokens.high)
})

test('former turns say it: from the cheapest to the dearest of them', () => {
  const estimate = estimateTurn({ ...input, former: [former(0.3, 9_000), former(0.1, 2_000), former(0.2, 4_000)] })
  expect(estimate).toMatchObject({ basis: 'turns', turns: 3, cost: { low: 0.1, high: 0.3 } })
  expect(estimate.tokens).toEqual({ low: 2_000, high: 9_000 })
})

test('an unknown price is never 0: by prompt, and by former turns of which one had none', () => {
  const unknown = { low: null, high: null, reason: 'price unknown' }
  expect(estimateTurn({ ...input, model: 'openai/nobody-knows', monthUsd: undefined }).cost).toEqual(unknown)
  expect(estimateTurn({ ...input, former: [former(0.3, 9_000), former(null, 2_000)] }).cost).toEqual(unknown)
})

test('the sample model costs nothing and the estimate says why', () => {
  const { cost } = estimateTurn({ ...input, model: 'sample/builder', monthUsd: undefined })
  expect(cost).toEqual({ low: 0, high: 0, reason: expect.stringContaining('no AI model') })
})

test('a cap is said with how surely it stops the turn', () => {
  const turns = [former(0.1, 2_000), former(0.3, 9_000)]
  const capWith = (limits: Partial<EstimateInput['limits']>, monthUsd = 5) =>
    estimateTurn({ ...input, former: turns, limits: { ...input.limits, ...limits }, monthUsd }).cap
  expect(capWith({ monthUsd: 5 })).toEqual({ kind: 'month_usd', limit: 5, when: 'now' })
  expect(capWith({ monthUsd: 5.05 })).toEqual({ kind: 'month_usd', limit: 5.05, when: 'likely' })
  expect(capWith({ monthUsd: 5.2 })).toEqual({ kind: 'month_usd', limit: 5.2, when: 'possible' })
  expect(capWith({ monthUsd: 5.31, turnUsd: 0.31 })).toBeUndefined()
  expect(capWith({ turnUsd: 0.2 })).toEqual({ kind: 'turn_usd', limit: 0.2, when: 'possible' })
  expect(capWith({ turnTokens: 1_000 })).toEqual({ kind: 'turn_tokens', limit: 1_000, when: 'likely' })
})
