import {
  bytes,
  chatWire,
  cutAfter,
  httpError,
  message,
  startScriptedModel,
  text,
  toolUse,
} from '@overskill/model-server'
import { expect, test } from 'vitest'
import { openAiChat, startTurn } from '../agent-test-kit.ts'

const write = (path: string, content = 'x') => toolUse('os-write', { file_path: path, content })

/** A whole turn against a chat server. */
async function turn(replies: Parameters<typeof startScriptedModel>[0], traits = {}) {
  await using server = await startScriptedModel(replies, { wire: chatWire })
  const plain = { systemMessages: true, cacheMarkers: false, reasoningDetails: false, costInUsage: false }
  const model = openAiChat(`${server.url}/v1`, { traits: { ...plain, ...traits } })
  const { journal, end } = startTurn(server.url, { model })
  return { end: await end, journal, requests: server.requests }
}
type Wire = { role: string; content: string; reasoning_details?: unknown }
const messagesOf = (body: Record<string, unknown> | undefined) => (body?.['messages'] ?? []) as Wire[]

test('a turn writes two files with the calls of one reply and gives both results back in the order asked', async () => {
  const { end, journal, requests } = await turn([[text('Two.'), write('a.ts'), write('b.ts')], [text('Done.')]])
  expect(end).toEqual({ ending: 'completed' })
  expect([...journal.files.keys()]).toEqual(['a.ts', 'b.ts'])
  const results = messagesOf(requests[1]).filter(({ role }) => role === 'tool')
  expect(results.map(({ content }) => content.slice(0, 7))).toEqual(['OK a.ts', 'OK b.ts'])
})

test('B.5 30: a call that the longest reply cut off is not run, and the model hears why', async () => {
  const cut = message([toolUse('os-write', {}, { rawInput: '{"file_path":"a.ts","content":"ha' })], {
    stopReason: 'length',
  })
  const { end, journal, requests } = await turn([cut, [write('a.ts', 'whole')], [text('Done.')]])
  expect(end).toEqual({ ending: 'completed' })
  expect(messagesOf(requests[1]).at(-1)?.content).toMatch(/^ERROR.*cut off/s)
  expect(journal.files.get('a.ts')).toBe('whole')
})

test('B.5 18: a conversation too long for a chat server is made shorter, and the turn goes on', async () => {
  const { end, journal, requests } = await turn([
    [write('a.ts', 'x'.repeat(2000))],
    httpError(400, 'invalid_request_error', "This model's maximum context length is 8192 tokens."),
    [text('One file was asked for.')],
    [text('Done.')],
  ])
  expect(end).toEqual({ ending: 'completed' })
  expect(messagesOf(requests[3]).at(-1)).toMatchObject({ role: 'user' })
  expect(JSON.stringify(messagesOf(requests[3]))).toContain('One file was asked for.')
  expect(journal.of('notice')).toMatchObject([{ code: 'compacted' }])
})

test('B3: a connection that breaks after a whole call keeps the call and goes on from there', async () => {
  const first = write('a.ts')
  const { end, journal, requests } = await turn([cutAfter(9, [first, write('b.ts')]), [text('Done.')]])
  expect(end).toEqual({ ending: 'completed' })
  expect([...journal.files.keys()]).toEqual(['a.ts'])
  expect(messagesOf(requests[1]).filter(({ role }) => role === 'tool')).toHaveLength(1)
})

test('F5: reasoning_details of a step go back with it, byte for byte, and only where they are wanted', async () => {
  const details = [
    { type: 'reasoning.encrypted', data: 'ZGF0YQ+/==', id: 'r', format: 'openai-responses-v1', index: 0 },
  ]
  const chunk = bytes(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { reasoning_details: details } }] })}\n\n`)
  const replies = () => [[chunk, write('a.ts')], [text('Done.')]]
  const wanted = await turn(replies(), { reasoningDetails: true })
  expect(JSON.stringify(messagesOf(wanted.requests[1])[2]?.reasoning_details)).toBe(JSON.stringify(details))
  const unwanted = await turn(replies())
  expect(JSON.stringify(unwanted.requests[1])).not.toContain('reasoning_details')
})
