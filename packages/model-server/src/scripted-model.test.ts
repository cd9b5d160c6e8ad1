import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import {
  body,
  bytes,
  cutAfter,
  endAfter,
  errorEvent,
  event,
  gate,
  hang,
  html,
  httpError,
  message,
  ping,
  refusal,
  sse,
  startScriptedModel,
  text,
  thinking,
  toolUse,
  type Reply,
} from './index.ts'

const client = (url: string) => new Anthropic({ baseURL: url, apiKey: 'test-key', maxRetries: 0 })
const ask = { model: 'scripted-1', max_tokens: 1000, messages: [{ role: 'user' as const, content: 'Hello' }] }

/** The raw events and how the stream ended, read by a reader as plain as can be. */
async function rawReply(url: string, fields: Record<string, unknown> = {}) {
  const response = await fetch(`${url}/v1/messages?beta=true`, {
    method: 'POST',
    headers: { authorization: 'Bearer test-key', 'anthropic-version': '2026-10-21' },
    body: JSON.stringify({ ...ask, stream: true, ...fields }),
  })
  const words = await response.text()
  const names = [...words.matchAll(/^event: (.+)$/gm)].map((found) => found[1])
  return { status: response.status, words, names }
}

test('the real client assembles text, thinking and tool calls as they were scripted', async () => {
  await using model = await startScriptedModel([
    [
      thinking('Two files.'),
      text('Writing «ü» 👩‍👩‍👧.', 3),
      toolUse('os-write', { file_path: 'a.ts', content: '👍\n"' }),
      toolUse('os-plan'),
    ],
  ])
  const whole = await client(model.url).messages.stream(ask).finalMessage()

  expect(whole.content).toMatchObject([
    { type: 'thinking', thinking: 'Two files.', signature: 'signed-10' },
    { type: 'text', text: 'Writing «ü» 👩‍👩‍👧.' },
    { type: 'tool_use', name: 'os-write', input: { file_path: 'a.ts', content: '👍\n"' } },
    { type: 'tool_use', name: 'os-plan', input: {} },
  ])
  expect(whole.stop_reason).toBe('tool_use')
  expect(whole.usage.output_tokens).toBeGreaterThan(5)
  expect(model.requests[0]).toMatchObject({ model: 'scripted-1', stream: true })
})

test('replies come in the order of requests, and one too many is a plain 400', async () => {
  await using model = await startScriptedModel([[text('one')], () => [text('two')]])
  expect((await rawReply(model.url)).words).toContain('"text":"one"')
  expect((await rawReply(model.url)).words).toContain('"text":"two"')
  expect(await rawReply(model.url)).toMatchObject({ status: 400, words: expect.stringContaining('no reply 3') })
})

test('the same request gets the same bytes', async () => {
  await using model = await startScriptedModel([], { rest: [text('hello'), toolUse('os-view', { file_path: 'a' })] })
  expect((await rawReply(model.url)).words).toBe((await rawReply(model.url)).words)
})

test('models are listed, a missing key is a 401, another path a 404', async () => {
  await using model = await startScriptedModel([], { models: ['a', 'b'] })
  const ids: string[] = []
  for await (const one of client(model.url).models.list()) ids.push(one.id)
  expect(ids).toEqual(['a', 'b'])
  expect((await fetch(`${model.url}/v1/models`)).status).toBe(401)
  expect((await fetch(`${model.url}/v1/other`, { headers: { 'x-api-key': 'k' } })).status).toBe(404)
})

test('an error answer carries its status, type and headers', async () => {
  await using model = await startScriptedModel([
    httpError(429, 'rate_limit_error', 'Slow down', { 'retry-after': '7' }),
  ])
  const error = await client(model.url)
    .messages.stream(ask)
    .finalMessage()
    .catch((caught: unknown) => caught)
  expect(error).toMatchObject({ status: 429, type: 'rate_limit_error' })
  expect((error as { headers: Headers }).headers.get('retry-after')).toBe('7')
})

test('a cut destroys the socket, an end closes the body, each after the events asked for', async () => {
  await using model = await startScriptedModel([cutAfter(3, [text('abc', 1)]), endAfter(3, [text('abc', 1)])])
  await expect(rawReply(model.url)).rejects.toThrow()
  const { names } = await rawReply(model.url)
  expect(names).toEqual(['message_start', 'content_block_start', 'content_block_delta'])
})

test('a reply that is shorter than its cut comes whole', async () => {
  await using model = await startScriptedModel([cutAfter(1_000, [text('abc', 1)]), [text('abc', 1)]])
  expect((await rawReply(model.url)).names).toEqual((await rawReply(model.url)).names)
})

test('events, raw bytes, errors and pings stand where they were scripted', async () => {
  await using model = await startScriptedModel([
    [
      ping(),
      event('new_event', { x: 1 }),
      text('a'),
      bytes(': comment\r\n\r\n'),
      errorEvent('overloaded_error', 'Busy'),
    ],
    [errorEvent('overloaded_error', 'Busy')],
    message([text('a')], { without: 'message_stop' }),
  ])
  const first = await rawReply(model.url)
  expect(first.names.slice(0, 3)).toEqual(['message_start', 'ping', 'new_event'])
  expect(first.names.at(-1)).toBe('error')
  expect(first.words).toContain(': comment\r\n\r\n')
  expect((await rawReply(model.url)).names).toEqual(['error'])
  expect((await rawReply(model.url)).names.at(-1)).toBe('message_delta')
})

