import { expect, test } from 'vitest'
import { costWords, money, tokenWords } from './cost-words.ts'

test('money has cents, and more places only below one cent', () => {
  expect([0, 0.0031, 0.01, 4.2, 1234.5].map(money)).toEqual(['$0.00', '$0.0031', '$0.01', '$4.20', '$1234.50'])
})

test('an unknown price is never a number, and a sum that leaves something out says what', () => {
  const unpriced = { requests: 2, tokens: 1_200 }
  expect(costWords({ cost: { usd: null, reason: 'price unknown' }, unpriced })).toBe('price unknown')
  expect(costWords({ cost: { usd: 1.5 }, unpriced })).toBe('$1.50, and 1,200 tokens of unknown price')
  expect(costWords({ cost: { usd: 1.5, reason: 'at least' } })).toBe('at least $1.50')
})

test('tokens from a cache are part of those in, and a count that is not whole says so', () => {
  const usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 900, cacheWriteTokens: 0, incomplete: true }
  expect(tokenWords({ usage, requests: 1 })).toBe('at least 1,000 tokens in (900 from the cache), 20 out, 1 request')
})
