import type { Spent } from '@overskill/agent'
import { expect, test } from 'vitest'
import { findCap } from './find-cap.ts'

const none = { turnUsd: null, turnTokens: null, monthUsd: null }
const spent = (usd: number | null, tokens = 0): Spent => ({
  usage: { inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  cost: { usd },
})

test('without caps nothing is ever reached', () => {
  expect(findCap(none, spent(1_000_000, 1_000_000_000), 1_000_000)).toBeUndefined()
})

test('a cap is reached when as much as it says is spent, and not a cent before', () => {
  const caps = { ...none, turnUsd: 0.5, monthUsd: 20 }
  expect(findCap(caps, spent(0.49), 19.99)).toBeUndefined()
  expect(findCap(caps, spent(0.5), 1)).toEqual({ kind: 'turn_usd', limit: 0.5, spent: 0.5 })
  expect(findCap(caps, spent(0), 20)).toEqual({ kind: 'month_usd', limit: 20, spent: 20 })
})

test('no cap of money holds for what costs nothing or has no known price, but one of tokens does', () => {
  const caps = { turnUsd: 0.01, turnTokens: 1_000, monthUsd: 0.01 }
  expect(findCap(caps, spent(null, 999), undefined)).toBeUndefined()
  expect(findCap(caps, spent(null, 1_000), undefined)).toEqual({ kind: 'turn_tokens', limit: 1_000, spent: 1_000 })
})
