import {
  body,
  bytes,
  chatWire,
  hang,
  httpError,
  message,
  sse,
  startScriptedModel,
  type Reply,
} from '@overskill/model-server'
import { expect, test } from 'vitest'
import { openAiChat, testKey } from '../agent-test-kit.ts'
import { createTestClock } from '../test-clock.ts'
import type { ModelEvent, ModelFault } from '../model.ts'
import { ChatReply } from './openai-chat-reply.ts'
import type { OpenAiChatOptions } from './openai-chat.ts'
import { chatSource } from './openai-chat.ts'
import { blocks, collectReply, faultOf, splitsThatDiffer, stopOf, usage } from './reply-test-kit.ts'

const collect = (url: string, options: Partial<OpenAiChatOptions> = {}, signal?: AbortSignal) =>
  collectReply(openAiChat(url, { makeId: madeId(), ...options }), signal)

const madeId = () => {
  let made = 0
  return () => `made${(made += 1)}`
}

/** All events of one reply of a real server. */
async function streamed(reply: Reply, options: Partial<OpenAiChatOptions> = {}): Promise<ModelEvent[]> {
  await using server = await startScriptedModel([reply], { wire: chatWire })
  return await collect(`${server.url}/v1`, options)
}

/** Chunks as they stand on the wire; words are lines of their own. */
const wire = (...chunks: (object | string)[]): string =>
  chunks.map((one) => (typeof one === 'string' ? one : `data: ${JSON.stringify(one)}`)).join('\n\n') + '\n\n'

const delta = (fields: object, finish: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'm-1',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
})
const role = delta({ role: 'assistant', content: '' })
const call = (fields: object, name?: string, args?: unknown) =>
  delta({
    tool_calls: [
      { ...fields, function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) } },
    ],
  })
const finish = (reason: string) => delta({}, reason)
const usageChunk = {
  id: 'c',
  choices: [],
  usage: { prompt_tokens: 50, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 40 } },
}
const done = 'data: [DONE]'

const calls = (events: readonly ModelEvent[]) =>
  blocks(events).flatMap((one) => (one.type === 'tool_use' ? [[one['id'], one['name'], one['input']]] : []))

const view = (path: string) => JSON.stringify({ file_path: path })

