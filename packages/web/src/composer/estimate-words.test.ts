import type { TurnEstimate } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { capWords, estimateBasis, estimateWords } from './estimate-words.ts'

const estimate: TurnEstimate = {
  model: 'anthropic/claude-sonnet-5-5',
  basis: 'turns',
  turns: 4,
  prompt: { tokens: 12_400, cached: 10_000 },
  tokens: { low: 60_000, high: 480_000 },
  cost: { low: 0.12, high: 0.45 },
}

test('the line says money as a range or as about, and the tokens with the cached part apart', () => {
  expect(estimateWords(estimate)).toBe('Next turn: about $0.12 to $0.45 · 12.4K tokens in, 10K cached')
  const one = { ...estimate, cost: { low: 0.121, high: 0.122 }, prompt: { tokens: 900, cached: 0 } }
  expect(estimateWords(one)).toBe('Next turn: about $0.12 · 900 tokens in')
})

test('an unknown price is said and never 0, and the sample model costs nothing', () => {
  const unknown = { ...estimate, cost: { low: null, high: null, reason: 'price unknown' } }
  expect(estimateWords(unknown)).toBe('Next turn: price unknown · 12.4K tokens in, 10K cached')
  expect(estimateWords({ ...estimate, model: 'sample/builder' })).toBe('Next turn: no cost')
})

test('what it is reckoned from is said', () => {
  expect(estimateBasis(estimate)).toContain('the last 4 turns')
  expect(estimateBasis({ ...estimate, basis: 'prompt', turns: 0 })).toContain('size of the prompt')
  expect(estimateBasis(estimate)).toContain('60K to 480K tokens')
})

test('a limit that would end the turn is named, with how surely', () => {
  expect(capWords(estimate)).toBeUndefined()
  const capped = (kind: 'turn_usd' | 'turn_tokens' | 'month_usd', when: 'now' | 'likely' | 'possible', limit: number) =>
    capWords({ ...estimate, cap: { kind, when, limit } })
  expect(capped('month_usd', 'now', 20)).toBe(
    'A turn stops before its first request: the limit of $20.00 a month is reached.',
  )
  expect(capped('turn_usd', 'likely', 0.1)).toBe('It will probably stop early, at the limit of $0.10 a turn.')
  expect(capped('turn_tokens', 'possible', 400_000)).toBe('It may stop early, at the limit of 400,000 tokens a turn.')
})
