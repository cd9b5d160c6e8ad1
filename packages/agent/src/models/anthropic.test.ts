import {
  block,
  body,
  bytes,
  cutAfter,
  endAfter,
  errorEvent,
  event,
  gate,
  hang,
  hangAfter,
  html,
  httpError,
  message,
  refusal,
  sse,
  startScriptedModel,
  text,
  thinking,
  toolUse,
  type Reply,
} from '@overskill/model-server'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { anthropic, testKey } from '../agent-test-kit.ts'
import { createTestClock } from '../test-clock.ts'
import type { ModelEvent, ModelFault } from '../model.ts'
import type { AnthropicOptions } from './anthropic.ts'
import { blocks, collectReply, faultOf, request, stopOf, usage } from './reply-test-kit.ts'

const collect = (url: string, options: Partial<AnthropicOptions> = {}, signal?: AbortSignal) =>
  collectReply(anthropic(url, options), signal)

/** All events of one scripted reply. */
async function streamed(reply: Reply, options: Partial<AnthropicOptions> = {}): Promise<ModelEvent[]> {
  await using server = await startScriptedModel([reply])
  return await collect(server.url, options)
}

const deltas = (events: readonly ModelEvent[]) =>
  events.flatMap((one) => (one.type === 'delta' ? [one.text] : [])).join('')
const odd = (events: readonly ModelEvent[]) => events.flatMap((one) => (one.type === 'odd' ? [one.text] : []))

const rich: Reply = [
  thinking('Plan «ü».'),
  text('Grüße 👩‍👩‍👧\n'),
  toolUse('os-write', { file_path: 'a.ts', content: '👍 "x"\r\n' }, { chunkSize: 1 }),
]

test('B.5 1: a stream split at every byte gives the same events as unsplit', async () => {
  const whole = await streamed(message(rich))
  expect(await streamed(message(rich, { bytesPerWrite: 1 }))).toEqual(whole)
  expect(await streamed(message(rich, { bytesPerWrite: 7 }))).toEqual(whole)
  expect(blocks(whole)).toHaveLength(3)
  expect(stopOf(whole)).toBe('tool_use')
})

test('B.5 3: a socket destroyed in the middle is a cut that may be retried, with the complete blocks before it', async () => {
  const events = await streamed(cutAfter(8, [text('ab', 1), text('cdefgh', 1)]))
  expect(faultOf(events)).toMatchObject({ code: 'cut', retry: true })
  expect(blocks(events)).toEqual([{ type: 'text', text: 'ab' }])
})

test('B.5 4: a clean end before message_stop is the same cut', async () => {
  const events = await streamed(endAfter(8, [text('ab', 1), text('cdefgh', 1)]))
  expect(faultOf(events)).toMatchObject({ code: 'cut', retry: true })
  expect(blocks(events)).toEqual([{ type: 'text', text: 'ab' }])
})

test('B.5 5: message_delta without message_stop is a cut that keeps the usage', async () => {
  const events = await streamed(message([text('ab')], { without: 'message_stop', usage: { output_tokens: 77 } }))
  expect(faultOf(events)?.code).toBe('cut')
  expect(usage(events)).toMatchObject({ outputTokens: 77 })
})

test('B.5 6: 60 s without any byte, or 120 s without headers, end the stream as idle and close the connection', async () => {
  await using server = await startScriptedModel([hangAfter(1, [text('a')]), hang()])
  const clock = createTestClock()
  const silent = collect(server.url, { clock })
  await clock.whenWaiting(60_000)
  clock.advance(60_000)
  expect(faultOf(await silent)).toMatchObject({ code: 'idle', retry: true, message: expect.stringContaining('60 s') })

  const noHeaders = collect(server.url, { clock })
  await server.waitForRequest(2)
  clock.advance(120_000)
  expect(faultOf(await noHeaders)).toMatchObject({ code: 'idle', message: expect.stringContaining('120 s') })
  expect(await server.waitForEnd(2)).toBe('dropped')
})