/** The streams of AGENT.md A.4, each with what must come of it. */
const variants = {
  standard: wire(
    role,
    delta({ content: 'Hi ' }),
    delta({ content: 'there' }),
    call({ index: 0, id: 'c1' }, 'os-view', ''),
    call({ index: 0 }, undefined, '{"file_path":'),
    call({ index: 0 }, undefined, '"a"}'),
    finish('tool_calls'),
    usageChunk,
    done,
  ),
  interleaved: wire(
    role,
    call({ index: 0, id: 'c1' }, 'os-view', '{"file_'),
    call({ index: 1, id: 'c2' }, 'os-view', '{"fi'),
    call({ index: 0 }, undefined, 'path":"a"}'),
    call({ index: 1 }, undefined, 'le_path":"b"}'),
    finish('tool_calls'),
    done,
  ),
  missingId: wire(
    role,
    call({ index: 0 }, 'os-view', view('a')),
    call({ index: 1 }, 'os-view', view('b')),
    finish('tool_calls'),
    done,
  ),
  emptyLater: wire(
    role,
    call({ index: 0, id: 'c1' }, 'os-view', '{"file_path"'),
    call({ index: 0, id: '' }, '', ':"a"}'),
    finish('tool_calls'),
    done,
  ),
  repeated: wire(
    role,
    call({ index: 0, id: 'c1' }, 'os-view', '{"file_path"'),
    call({ index: 0, id: 'c1' }, 'os-view', ':"a"}'),
    finish('tool_calls'),
    done,
  ),
  finishStop: wire(role, call({ index: 0, id: 'c1' }, 'os-view', view('a')), finish('stop'), done),
  comments: wire(
    ': OPENROUTER PROCESSING',
    role,
    ': OPENROUTER PROCESSING',
    delta({ content: 'ok' }),
    finish('stop'),
    done,
  ),
  noDone: wire(role, delta({ content: 'ok' }), finish('stop')),
  errorChunk: wire(role, delta({ content: 'half' }), {
    error: { message: 'The server is overloaded', type: 'server_error', code: 'server_error' },
  }),
  noIndex: wire(
    role,
    delta({
      tool_calls: [
        { id: 'c1', function: { name: 'os-view', arguments: view('a') } },
        { id: 'c2', function: { name: 'os-view', arguments: view('b') } },
      ],
    }),
    finish('tool_calls'),
    done,
  ),
  sameIndex: wire(
    role,
    call({ index: 0, id: 'c1' }, 'os-view', view('a')),
    call({ index: 0, id: 'c2' }, 'os-view', view('b')),
    finish('tool_calls'),
    done,
  ),
  argumentsObject: wire(role, call({ index: 0, id: 'c1' }, 'os-view', { file_path: 'a' }), finish('tool_calls'), done),
  choicesNull: wire(
    { id: 'c', model: 'm-1', choices: null },
    delta({ content: 'ok' }),
    { choices: null },
    finish('stop'),
    done,
  ),
  noRole: wire(delta({ content: 'ok' }), finish('stop'), done),
  reasoningContent: wire(
    role,
    delta({ reasoning_content: 'Hm ' }),
    delta({ reasoning_content: 'so' }),
    delta({ content: 'ok' }),
    finish('stop'),
    done,
  ),
  reasoning: wire(
    role,
    delta({ reasoning: 'Hm ' }),
    delta({ reasoning: 'so' }),
    delta({ content: 'ok' }),
    finish('stop'),
    done,
  ),
  emptyArguments: wire(role, call({ index: 0, id: 'c1' }, 'os-list-files', ''), finish('tool_calls'), done),
  truncated: wire(
    role,
    call({ index: 0, id: 'c1' }, 'os-write', '{"file_path":"a","content":"half'),
    finish('length'),
    done,
  ),
  thinkTags: wire(
    role,
    delta({ content: '\n<thi' }),
    delta({ content: 'nk>Hm so</th' }),
    delta({ content: 'ink>\nok <think> stays' }),
    finish('stop'),
    done,
  ),
  parts: wire(
    role,
    delta({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm so' }] },
        { type: 'text', text: 'o' },
      ],
    }),
    delta({ content: [{ type: 'text', text: 'k' }] }),
    finish('stop'),
    done,
  ),
  cost: wire(
    role,
    delta({ content: 'ok' }),
    finish('stop'),
    { choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, cost: 0.00125 } },
    done,
  ),
}

test('A.4 standard: text, then a call, with the usage of the last chunk, which has no choices, and its cached tokens', async () => {
  const events = await streamed(sse(variants.standard))
  expect(events[0]).toMatchObject({ type: 'started', model: 'm-1' })
  expect(blocks(events)).toEqual([
    { type: 'text', text: 'Hi there' },
    { type: 'tool_use', id: 'c1', name: 'os-view', input: { file_path: 'a' } },
  ])
  expect(usage(events)).toEqual({ inputTokens: 10, outputTokens: 7, cacheReadTokens: 40, cacheWriteTokens: 0 })
  expect(stopOf(events)).toBe('tool_use')
})

test('A.4 interleaved parallel indexes: pieces of two calls in turns end up in their own call', async () => {
  const events = await streamed(sse(variants.interleaved))
  expect(calls(events)).toEqual([
    ['c1', 'os-view', { file_path: 'a' }],
    ['c2', 'os-view', { file_path: 'b' }],
  ])
})

test('A.4 missing id: a call without an id gets one, another for each', async () => {
  expect(calls(await streamed(sse(variants.missingId)))).toEqual([
    ['made1', 'os-view', { file_path: 'a' }],
    ['made2', 'os-view', { file_path: 'b' }],
  ])
  const [made] = blocks(await streamed(sse(variants.missingId), { makeId: undefined as never }))
  expect(made?.['id']).toMatch(/^[a-z0-9]{9}$/)
})

test('A.4 empty id and name on later chunks: they go on with the call of their index', async () => {
  expect(calls(await streamed(sse(variants.emptyLater)))).toEqual([['c1', 'os-view', { file_path: 'a' }]])
})

