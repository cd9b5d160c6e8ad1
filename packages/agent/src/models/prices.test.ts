import { addCosts } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { costOf, modelCatalog, noUsage } from './prices.ts'

const at = new Date('2026-11-20T00:00:00Z')
const million = 1_000_000

test('each sort of token has its own price, hour-long cache writes included', () => {
  const usage = {
    inputTokens: million,
    outputTokens: million,
    cacheReadTokens: million,
    cacheWriteTokens: 2 * million,
    cacheWriteHourTokens: million,
  }
  expect(costOf('anthropic/claude-opus-5-5', usage, at).usd).toBeCloseTo(4 + 20 + 0.2 + 5 + 8)
  expect(costOf('claude-opus-5-5-20261001', usage, at).usd).toBeCloseTo(37.2)
})

test('a price holds from its first day on', () => {
  const usage = { ...noUsage, cacheReadTokens: million }
  expect(costOf('anthropic/claude-sonnet-5-5', usage, new Date('2026-10-06T23:59:59Z')).usd).toBe(0.2)
  expect(costOf('anthropic/claude-sonnet-5-5', usage, new Date('2026-10-07T00:00:00Z')).usd).toBe(0.1)
})

test('the band of a prompt is that of the whole request', () => {
  const small = { ...noUsage, inputTokens: 50_000, cacheReadTokens: 50_000 }
  expect(costOf('anthropic/claude-haiku-5-5', small, at).usd).toBeCloseTo(0.05 * 0.1 + 0.05 * 0.01)
  const large = { ...small, cacheReadTokens: 50_001 }
  expect(costOf('anthropic/claude-haiku-5-5', large, at).usd).toBeCloseTo(0.05 * 0.5 + 0.05 * 0.05)
})

test('a model without a price has no cost, never 0; the sample model costs 0 and says why', () => {
  expect(costOf('ollama/qwen', { ...noUsage, inputTokens: 5 }, at)).toEqual({ usd: null, reason: 'price unknown' })
  expect(costOf('sample/builder', { ...noUsage, inputTokens: 5 }, at)).toMatchObject({
    usd: 0,
    reason: expect.any(String),
  })
})

test('an incomplete count is "at least", and a sum with an unknown cost is unknown', () => {
  expect(costOf('anthropic/claude-opus-5', { ...noUsage, inputTokens: million, incomplete: true }, at)).toEqual({
    usd: 5,
    reason: 'at least',
  })
  expect(addCosts({ usd: 1 }, { usd: null, reason: 'price unknown' })).toEqual({ usd: null, reason: 'price unknown' })
  expect(addCosts({ usd: 1, reason: 'at least' }, { usd: 2 })).toEqual({ usd: 3, reason: 'at least' })
})

test('every model of the catalog has a price today and a name of its own', () => {
  const catalog = modelCatalog(at)
  expect(catalog[0]).toMatchObject({
    id: 'anthropic/claude-sonnet-5-5',
    name: 'Claude Sonnet 5.5',
    context: million,
    prices: { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  })
  expect(new Set(catalog.map(({ id }) => id)).size).toBe(catalog.length)
  for (const { id } of catalog) expect(costOf(id, { ...noUsage, inputTokens: 1 }, at).usd).toBeGreaterThan(0)
})