test('B.5 7: a page or JSON instead of a stream is an error with its content type and its beginning', async () => {
  expect(faultOf(await streamed(html()))).toMatchObject({
    code: 'bad_stream',
    retry: false,
    message: expect.stringMatching(/text\/html.*Sign in/),
  })
  const long = await streamed(body('application/json', JSON.stringify({ x: 'y'.repeat(5000) })))
  expect(faultOf(long)?.message).toContain('application/json')
  expect(faultOf(long)?.message.length).toBeLessThan(400)
})

test('B.5 8: an event past the limit ends the stream', async () => {
  const events = await streamed([text('x'.repeat(5000), 5000)], { maxEventLength: 1000 })
  expect(faultOf(events)).toMatchObject({ code: 'bad_stream', retry: false })
})

test('B.5 8: a block past the limit ends the stream', async () => {
  const events = await streamed([text('x'.repeat(5000), 10)], { maxBlockLength: 1000 })
  expect(faultOf(events)).toMatchObject({ code: 'bad_stream', retry: false })
})

test('B.5 9: data that is no JSON ends the stream with the piece as it came', async () => {
  const events = await streamed(sse('event: message_start\ndata: {"type": nonsense\n\n'))
  expect(faultOf(events)).toMatchObject({ code: 'bad_stream', detail: '{"type": nonsense' })
})

test('B.5 8, B.5 9: a stream that is too large or unreadable is not read on: its connection is closed', async () => {
  const never = gate(new Promise(() => {}))
  await using server = await startScriptedModel([
    message([bytes('data: {"type": nonsense\n\n'), never]),
    message([bytes(`data: ${'x'.repeat(5000)}`), never]),
  ])
  expect(faultOf(await collect(server.url))).toMatchObject({ code: 'bad_stream' })
  expect(await server.waitForEnd(1)).toBe('dropped')
  expect(faultOf(await collect(server.url, { maxEventLength: 1000 }))).toMatchObject({ code: 'bad_stream' })
  expect(await server.waitForEnd(2)).toBe('dropped')
})

test('B.5 10: nothing listening, a name that is not known and a dead socket are "cannot reach", without the key', async () => {
  const closed = await freePort()
  for (const url of [
    `http://127.0.0.1:${closed}`,
    'http://nowhere.invalid',
    `http://user:${testKey}@127.0.0.1:${closed}`,
  ]) {
    const fault = faultOf(await collect(url))
    expect(fault).toMatchObject({
      code: 'unreachable',
      retry: true,
      message: expect.stringContaining('Cannot reach http://'),
    })
    expect(JSON.stringify(fault)).not.toContain(testKey)
  }
})