test('A.4 repeated id and name: they are no second call', async () => {
  expect(calls(await streamed(sse(variants.repeated)))).toEqual([['c1', 'os-view', { file_path: 'a' }]])
  const noId = wire(
    call({ index: 0 }, 'os-view', '{"file_path"'),
    call({ index: 0 }, 'os-view', ':"a"}'),
    finish('stop'),
  )
  expect(calls(await streamed(sse(noId)))).toEqual([['made1', 'os-view', { file_path: 'a' }]])
})

test('A.4 finish_reason "stop" with tool calls: the reply asks for its calls', async () => {
  const events = await streamed(sse(variants.finishStop))
  expect(stopOf(events)).toBe('tool_use')
  expect(calls(events)).toHaveLength(1)
})

test('A.4 OPENROUTER PROCESSING comments change nothing', async () => {
  const events = await streamed(sse(variants.comments))
  expect(blocks(events)).toEqual([{ type: 'text', text: 'ok' }])
  expect(events.some(({ type }) => type === 'odd')).toBe(false)
})

test('A.4 no [DONE]: a finish_reason makes the reply whole; neither of them is a cut', async () => {
  expect(stopOf(await streamed(sse(variants.noDone)))).toBe('end_turn')
  const cut = await streamed(sse(wire(role, delta({ content: 'half' }))))
  expect(faultOf(cut)).toMatchObject({ code: 'cut', retry: true })
  expect(blocks(cut)).toEqual([])
  expect(stopOf(await streamed(sse(wire(role, delta({ content: 'ok' }), done))))).toBe('end_turn')
})

test('A.4 error chunk mid-stream: it ends the stream as the fault that it names', async () => {
  expect(faultOf(await streamed(sse(variants.errorChunk)))).toMatchObject({
    code: 'overloaded',
    retry: true,
    detail: 'The server is overloaded',
  })
  const limited = wire(role, {
    error: { code: 429, message: 'slow down' },
    choices: [{ delta: { content: '' }, finish_reason: 'error' }],
  })
  expect(faultOf(await streamed(sse(limited)))).toMatchObject({ code: 'rate_limited', retry: true })
  expect(faultOf(await streamed(sse(wire(role, { error: 'model runner has stopped' }))))).toMatchObject({
    detail: 'model runner has stopped',
  })
  expect(faultOf(await streamed(sse(wire(role, finish('error')))))).toMatchObject({ code: 'overloaded' })
})

test('A.4 no index at all: each id, or each name, is a call of its own', async () => {
  expect(calls(await streamed(sse(variants.noIndex)))).toEqual([
    ['c1', 'os-view', { file_path: 'a' }],
    ['c2', 'os-view', { file_path: 'b' }],
  ])
  const neither = delta({
    tool_calls: [
      { function: { name: 'os-view', arguments: '' } },
      { function: { name: 'os-view', arguments: view('b') } },
    ],
  })
  expect(calls(await streamed(sse(wire(neither, finish('stop')))))).toEqual([
    ['made1', 'os-view', {}],
    ['made2', 'os-view', { file_path: 'b' }],
  ])
})

test('A.4 two calls with the same index: another id, or a new object after a whole one, is another call', async () => {
  expect(calls(await streamed(sse(variants.sameIndex)))).toEqual([
    ['c1', 'os-view', { file_path: 'a' }],
    ['c2', 'os-view', { file_path: 'b' }],
  ])
  const noIds = wire(call({ index: 0 }, 'os-view', view('a')), call({ index: 0 }, 'os-view', view('b')), finish('stop'))
  expect(calls(await streamed(sse(noIds)))).toHaveLength(2)
})

test('A.4 arguments as object: they are the input', async () => {
  const events = await streamed(sse(variants.argumentsObject))
  expect(calls(events)).toEqual([['c1', 'os-view', { file_path: 'a' }]])
  expect(events.find((one) => one.type === 'block.stopped')).toMatchObject({ inputText: '{"file_path":"a"}' })
})

test('A.4 choices:null is a chunk without content', async () => {
  expect(blocks(await streamed(sse(variants.choicesNull)))).toEqual([{ type: 'text', text: 'ok' }])
})

test('A.4 first chunk without role: its content counts', async () => {
  expect(blocks(await streamed(sse(variants.noRole)))).toEqual([{ type: 'text', text: 'ok' }])
})

