import { errorEvent, startScriptedModel, text, toolUse, type Reply } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTurn } from './agent-test-kit.ts'
import type { Spent } from './agent-turn.ts'
import type { SpendingCap } from './turn-endings.ts'

const writes = (path: string) => toolUse('os-write', { file_path: path, content: path })
const rounds = (count: number): Reply[] => Array.from({ length: count }, (_, i) => [writes(`f${i}`)])
const overloaded: Reply = [errorEvent('overloaded_error', 'x')]

/** A cap on what the turn costs, as whoever runs turns would set it. */
const capAt =
  (limit: number) =>
  async ({ cost }: Spent): Promise<SpendingCap | undefined> =>
    (cost.usd ?? 0) >= limit ? { kind: 'turn_usd', limit, spent: cost.usd ?? 0 } : undefined

/** Runs a turn whose every request costs 30 cents. */
async function run(replies: Reply[], options: Parameters<typeof startTurn>[1]) {
  await using server = await startScriptedModel(replies)
  const turn = startTurn(server.url, { costOf: () => ({ usd: 0.3 }), ...options })
  return { end: await turn.end, journal: turn.journal, requests: server.requests }
}

test('B.5 51, A10: at a cap the turn ends before the next request, says what was spent and keeps what is done', async () => {
  const turn = await run(rounds(5), { capReached: capAt(0.5) })
  expect(turn.end).toMatchObject({
    ending: 'failed',
    error: { code: 'limit_reached', message: expect.stringMatching(/spent \$0\.60; the limit is \$0\.50 a turn/) },
    actions: ['limits', 'continue'],
  })
  expect(turn.requests).toHaveLength(2)
  expect([...turn.journal.files.keys()]).toEqual(['f0', 'f1'])
})

test('B.5 51: a turn that meets a cap before its first request sends nothing and can be sent again', async () => {
  const cap = { kind: 'month_usd', limit: 20, spent: 20.5 } as const
  const turn = await run(rounds(1), { capReached: async () => cap })
  expect(turn.end).toMatchObject({ error: { code: 'limit_reached' }, actions: ['limits', 'retry'] })
  expect(turn.requests).toHaveLength(0)
  expect(turn.journal.facts).toEqual([])
})

test('B.5 51: what a turn spent before its owner went counts towards its cap', async () => {
  const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 }
  const turn = await run(rounds(5), { capReached: capAt(0.5), spent: { usage, cost: { usd: 0.4 } }, step: 2 })
  expect(turn.requests).toHaveLength(1)
})

test('B.5 51: a request that failed is counted before it is sent again, and a cap forbids that too', async () => {
  const turn = await run([overloaded, [text('ok')]], { capReached: capAt(0.3) })
  expect(turn.end).toMatchObject({ error: { code: 'limit_reached' } })
  expect(turn.requests).toHaveLength(1)
})

test('A10: every request is told when it ends, and a step is the sum of its requests', async () => {
  const turn = await run([overloaded, [writes('a')], [text('ok')]], {})
  expect(turn.journal.of('requestEnded').map(({ step }) => step)).toEqual([1, 1, 2])
  const facts = turn.journal.facts.map(({ fact, step }) => `${fact} ${step}`)
  expect(facts.lastIndexOf('requestEnded 1')).toBeLessThan(facts.indexOf('stepFinished 1'))
  expect(turn.journal.of('stepFinished')).toMatchObject([{ cost: { usd: 0.6 } }, { cost: { usd: 0.3 } }])
})