test('B.5 10: a server that speaks no TLS is "cannot reach" with the reason', async () => {
  await using server = await startScriptedModel([])
  const fault = faultOf(await collect(server.url.replace('http:', 'https:')))
  expect(fault).toMatchObject({ code: 'unreachable', message: expect.stringContaining('no secure connection') })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

test('B.5 11, B.5 12, B.5 13, B.5 16, B.5 17, B.5 18: each refusal is told apart by what the client may do about it', async () => {
  const cases: [Reply, Partial<ModelFault>][] = [
    [
      httpError(429, 'rate_limit_error', 'slow', { 'retry-after': '7' }),
      { code: 'rate_limited', retry: true, retryAfterMs: 7000 },
    ],
    [httpError(429, 'rate_limit_error', 'tier cap'), { code: 'billing', retry: false }],
    [
      httpError(400, 'invalid_request_error', 'You have reached your specified workspace API usage limits'),
      { code: 'billing', retry: false },
    ],
    [httpError(402, 'billing_error', 'credit'), { code: 'billing', retry: false }],
    [httpError(529, 'overloaded_error', 'Overloaded'), { code: 'overloaded', retry: true }],
    [httpError(500, 'api_error', 'oops'), { code: 'overloaded', retry: true }],
    [httpError(504, 'timeout_error', 'late'), { code: 'overloaded', retry: true }],
    [body('text/html', '<h1>502</h1>', 502), { code: 'overloaded', retry: true }],
    [httpError(401, 'authentication_error', `invalid key ${testKey}`), { code: 'key_rejected', retry: false }],
    [httpError(403, 'permission_error', 'no'), { code: 'model_not_found', retry: false }],
    [httpError(404, 'not_found_error', 'model: x'), { code: 'model_not_found', retry: false }],
    [httpError(413, 'request_too_large', 'big'), { code: 'too_long', retry: false }],
    [httpError(400, 'invalid_request_error', 'prompt is too long: 1 > 0'), { code: 'too_long', retry: false }],
    [
      httpError(
        400,
        'invalid_request_error',
        'Invalid `signature` in `thinking` block. The block is bound to a different conversation.',
      ),
      { code: 'thinking_unbound' },
    ],
    [httpError(400, 'invalid_request_error', 'messages: what'), { code: 'bad_request', retry: false }],
    [[errorEvent('overloaded_error', 'Overloaded')], { code: 'overloaded', retry: true }],
    [[errorEvent('rate_limit_error', 'slow')], { code: 'rate_limited', retry: true }],
    [[text('a'), errorEvent('api_error', 'oops')], { code: 'overloaded', retry: true }],
  ]
  for (const [reply, expected] of cases) {
    const fault = faultOf(await streamed(reply))
    expect(fault).toMatchObject(expected)
    expect(JSON.stringify(fault)).not.toContain(testKey)
  }
})

test('B.5 20: unknown events, blocks and deltas are survived, and an unknown block comes back as it was', async () => {
  const events = await streamed([
    event('something_new', { x: 1 }),
    block({ type: 'hologram', frames: [1, 2] }, [{ type: 'hologram_delta', x: 1 }]),
    block({ type: 'fallback', from: 'a' }, [], { stop: false }),
    text('ok'),
  ])
  expect(stopOf(events)).toBe('end_turn')
  expect(blocks(events)).toEqual([
    { type: 'hologram', frames: [1, 2] },
    { type: 'text', text: 'ok' },
    { type: 'fallback', from: 'a' },
  ])
  expect(odd(events)).toHaveLength(2)
})

test('B.5 21: events before the start, a second start, unknown indexes and double stops do not end the stream', async () => {
  const wire = (data: { type: string; [field: string]: unknown }) =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
  const events = await streamed(
    sse(
      [
        wire({ type: 'content_block_delta', index: 3, delta: { type: 'text_delta', text: 'lost' } }),
        wire({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
        wire({ type: 'message_start', message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } }),
        wire({ type: 'message_start', message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } }),
        wire({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
        wire({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'kept' } }),
        wire({ type: 'content_block_stop', index: 0 }),
        wire({ type: 'content_block_stop', index: 0 }),
        wire({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'again' } }),
        wire({ type: 'content_block_stop', index: 0 }),
        'data: 7\n\n',
        wire({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
        wire({ type: 'message_stop' }),
      ].join(''),
    ),
  )
  expect(stopOf(events)).toBe('end_turn')
  expect(blocks(events)).toEqual([
    { type: 'text', text: 'kept' },
    { type: 'text', text: 'again' },
  ])
  expect(odd(events)).toHaveLength(7)
})

test('B.5 22: blocks that grow in turns keep to their own index', async () => {
  const events = await streamed(
    message([text('aaaaaa', 1), toolUse('os-view', { file_path: 'x' }, { chunkSize: 1 }), text('bbb', 1)], {
      interleave: true,
    }),
  )
  const stopped = events.flatMap((one) => (one.type === 'block.stopped' ? [[one.index, one.block]] : []))
  expect(Object.fromEntries(stopped)).toMatchObject({
    0: { text: 'aaaaaa' },
    1: { input: { file_path: 'x' } },
    2: { text: 'bbb' },
  })
})

test('B.5 24, L14: thinking without text and redacted thinking come back byte for byte', async () => {
  const empty = block({ type: 'thinking', thinking: '', signature: '' }, [
    { type: 'signature_delta', signature: 'Eq+/==' },
  ])
  const redacted = block({ type: 'redacted_thinking', data: 'ZGF0YQ+/==' })
  const events = await streamed([empty, redacted, text('ok')])
  expect(blocks(events).map((one) => JSON.stringify(one))).toEqual([
    '{"type":"thinking","thinking":"","signature":"Eq+/=="}',
    '{"type":"redacted_thinking","data":"ZGF0YQ+/=="}',
    '{"type":"text","text":"ok"}',
  ])
})

test('B.5 26: of several message_delta the last stop reason and the last counts hold', async () => {
  const first = event('message_delta', { delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 500 } })
  const events = await streamed(
    message([text('a'), first], { stopReason: 'end_turn', usage: { input_tokens: 9, output_tokens: 30 } }),
  )
  expect(stopOf(events)).toBe('end_turn')
  expect(usage(events)).toEqual({ inputTokens: 9, outputTokens: 30, cacheReadTokens: 0, cacheWriteTokens: 0 })
})

test('B.5 27: counts that are null or missing are 0 and "at least", never NaN', async () => {
  const none = await streamed(message([text('abcdefgh')], { usage: null }))
  expect(usage(none)).toEqual({
    inputTokens: 0,
    outputTokens: 2,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    incomplete: true,
  })
  const nulls = await streamed(
    message([text('a')], { usage: { input_tokens: null, output_tokens: null, cache_read_input_tokens: null } }),
  )
  expect(usage(nulls)).toMatchObject({ inputTokens: 0, incomplete: true })
})

test('B.5 29: citations and results of the server stay with their blocks', async () => {
  const cited = block({ type: 'text', text: '' }, [
    { type: 'text_delta', text: 'x' },
    { type: 'citations_delta', citation: { url: 'https://a.example' } },
    { type: 'citations_delta', citation: { url: 'https://b.example' } },
  ])
  const search = block({ type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }, [
    { type: 'input_json_delta', partial_json: '{"query":' },
    { type: 'input_json_delta', partial_json: '"x"}' },
  ])
  const found = block({ type: 'web_search_tool_result', tool_use_id: 's1', content: [{ url: 'u' }] })
  const events = await streamed([search, found, cited])
  expect(blocks(events)).toEqual([
    { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
    { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ url: 'u' }] },
    { type: 'text', text: 'x', citations: [{ url: 'https://a.example' }, { url: 'https://b.example' }] },
  ])
})

test('B.5 37: surrogate pairs and escapes split across deltas come together', async () => {
  const rawInput = '{"file_path":"\\ud83d\\ude00 👍","content":"\\u00e9\\n"}'
  const events = await streamed([toolUse('os-write', {}, { rawInput, chunkSize: 1 })])
  expect(deltas(events)).toBe(rawInput)
  for (const one of events) if (one.type === 'delta') expect(one.text.isWellFormed()).toBe(true)
  expect(blocks(events)[0]?.['input']).toEqual({ file_path: '😀 👍', content: 'é\n' })
})

test('L43: the input of a call is handed on exactly as it was streamed', async () => {
  const rawInput = ' { "content" : "&lt;b&gt; [REDACTED] \\u003c" , "n": 1.0 } '
  const events = await streamed([toolUse('os-write', {}, { rawInput })])
  expect(events.find((one) => one.type === 'block.stopped')).toMatchObject({ inputText: rawInput })
})

test('an input that is no JSON travels back inside an object', async () => {
  const events = await streamed([toolUse('os-write', {}, { rawInput: '{"a": oops}' })])
  expect(blocks(events)[0]?.['input']).toEqual({ INVALID_JSON: '{"a": oops}' })
})

test('B.5 49: a refusal carries its category and its explanation', async () => {
  const events = await streamed(refusal('cyber', 'Not this.'))
  expect(events.at(-1)).toEqual({
    type: 'end',
    outcome: { ok: true, stop: 'refusal', refusal: { category: 'cyber', explanation: 'Not this.' } },
  })
})

const unstorable = /\0|\p{Cs}/u

test('E4, E6: what a refusal, an error and a page say holds no key, no half character and no NUL', async () => {
  const words = `No\0 ${testKey} \ud83d ${'😀'.repeat(1000)}`
  const refused = (await streamed(refusal('cyber', words))).at(-1)
  const said = [
    refused?.type === 'end' && refused.outcome.ok ? refused.outcome.refusal?.explanation : undefined,
    faultOf(await streamed([errorEvent('api_error', words)]))?.detail,
    faultOf(await streamed(body(`text/html; x="${'y'.repeat(5000)}"`, `a${words}`)))?.message,
  ]
  for (const one of said) {
    expect(one).toContain('[key]')
    expect(one).not.toMatch(unstorable)
    expect(one?.length).toBeLessThan(1100)
  }
})

test('E6: name and id of a call can be stored, and its block holds the same', async () => {
  const call = (id: string, name: string) => block({ type: 'tool_use', id, name, input: {} })
  const events = await streamed([call('t\0\ud83d', 'os-\0\udc00'), call('x'.repeat(1e6), 'y'.repeat(1e6))])
  const started = events.flatMap((one) => (one.type === 'block.started' ? [[one.providerId, one.name]] : []))
  expect(started[0]).toEqual(['t\ufffd\ufffd', 'os-\ufffd\ufffd'])
  expect(started[1]?.map((one) => one?.length)).toEqual([50_000, 200])
  expect(blocks(events).map(({ id, name }) => [id, name])).toEqual(started)
})

test('comments between events change nothing', async () => {
  const events = await streamed([bytes(': OPENROUTER PROCESSING\n\n'), text('a'), bytes(':\r\n')])
  expect(blocks(events)).toEqual([{ type: 'text', text: 'a' }])
})

test('L16: an abort closes the connection at once, before and after headers', async () => {
  await using server = await startScriptedModel([hang(), hangAfter(3, [text('abc', 1)])])
  for (const nth of [1, 2]) {
    const stop = new AbortController()
    const events: ModelEvent[] = []
    const done = (async () => {
      for await (const one of anthropic(server.url).stream(request, stop.signal)) {
        events.push(one)
        if (one.type === 'delta') stop.abort()
      }
    })()
    await server.waitForRequest(nth)
    if (nth === 1) stop.abort()
    await done
    expect(faultOf(events)?.code).toBe('aborted')
    expect(await server.waitForEnd(nth)).toBe('dropped')
  }
})

test('a consumer that stops reading closes the connection', async () => {
  await using server = await startScriptedModel([hangAfter(3, [text('abc', 1)])])
  for await (const one of anthropic(server.url).stream(request, new AbortController().signal)) {
    if (one.type === 'delta') break
  }
  expect(await server.waitForEnd(1)).toBe('dropped')
})

test('the key travels as a Bearer and stands in no body', async () => {
  await using server = await startScriptedModel([[text('a')]])
  await collect(server.url)
  expect(server.received[0]?.headers['authorization']).toBe(`Bearer ${testKey}`)
  expect(server.received[0]?.path).toMatch(/^\/v1\/messages/)
  expect(JSON.stringify(server.requests[0])).not.toContain(testKey)
  expect(server.requests[0]).toEqual(anthropic(server.url).body(request))
})

test('B.5 17: leaving out unreadable thinking is asked for with the beta header', async () => {
  await using server = await startScriptedModel([[text('a')]])
  const model = anthropic(server.url, { model: 'claude-opus-5-5' })
  for await (const _ of model.stream({ ...request, dropUnboundThinking: true }, new AbortController().signal));
  expect(server.received[0]?.headers['anthropic-beta']).toContain('thinking-binding-controls')
  expect(server.requests[0]?.['thinking']).toEqual({
    type: 'adaptive',
    display: 'summarized',
    block_binding: { prefix_mismatch_behavior: 'drop_block' },
  })
})

test('B.5 20: a server that sends nothing but oddities fills no log', async () => {
  const events = await streamed([...Array.from({ length: 500 }, () => event('noise')), text('ok')])
  expect(odd(events)).toHaveLength(20)
  expect(stopOf(events)).toBe('end_turn')
})