test('A.4 reasoning_content and reasoning are thinking, told once where a server gives both', async () => {
  const expected = [
    { type: 'thinking', thinking: 'Hm so' },
    { type: 'text', text: 'ok' },
  ]
  expect(blocks(await streamed(sse(variants.reasoningContent)))).toEqual(expected)
  expect(blocks(await streamed(sse(variants.reasoning)))).toEqual(expected)
  const both = wire(delta({ reasoning_content: 'Hm so', reasoning: 'Hm so' }), delta({ content: 'ok' }), finish('stop'))
  expect(blocks(await streamed(sse(both)))).toEqual(expected)
})

test('A.4 empty arguments "" are an empty object', async () => {
  expect(calls(await streamed(sse(variants.emptyArguments)))).toEqual([['c1', 'os-list-files', {}]])
})

test('A.4 truncated JSON with finish length: the call comes as it was cut, and the reply says that it met its limit', async () => {
  const events = await streamed(sse(variants.truncated))
  expect(stopOf(events)).toBe('max_tokens')
  expect(events.find((one) => one.type === 'block.stopped')).toMatchObject({
    inputText: '{"file_path":"a","content":"half',
    block: { input: { INVALID_JSON: '{"file_path":"a","content":"half' } },
  })
})

test('A.4 <think> tags at the beginning of the text become thinking; later ones stay text', async () => {
  expect(blocks(await streamed(sse(variants.thinkTags)))).toEqual([
    { type: 'thinking', thinking: 'Hm so' },
    { type: 'text', text: '\nok <think> stays' },
  ])
  expect(blocks(await streamed(sse(wire(delta({ content: '<thi' }), finish('stop')))))).toEqual([
    { type: 'text', text: '<thi' },
  ])
})

test('A.4 OpenRouter usage.cost: what the provider says that the request cost', async () => {
  expect(usage(await streamed(sse(variants.cost)))).toMatchObject({
    inputTokens: 10,
    outputTokens: 2,
    costUsd: 0.00125,
  })
})

test('A.4 whole JSON answer instead of a stream: text, calls and usage are read from it', async () => {
  const whole = {
    model: 'm-1',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'ok',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'os-view', arguments: view('a') } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
  }
  const events = await streamed(body('application/json; charset=utf-8', JSON.stringify(whole)))
  expect(blocks(events)).toHaveLength(2)
  expect(stopOf(events)).toBe('tool_use')
  expect(usage(events)).toMatchObject({ inputTokens: 3, outputTokens: 4 })
  expect(faultOf(await streamed(body('application/json', '{"status":"ok"}')))).toMatchObject({ code: 'bad_stream' })
  expect(faultOf(await streamed(body('application/json', '{"error":{"message":"no"}}')))).toMatchObject({
    detail: 'no',
  })
})

test('A.4 content as array of parts: text parts are text, thinking parts thinking', async () => {
  expect(blocks(await streamed(sse(variants.parts)))).toEqual([
    { type: 'thinking', thinking: 'Hm so' },
    { type: 'text', text: 'ok' },
  ])
})

test('B.5 1: every one of these streams gives the same events wherever its bytes are split', () => {
  const source = chatSource('http://127.0.0.1:9/v1', testKey, 'OPENAI_API_KEY', 'm-1')
  const begin = () => new ChatReply({ source, maxBlockLength: 1e6, makeId: madeId() })
  for (const [name, stream] of Object.entries(variants)) {
    const all = new TextEncoder().encode(stream.replace('Hi ', 'Grüße 👩‍👩‍👧 '))
    expect(splitsThatDiffer(all, begin), name).toEqual([])
  }
})

test('B.5 1: over a real connection, byte by byte, the events are the same', async () => {
  const whole = await streamed(message([bytes(variants.standard)]))
  expect(await streamed(message([bytes(variants.standard)], { bytesPerWrite: 1 }))).toEqual(whole)
})

test('C1: a call is complete as soon as its arguments are and another call begins', async () => {
  const events = await streamed(sse(variants.missingId))
  const first = events.findIndex((one) => one.type === 'block.stopped')
  const second = events.findLastIndex((one) => one.type === 'block.started')
  expect(first).toBeLessThan(second)
})

