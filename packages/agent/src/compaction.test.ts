import fc from 'fast-check'
import { expect, test } from 'vitest'
import { user } from './agent-test-kit.ts'
import { planCompaction } from './compaction.ts'
import type { HistoryEntry, RawBlock } from './model.ts'

type Step = { words: number; calls: number[]; thinking: boolean; reminded: boolean }

/** Conversations as turns make them: what a person says, then steps of words, calls and their results. */
const conversations = fc
  .array(
    fc.record({
      said: fc.nat(3000),
      steps: fc.array(
        fc.record({
          words: fc.nat(500),
          calls: fc.array(fc.nat(5000), { maxLength: 4 }),
          thinking: fc.boolean(),
          reminded: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((turns) => {
    let made = 0
    const id = () => `t${(made += 1)}`
    return turns.flatMap(({ said, steps }) => [
      user(`Said ${'s'.repeat(said)}`),
      ...steps.flatMap((one) => entriesOf(one, id)),
    ])
  })

function entriesOf({ words, calls, thinking, reminded }: Step, id: () => string): HistoryEntry[] {
  const asked = calls.map((length) => ({ id: id(), length }))
  const content: RawBlock[] = [
    ...(thinking ? [{ type: 'thinking', thinking: 'T', signature: 's' }] : []),
    { type: 'text', text: `Words ${'w'.repeat(words)}` },
    ...asked.map((call) => ({ type: 'tool_use', id: call.id, name: 'os-view', input: { file_path: 'a' } })),
  ]
  const results = asked.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: 'r'.repeat(call.length) }))
  return [
    { role: 'assistant', content },
    ...(results.length > 0 ? [{ role: 'user' as const, content: results }] : []),
    ...(reminded ? [user('<system-reminder>\nGo on.\n</system-reminder>')] : []),
  ]
}

const ids = (entry: HistoryEntry | undefined, type: string, field: string): unknown[] =>
  entry === undefined || entry.role === 'system'
    ? []
    : entry.content.filter((block) => block.type === type).map((block) => block[field])

test('B.5 18: whatever the conversation, the shorter one begins with the person, keeps pairs together and what was asked last', () => {
  fc.assert(
    fc.property(conversations, (history) => {
      const plan = planCompaction(history)
      if (!plan) return
      const length = JSON.stringify(history).length
      const shorter = plan.historyWith('Sum.')
      expect(shorter[0]?.role).toBe('user')
      expect(JSON.stringify(shorter).length).toBeLessThan(length)
      expect(plan.transcript.length).toBeLessThanOrEqual(length / 3)
      expect(plan.digest.length).toBeLessThanOrEqual(Math.max(length / 8, 40))
      shorter.forEach((entry, at) => {
        expect(ids(shorter[at + 1], 'tool_result', 'tool_use_id')).toEqual(ids(entry, 'tool_use', 'id'))
        expect(ids(shorter[at - 1], 'tool_use', 'id')).toEqual(ids(entry, 'tool_result', 'tool_use_id'))
      })
      const said = history.findLast(({ content }) => JSON.stringify(content).includes('"Said '))
      expect(JSON.stringify(shorter)).toContain(JSON.stringify(said?.content[0]))
      expect(JSON.stringify(shorter)).not.toContain('"thinking"')
    }),
  )
})

test('B.5 18: a conversation that a summary could not shorten stays as it is', () => {
  expect(planCompaction([user('Said ')])).toBeUndefined()
})

test('B.5 18: a summary that is summarised again is named as one, and only its words are carried on', () => {
  const long = (from: number): HistoryEntry[] =>
    Array.from({ length: 6 }, (_, i) => [
      user(`Wish ${from + i}`),
      ...entriesOf({ words: 900, calls: [], thinking: false, reminded: false }, () => ''),
    ]).flat()
  const once = planCompaction(long(0))?.historyWith('They wanted wishes.') ?? []
  const twice = planCompaction([...once, ...long(10)])
  expect(twice?.transcript).toContain('Earlier summary: <conversation-summary>\nThey wanted wishes.')
  const shorter = JSON.stringify(twice?.historyWith('All of it.'))
  expect(shorter).not.toContain('They wanted wishes.')
  expect(shorter.split('<conversation-summary>')).toHaveLength(2)
})
