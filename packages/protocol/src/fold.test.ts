import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppEvent, type NewAppEvent } from './events.ts'
import { applyEvent, emptyConversation } from './fold.ts'
import type { Turn } from './resources.ts'
import { fromWire, toWire } from './wire.ts'

const at = '2026-11-23T10:00:00.000Z'
const message = 'msg_aaaaaaaa'
const turn: Turn = {
  id: 'turn_aaaaaaaa',
  message: 'msg_bbbbbbbb',
  status: 'running',
  mode: 'build',
  model: 'sample/builder',
  steps: 0,
  usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  cost: { usd: 0 },
}

const numbered = (events: readonly NewAppEvent[]): AppEvent[] =>
  events.map((event, index) => AppEvent.parse({ ...event, seq: index + 1, at }))

const begun: NewAppEvent[] = [
  { type: 'turn.started', turn },
  { type: 'message.created', message: { id: message, role: 'assistant', turn: turn.id, blocks: [], createdAt: at } },
]

const fold = (events: readonly AppEvent[]) => events.reduce(applyEvent, emptyConversation)

const blocksOf = (events: readonly NewAppEvent[]) => {
  const reply = fold(numbered([...begun, ...events])).messages[0]
  return reply?.role === 'assistant' ? reply.blocks : []
}

const call = { message, block: 1, call: 'call_aaaaaaaa', name: 'os-write' }
const wholeTurn: NewAppEvent[] = [
  ...begun,
  { type: 'block.started', message, block: 0, kind: 'text' },
  { type: 'text.delta', message, block: 0, offset: 0, text: 'I will ' },
  { type: 'text.delta', message, block: 0, offset: 7, text: 'write.' },
  { type: 'block.completed', message, block: 0, kind: 'text', ms: 5 },
  { type: 'block.started', message, block: 1, kind: 'tools' },
  { type: 'tool.pending', ...call, status: 'pending' },
  { type: 'tool.input', ...call, status: 'pending', inputDelta: '{"file_path":', offset: 0 },
  { type: 'tool.input', ...call, status: 'pending', inputDelta: '"a.ts"}', offset: 13 },
  { type: 'tool.queued', ...call, status: 'queued', input: { file_path: 'a.ts' } },
  { type: 'tool.running', ...call, status: 'running' },
  { type: 'tool.completed', ...call, status: 'complete', result: 'OK', ms: 3, added: 1, removed: 0 },
  { type: 'step.completed', turn: turn.id, step: 1, model: turn.model, usage: { ...turn.usage, inputTokens: 10 } },
  { type: 'step.completed', turn: turn.id, step: 2, model: turn.model, usage: { ...turn.usage, inputTokens: 5 } },
]

test('L4: however a text is cut into deltas, the shown text is the streamed one', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (parts) => {
      let offset = 0
      const deltas = parts.map((text): NewAppEvent => {
        const delta: NewAppEvent = { type: 'text.delta', message, block: 0, offset, text }
        offset += text.length
        return delta
      })
      expect(blocksOf(deltas)).toEqual([{ type: 'text', text: parts.join(''), done: false }])
    }),
  )
})

test('E-E2: events that a reconnect repeats change nothing', () => {
  const events = numbered(wholeTurn)
  fc.assert(
    fc.property(fc.array(fc.nat({ max: events.length - 1 })), (again) => {
      const once = fold(events)
      const repeated = again.flatMap((index) => events[index] ?? [])
      expect(repeated.reduce(applyEvent, once)).toEqual(once)
    }),
  )
})

test('E-E2: a piece that comes again long after it was there takes nothing away', () => {
  const piece = (offset: number, text: string): NewAppEvent => ({ type: 'text.delta', message, block: 0, offset, text })
  const pieces = [piece(0, 'One '), piece(4, 'two '), piece(8, 'three')]
  expect(blocksOf([...pieces, piece(0, 'One ')])).toEqual(blocksOf(pieces))
  const input = (offset: number, inputDelta: string): NewAppEvent => ({
    ...{ type: 'tool.input', ...call, status: 'pending' },
    ...{ offset, inputDelta },
  })
  const started: NewAppEvent[] = [{ type: 'block.started', message, block: 1, kind: 'tools' }]
  const inputs = [...started, input(0, '{"a":'), input(5, '"b"}')]
  expect(blocksOf(inputs)[1]).toMatchObject({ calls: [{ inputText: '{"a":"b"}' }] })
  expect(blocksOf([...inputs, input(0, '{"a":')])).toEqual(blocksOf(inputs))
})

test('a call shows its growing input, then its parsed one, and ends once', () => {
  const upTo = (count: number) => blocksOf(wholeTurn.slice(begun.length, count))[1]
  expect(upTo(9)).toMatchObject({ calls: [{ status: 'pending', inputText: '{"file_path":' }] })
  expect(upTo(13)).toMatchObject({
    calls: [{ status: 'complete', input: { file_path: 'a.ts' }, inputText: '', added: 1 }],
  })
  const late: NewAppEvent = {
    type: 'tool.failed',
    ...call,
    status: 'timeout',
    error: { code: 'TIMEOUT', message: 'late' },
  }
  expect(blocksOf([...wholeTurn.slice(begun.length), late])[1]).toMatchObject({ calls: [{ status: 'complete' }] })
})

test('tokens of the steps add up in the turn', () => {
  expect(fold(numbered(wholeTurn)).turns[0]?.usage.inputTokens).toBe(15)
})

test('the end of a turn closes every block that a cut left open', () => {
  const cut: NewAppEvent[] = [
    { type: 'text.delta', message, block: 0, offset: 0, text: 'half' },
    { type: 'turn.stopped', turn: { ...turn, status: 'stopped' } },
  ]
  expect(blocksOf(cut)).toEqual([{ type: 'text', text: 'half', done: true }])
})

test('every event comes back from the wire as it was', () => {
  for (const event of numbered(wholeTurn)) {
    const wire = toWire(event)
    expect(wire.data['type']).toBe('kind' in event ? event.kind : undefined)
    expect(fromWire(wire.event, JSON.stringify(wire.data))).toEqual(event)
  }
})