test('arguments after a placeholder {} belong to the same call', async () => {
  const stream = wire(
    call({ index: 0, id: 'c1' }, 'os-view', '{}'),
    call({ index: 1, id: 'c2' }, 'os-view', view('b')),
    finish('stop'),
  )
  expect(calls(await streamed(sse(stream)))).toEqual([
    ['c1', 'os-view', {}],
    ['c2', 'os-view', { file_path: 'b' }],
  ])
})

test('B.5 28: an id that a server uses for two calls is replaced for the second', async () => {
  const stream = wire(
    call({ index: 0, id: 'x' }, 'os-view', view('a')),
    call({ index: 1, id: 'x' }, 'os-view', view('b')),
    finish('stop'),
  )
  expect(calls(await streamed(sse(stream))).map(([id]) => id)).toEqual(['x', 'made1'])
})

test('OpenRouter: reasoning_details come together into one block of their own, and their text is thinking', async () => {
  const piece = (fields: object) =>
    delta({ reasoning_details: [{ format: 'anthropic-claude-v1', index: 0, ...fields }] })
  const stream = wire(
    piece({ type: 'reasoning.text', text: 'Hm ' }),
    piece({ type: 'reasoning.text', text: 'so' }),
    piece({ type: 'reasoning.text', signature: 'Eq+/==' }),
    piece({ type: 'reasoning.encrypted', data: 'ZGF0YQ==' }),
    delta({ content: 'ok' }),
    finish('stop'),
  )
  expect(blocks(await streamed(sse(stream)))).toEqual([
    { type: 'thinking', thinking: 'Hm so' },
    { type: 'text', text: 'ok' },
    {
      type: 'reasoning_details',
      details: [
        { format: 'anthropic-claude-v1', index: 0, type: 'reasoning.text', text: 'Hm so', signature: 'Eq+/==' },
        { format: 'anthropic-claude-v1', index: 0, type: 'reasoning.encrypted', data: 'ZGF0YQ==' },
      ],
    },
  ])
})

test('a refusal ends the reply as one, with its words', async () => {
  const events = await streamed(sse(wire(delta({ refusal: 'Not this.' }), finish('stop'))))
  expect(events.at(-1)).toEqual({
    type: 'end',
    outcome: { ok: true, stop: 'refusal', refusal: { category: '', explanation: 'Not this.' } },
  })
  expect(stopOf(await streamed(sse(wire(delta({ content: 'a' }), finish('content_filter')))))).toBe('refusal')
})

test('E4, E6: the words of a refusal hold no key, no half character and no NUL, and have an end', async () => {
  const words = delta({ refusal: `No\0 ${testKey} \ud83d` })
  const end = (await streamed(sse(wire(words, delta({ refusal: '😀'.repeat(1000) }), finish('stop'))))).at(-1)
  const said = end?.type === 'end' && end.outcome.ok ? end.outcome.refusal?.explanation : undefined
  expect(said).toMatch(/^No\ufffd \[key\] \ufffd😀+…$/u)
  expect(said?.length).toBeLessThan(1100)
  const endless = wire(...Array.from({ length: 50 }, () => delta({ refusal: 'x'.repeat(1000) })), finish('stop'))
  expect(faultOf(await streamed(sse(endless), { maxBlockLength: 1000 }))).toMatchObject({ code: 'bad_stream' })
})

test('E6: name and id of a call can be stored, and its block holds the same', async () => {
  const odd = call({ index: 0, id: 'c\0\ud83d' }, 'os-\0\udc00', view('a'))
  const long = call({ index: 1, id: 'x'.repeat(1e6) }, 'y'.repeat(1e6), view('b'))
  const events = await streamed(sse(wire(role, odd, long, finish('tool_calls'))))
  const started = events.flatMap((one) => (one.type === 'block.started' ? [[one.providerId, one.name]] : []))
  expect(started[0]).toEqual(['c\ufffd\ufffd', 'os-\ufffd\ufffd'])
  expect(started[1]?.map((one) => one?.length)).toEqual([50_000, 200])
  expect(calls(events).map(([id, name]) => [id, name])).toEqual(started)
})

