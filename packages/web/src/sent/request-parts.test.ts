import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partsOf, roughTokens, shareTokens, type SentPart } from './request-parts.ts'

const sized = (bytes: number): SentPart => ({ kind: 'message', role: 'user', holds: [], bytes, value: '' })

test('L18: a request of the Messages API comes apart into tools, system text and each message', () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'Grün' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: '1', name: 'os-write', input: {} },
        { type: 'tool_use', id: '2', name: 'os-write', input: {} },
      ],
    },
  ]
  const body = { model: 'm', tools: [{ name: 'os-write' }], system: [{ type: 'text', text: 'Build.' }], messages }
  const { parts, bytes } = partsOf(body)
  expect(parts.map(({ kind, role, holds }) => ({ kind, role, holds }))).toEqual([
    { kind: 'tools', role: '', holds: ['os-write'] },
    { kind: 'system', role: '', holds: [] },
    { kind: 'message', role: 'user', holds: ['text'] },
    { kind: 'message', role: 'assistant', holds: ['text', 'tool_use'] },
  ])
  expect(bytes).toBe(Buffer.byteLength(JSON.stringify(body)))
  expect(parts[2]?.bytes).toBe(Buffer.byteLength(JSON.stringify(messages[0])))
})

test('L18: a request of chat completions comes apart too', () => {
  const messages = [
    { role: 'system', content: 'Build.' },
    { role: 'assistant', content: null, tool_calls: [{ id: '1' }] },
    { role: 'tool', tool_call_id: '1', content: 'done' },
  ]
  const { parts } = partsOf({ tools: [{ type: 'function', function: { name: 'os-view' } }], messages })
  expect(parts.map(({ kind, role, holds }) => [kind, role, ...holds])).toEqual([
    ['tools', '', 'os-view'],
    ['message', 'system', 'text'],
    ['message', 'assistant', 'tool_calls'],
    ['message', 'tool', 'text'],
  ])
})

test('a body of no known form has no parts and never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      const { parts, bytes } = partsOf(body)
      expect(bytes).toBe(Buffer.byteLength(JSON.stringify(body)))
      expect(roughTokens(parts)).toBeGreaterThanOrEqual(0)
    }),
  )
  expect(partsOf({ messages: 'none', tools: {} }).parts).toEqual([])
})

test('the shares of all parts are together exactly what the provider counted, cached ones too', () => {
  const count = fc.nat(2_000_000)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1 }), count, count, (sizes, a, b) => {
      const [cacheRead, prompt] = [Math.min(a, b), Math.max(a, b)]
      const shares = shareTokens(sizes.map(sized), { prompt, cacheRead })
      expect(shares.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(prompt)
      expect(shares.reduce((sum, { cached }) => sum + cached, 0)).toBe(cacheRead)
      for (const { tokens, cached } of shares) expect(cached).toBeLessThanOrEqual(tokens)
    }),
  )
})

test('what is cached is the beginning', () => {
  const shares = shareTokens([100, 100, 200].map(sized), { prompt: 400, cacheRead: 150 })
  expect(shares).toEqual([
    { tokens: 100, cached: 100 },
    { tokens: 100, cached: 50 },
    { tokens: 200, cached: 0 },
  ])
})