test('interleaved blocks keep their own index', async () => {
  await using model = await startScriptedModel([
    message([toolUse('a', { x: 1 }, { chunkSize: 2 }), ping(), toolUse('b', { y: 2 }, { chunkSize: 2 })], {
      interleave: true,
    }),
  ])
  const whole = await client(model.url).messages.stream(ask).finalMessage()
  expect(whole.content).toMatchObject([{ input: { x: 1 } }, { input: { y: 2 } }])
})

test('refusal, pause and broken tool input reach the reader unchanged', async () => {
  const replies: Reply[] = [
    refusal('cyber', 'Not this.'),
    message([text('wait')], { stopReason: 'pause_turn' }),
    [toolUse('os-write', {}, { id: 'twice', rawInput: '{"file_path": "a", // no' })],
  ]
  await using model = await startScriptedModel(replies)
  expect((await rawReply(model.url)).words).toContain('"stop_details":{"type":"refusal","category":"cyber"')
  expect((await rawReply(model.url)).words).toContain('"stop_reason":"pause_turn"')
  expect((await rawReply(model.url)).words).toContain('"id":"twice"')
})

test('a page, JSON and raw bytes come as they are', async () => {
  await using model = await startScriptedModel([html(), body('application/json', '{}'), sse('data: nonsense\n\n')])
  expect((await rawReply(model.url)).words).toContain('Sign in')
  expect((await rawReply(model.url)).words).toBe('{}')
  expect((await rawReply(model.url)).words).toBe('data: nonsense\n\n')
})

test('a gate holds the reply until its promise settles', async () => {
  const release = Promise.withResolvers<void>()
  await using model = await startScriptedModel([[text('before'), gate(release.promise), text('after')]])
  const stream = client(model.url).messages.stream(ask)
  const seen: string[] = []
  stream.on('text', (_, snapshot) => {
    seen.push(snapshot)
    if (snapshot === 'before') release.resolve()
  })
  await stream.done()
  expect(seen).toEqual(['before', 'after'])
})

test('a reply that hangs ends when its client goes away, and close does not wait for it', async () => {
  await using model = await startScriptedModel([hang(), hang({ headersSent: true })])
  const leaving = new AbortController()
  const first = client(model.url).messages.create({ ...ask, stream: true }, { signal: leaving.signal })
  await model.waitForRequest(1)
  leaving.abort()
  await expect(first).rejects.toThrow()
  expect(await model.waitForEnd(1)).toBe('dropped')

  const second = rawReply(model.url)
  const failed = expect(second).rejects.toThrow()
  await model.waitForRequest(2)
  await model.close()
  await failed
})

test('bytes may be split inside a character', async () => {
  await using model = await startScriptedModel([message([text('«ü» 👍')], { bytesPerWrite: 1 })])
  const whole = await client(model.url).messages.stream(ask).finalMessage()
  expect(whole.content).toMatchObject([{ text: '«ü» 👍' }])
})

const call = { type: 'tool_use', id: 't1', name: 'os-plan', input: {} }
const result = { type: 'tool_result', tool_use_id: 't1', content: 'OK' }
const hello = { role: 'user', content: 'Hi' }

test.each([
  ['a removed parameter', { temperature: 1 }, 'temperature'],
  ['a request that does not stream', { stream: false }, 'only streams'],
  ['prefill', { messages: [hello, { role: 'assistant', content: 'I' }] }, 'last message'],
  ['empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] }, 'non-empty'],
  [
    'a call without a result',
    { messages: [hello, { role: 'assistant', content: [call] }, hello] },
    'without `tool_result`',
  ],
  ['a result without a call', { messages: [hello, { role: 'user', content: [result] }] }, 'unexpected `tool_use_id`'],
  [
    'two results for one call',
    { messages: [hello, { role: 'assistant', content: [call] }, { role: 'user', content: [result, result] }] },
    'single result',
  ],
  [
    'text before results',
    {
      messages: [
        hello,
        { role: 'assistant', content: [call] },
        { role: 'user', content: [{ type: 'text', text: 'x' }, result] },
      ],
    },
    'must come first',
  ],
  [
    'one id for two calls',
    { messages: [hello, { role: 'assistant', content: [call, call] }, hello] },
    'must be unique',
  ],
])('%s is refused as the real API refuses it', async (_, fields, words) => {
  await using model = await startScriptedModel([], { rest: [text('fine')] })
  expect(await rawReply(model.url, fields)).toMatchObject({ status: 400, words: expect.stringContaining(words) })
})

test('a history with answered calls and operator text is accepted', async () => {
  await using model = await startScriptedModel([], { rest: [text('fine')] })
  const messages = [
    hello,
    { role: 'assistant', content: [call] },
    { role: 'user', content: [result] },
    { role: 'system', content: 'Plan mode' },
  ]
  expect((await rawReply(model.url, { messages })).status).toBe(200)
})