test('B.5 11, B.5 12, B.5 13, B.5 16, B.5 18: each refusal is told apart by what the client may do about it, and none holds the key', async () => {
  const json = (status: number, error: object) => body('application/json', JSON.stringify({ error }), status)
  const cases: [Reply, Partial<ModelFault>][] = [
    [
      json(401, { message: `Incorrect API key provided: ${testKey}`, code: 'invalid_api_key' }),
      { code: 'key_rejected', retry: false },
    ],
    [json(429, { message: 'Rate limit reached', code: 'rate_limit_exceeded' }), { code: 'rate_limited', retry: true }],
    [
      json(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
      { code: 'billing', retry: false },
    ],
    [json(402, { message: 'Insufficient credits', code: 402 }), { code: 'billing', retry: false }],
    [
      json(404, { message: 'The model `x` does not exist', code: 'model_not_found' }),
      { code: 'model_not_found', retry: false },
    ],
    [
      json(400, { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' }),
      { code: 'too_long', retry: false },
    ],
    [
      json(400, { message: 'registry.ollama.ai/library/gemma does not support tools' }),
      { code: 'bad_request', message: expect.stringContaining('cannot call tools') },
    ],
    [json(503, { message: 'No provider' }), { code: 'overloaded', retry: true }],
    [body('text/html', '<h1>502</h1>', 502), { code: 'overloaded', retry: true }],
    [
      body('application/json', '{"error":"model \\"x\\" not found"}', 404),
      { code: 'model_not_found', detail: 'model "x" not found' },
    ],
    [httpError(429, 'rate_limit_error', 'slow', { 'retry-after': '7' }), { code: 'rate_limited', retryAfterMs: 7000 }],
  ]
  for (const [reply, expected] of cases) {
    const fault = faultOf(await streamed(reply))
    expect(fault).toMatchObject(expected)
    expect(JSON.stringify(fault)).not.toContain(testKey)
  }
})

test('B.5 6: silence before the headers and within the stream ends as idle', async () => {
  await using server = await startScriptedModel([hang(), hang({ headersSent: true })], { wire: chatWire })
  const clock = createTestClock()
  const noHeaders = collect(`${server.url}/v1`, { clock })
  await server.waitForRequest(1)
  clock.advance(300_000)
  expect(faultOf(await noHeaders)).toMatchObject({ code: 'idle', retry: true })
  const silent = collect(`${server.url}/v1`, { clock })
  await clock.whenWaiting(60_000)
  clock.advance(60_000)
  expect(faultOf(await silent)).toMatchObject({ code: 'idle', retry: true })
})

test('L16: an abort closes the connection at once', async () => {
  await using server = await startScriptedModel([hang()], { wire: chatWire })
  const stop = new AbortController()
  const events = collect(`${server.url}/v1`, {}, stop.signal)
  await server.waitForRequest(1)
  stop.abort()
  expect(faultOf(await events)?.code).toBe('aborted')
  expect(await server.waitForEnd(1)).toBe('dropped')
})

test('B.5 8, B.5 10: a block past the limit ends the stream; nothing listening is "cannot reach" without the key', async () => {
  const long = await streamed(sse(wire(delta({ content: 'x'.repeat(5000) }), finish('stop'))), { maxBlockLength: 1000 })
  expect(faultOf(long)).toMatchObject({ code: 'bad_stream', retry: false })
  const fault = faultOf(await collect(`http://user:${testKey}@127.0.0.1:9/v1`))
  expect(fault).toMatchObject({ code: 'unreachable', message: expect.stringContaining('Cannot reach') })
  expect(JSON.stringify(fault)).not.toContain(testKey)
})

test('the key travels as a Bearer and in no body; without a key no header is sent', async () => {
  await using server = await startScriptedModel([sse(variants.noRole), sse(variants.noRole)], { wire: chatWire })
  await collect(`${server.url}/v1/`)
  await collect(`${server.url}/v1`, { apiKey: '' })
  expect(server.received[0]?.headers['authorization']).toBe(`Bearer ${testKey}`)
  expect(server.received[0]?.path).toBe('/v1/chat/completions')
  expect(JSON.stringify(server.requests[0])).not.toContain(testKey)
  expect(server.received[1]?.headers['authorization']).toBeUndefined()
})
