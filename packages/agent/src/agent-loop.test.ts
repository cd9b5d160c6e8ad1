import {
  block,
  cutAfter,
  endAfter,
  errorEvent,
  event,
  gate,
  hang,
  hangAfter,
  httpError,
  message,
  refusal,
  startScriptedModel,
  text,
  thinking,
  toolUse,
  type Reply,
} from '@overskill/model-server'
import { expect, test } from 'vitest'
import { anthropic, startTurn, testTools, user, type TestTurn } from './agent-test-kit.ts'
import { createTestClock } from './test-clock.ts'
import type { HistoryEntry, RawBlock } from './model.ts'
import { defaultLimits } from './turn-limits.ts'

const writes = (path: string, content = path.toUpperCase()) => toolUse('os-write', { file_path: path, content })
const view = (path: string) => toolUse('os-view', { file_path: path })

type Wire = { role: string; content: RawBlock[] }
const messagesOf = (request: Record<string, unknown> | undefined) => (request?.['messages'] ?? []) as Wire[]
const shownText = ({ journal }: Pick<TestTurn, 'journal'>) => [...journal.shown.values()].join('|')
const resultTexts = ({ journal }: Pick<TestTurn, 'journal'>) =>
  journal.of('callFinished').map(({ result }) => (result as { text: string }).text)

/** Runs a whole turn over scripted replies. */
async function runTurn(replies: Reply[], options: Parameters<typeof startTurn>[1] = {}) {
  await using server = await startScriptedModel(replies)
  const turn = startTurn(server.url, options)
  const end = await turn.end
  return { ...turn, end, requests: server.requests }
}

/** The next message after this turn is taken by a server that checks what the real API checks. */
async function nextMessageWorks(history: readonly HistoryEntry[]): Promise<void> {
  const next = await runTurn([[text('ok')]], { history: [...history, user('And now?')] })
  expect(next.end).toEqual({ ending: 'completed' })
}

test('a turn goes from text and calls over results to the closing words', async () => {
  const turn = await runTurn([[thinking('Two.'), text('Writing.'), writes('a'), writes('b')], [text('Done.')]])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.files).toEqual(
    new Map([
      ['a', 'A'],
      ['b', 'B'],
    ]),
  )
  expect(turn.journal.history).toMatchObject([
    { role: 'user' },
    {
      role: 'assistant',
      content: [{ type: 'thinking' }, { type: 'text' }, { type: 'tool_use' }, { type: 'tool_use' }],
    },
    { role: 'user', content: [{ type: 'tool_result' }, { type: 'tool_result' }] },
    { role: 'assistant', content: [{ text: 'Done.' }] },
  ])
  await nextMessageWorks(turn.journal.history)
})

test('what is sent is what was stored for the record, and a prefix never changes', async () => {
  const { journal, requests } = await runTurn([[writes('a')], [writes('b')], [text('Done.')]])
  expect(journal.of('requestReady').map(({ body }) => body)).toEqual(requests)
  const plain = requests.map((one) =>
    JSON.stringify(one['messages'])
      .replace(/,"cache_control":\{[^}]*\}/g, '')
      .slice(0, -1),
  )
  expect(plain[1]?.startsWith(plain[0] ?? '-')).toBe(true)
  expect(plain[2]?.startsWith(plain[1] ?? '-')).toBe(true)
  expect(JSON.stringify(requests[0]?.['tools'])).toBe(JSON.stringify(requests[2]?.['tools']))
})

for (const [name, how] of [
  ['B.5 3: a socket destroyed for good ends the turn as interrupted, with what was complete', cutAfter],
  ['B.5 4: a clean end without message_stop, again and again, ends it the same', endAfter],
] as const)
  test(name, async () => {
    const broken = () => how(30, [text('First.'), writes('a'), text('and then much more text', 1)])
    const turn = await runTurn([broken(), ...Array.from({ length: 6 }, () => how(1, []))])
    expect(turn.end).toMatchObject({ ending: 'failed', error: { code: 'interrupted' }, actions: ['continue'] })
    expect(turn.journal.files.get('a')).toBe('A')
    expect(turn.journal.cut.size).toBe(1)
    await nextMessageWorks(turn.journal.history)
  })

test('B.5 5: a call whose block did not stop is never run, and its step keeps its usage', async () => {
  const unstopped = message(
    [
      text('Hm.'),
      block(
        { type: 'tool_use', id: 't', name: 'os-write', input: {} },
        [{ type: 'input_json_delta', partial_json: '{"file_path":"a","content":"x"}' }],
        { stop: false },
      ),
    ],
    { without: 'message_stop', usage: { output_tokens: 99 } },
  )
  const turn = await runTurn([unstopped, [text('ok')]])
  expect(turn.journal.files.size).toBe(0)
  expect(turn.journal.of('stepFinished')[0]).toMatchObject({ stop: 'cut', usage: { outputTokens: 99 } })
  expect(turn.end).toEqual({ ending: 'completed' })
})

test('B.5 6, B.5 21: a reply that falls silent, or whose events make no sense, is tried again and loses nothing', async () => {
  const stray = event('content_block_delta', { index: 7, delta: { type: 'text_delta', text: 'lost' } })
  const again = event('message_start', { message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } })
  await using server = await startScriptedModel([hangAfter(2, [text('Hm')]), [stray, again, text('So.')]])
  const clock = createTestClock()
  const turn = startTurn(server.url, { model: anthropic(server.url, { clock }) })
  await clock.whenWaiting(60_000)
  clock.advance(60_000)
  expect(await turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.of('retrying')).toHaveLength(1)
  expect(turn.journal.history.slice(1)).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'So.' }] }])
  expect(turn.notes.map(({ code }) => code)).toEqual(['model_odd', 'model_odd'])
})

test('B.5 10: an address where nothing answers is tried again, then named', async () => {
  const turn = startTurn('http://127.0.0.1:9')
  expect(await turn.end).toMatchObject({
    ending: 'failed',
    error: { code: 'model_unreachable', message: expect.stringContaining('http://127.0.0.1:9') },
  })
  expect(turn.journal.of('retrying')).toHaveLength(3)
})

test('B.5 11: a 429 with retry-after is waited for as long as told, 60 s at most', async () => {
  const turn = await runTurn([
    httpError(429, 'rate_limit_error', 'slow', { 'retry-after': '7' }),
    httpError(429, 'rate_limit_error', 'slow', { 'retry-after': '700' }),
    [text('ok')],
  ])
  expect(turn.end).toEqual({ ending: 'completed' })
  const start = 1_790_000_000_000
  expect(turn.journal.of('retrying')).toMatchObject([
    { attempt: 2, of: 4, retryAtMs: start + 7000 },
    { attempt: 3, of: 4, retryAtMs: start + 67_000 },
  ])
})

test('B.5 12: a spending cap, of the tier or one that was set, is not retried and told as billing', async () => {
  for (const refused of [
    httpError(429, 'rate_limit_error', 'tier cap'),
    httpError(400, 'invalid_request_error', 'You have reached your specified API usage limits.'),
  ]) {
    const turn = await runTurn([refused])
    expect(turn.end).toMatchObject({
      error: { code: 'model_billing', message: expect.stringContaining('billing page') },
      actions: ['settings', 'retry'],
    })
    expect(turn.requests).toHaveLength(1)
  }
})

test('B.5 13: a busy model is tried four times with growing waits, then the turn says so', async () => {
  const turn = await runTurn(Array.from({ length: 5 }, () => httpError(529, 'overloaded_error', 'Overloaded')))
  expect(turn.end).toMatchObject({ ending: 'failed', error: { code: 'model_busy' }, actions: ['retry'] })
  expect(turn.requests).toHaveLength(4)
  const retries = turn.journal.of('retrying')
  expect(retries).toMatchObject([{ attempt: 2, of: 4, reason: 'The model is busy.' }, { attempt: 3 }, { attempt: 4 }])
  const at = retries.map(({ retryAtMs }) => Number(retryAtMs))
  expect(at.map((ms, i) => ms - (at[i - 1] ?? 1_790_000_000_000))).toEqual([1000, 2000, 4000])
})

test('B.5 14: overloaded as the first event of a 200 is the same', async () => {
  const turn = await runTurn([[errorEvent('overloaded_error', 'Overloaded')], [text('ok')]])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.of('retrying')).toHaveLength(1)
  expect(turn.journal.of('requestReady')).toHaveLength(1)
})

test('B.5 15: overloaded before a block was complete sends the same request again and marks what was shown', async () => {
  const turn = await runTurn([
    [
      thinking('Hm.'),
      block({ type: 'text', text: '' }, [{ type: 'text_delta', text: 'I will' }], { stop: false }),
      errorEvent('overloaded_error', 'x'),
    ],
    [text('I will do it.')],
  ])
  expect(turn.requests[1]).toEqual(turn.requests[0])
  expect(turn.journal.cut).toEqual(new Set(['1/0', '1/1']))
  expect(shownText(turn)).toBe('Hm.|I will|I will do it.')
  expect(turn.journal.history.slice(1)).toEqual([
    { role: 'assistant', content: [{ type: 'text', text: 'I will do it.' }] },
  ])
})

test('B.5 15: overloaded after complete blocks keeps them, answers their calls and goes on in a new request', async () => {
  const turn = await runTurn([[text('One.'), writes('a'), errorEvent('overloaded_error', 'x')], [text('Done.')]])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.files.get('a')).toBe('A')
  expect(messagesOf(turn.requests[1])).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ text: 'One.' }, { type: 'tool_use' }] },
    { role: 'user', content: [{ type: 'tool_result' }] },
  ])
  expect(shownText(turn)).toBe('One.|{"file_path":"a","content":"A"}|Done.')
})

test('B.5 15: overloaded after complete text alone goes on from it', async () => {
  const turn = await runTurn([[text('One.'), errorEvent('overloaded_error', 'x')], [text('Two.')]])
  expect(shownText(turn)).toBe('One.|Two.')
  expect(messagesOf(turn.requests[1]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
})

test('B.5 16: a rejected key and an unknown model are not retried; one leads to the settings, the other to another model', async () => {
  for (const [status, code, actions] of [
    [401, 'model_key_rejected', ['settings', 'retry']],
    [403, 'model_not_found', ['model', 'settings', 'retry']],
    [404, 'model_not_found', ['model', 'settings', 'retry']],
  ] as const) {
    const turn = await runTurn([httpError(status, '', 'no')])
    expect(turn.end).toMatchObject({ error: { code }, actions })
    expect(turn.requests).toHaveLength(1)
  }
})

test('B.5 17: thinking bound to another conversation is left out once and logged as our bug', async () => {
  const unbound = httpError(
    400,
    'invalid_request_error',
    'Invalid `signature` in `thinking` block. The block is bound to a different conversation.',
  )
  const turn = await runTurn([unbound, [text('ok')]])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.notes).toMatchObject([{ code: 'thinking_unbound' }])
  const twice = await runTurn([unbound, unbound])
  expect(twice.end).toMatchObject({ error: { code: 'model_protocol' } })
  expect(twice.requests).toHaveLength(2)
})

test('B.5 19: six retries are for the whole turn, not for each request', async () => {
  const busy = () => httpError(529, 'overloaded_error', 'Overloaded')
  const turn = await runTurn(
    [busy(), busy(), writes('a'), busy(), busy(), writes('b'), busy(), busy(), writes('c'), busy()].map((one) =>
      'part' in one ? [one] : one,
    ),
  )
  expect(turn.end).toMatchObject({ error: { code: 'model_busy' }, actions: ['continue'] })
  expect(turn.journal.of('retrying')).toHaveLength(6)
})

test('B.5 20: an unknown block is not shown, and goes back as it came', async () => {
  const hologram = { type: 'hologram', frames: [1, { x: 'ü' }] }
  const turn = await runTurn([[block(hologram, [{ type: 'hologram_delta', x: 1 }]), writes('a')], [text('ok')]])
  expect(shownText(turn)).toBe('{"file_path":"a","content":"A"}|ok')
  expect(JSON.stringify(messagesOf(turn.requests[1])[1]?.content[0])).toBe(JSON.stringify(hologram))
})

test('B.5 22: blocks that grow in turns stand in the history by their index', async () => {
  const interleaved = message([text('First, long'.repeat(5), 1), writes('a'), text('Last', 1)], { interleave: true })
  const turn = await runTurn([interleaved, [text('ok')]])
  const sent = messagesOf(turn.requests[1])[1]?.content
  expect(sent).toMatchObject([{ text: 'First, long'.repeat(5) }, { type: 'tool_use' }, { text: 'Last' }])
})

test('B.5 29: a search of the provider and its citations go back unchanged, and its pages are listed once each', async () => {
  const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }
  const pages = [
    { type: 'web_search_result', url: 'https://a.example/ü', title: 'A  page', encrypted_content: 'E+/=' },
    { type: 'web_search_result', url: 'javascript:alert(1)', title: 'No page' },
  ]
  const cites = [
    { type: 'web_search_result_location', url: 'https://b.example', cited_text: 'x' },
    { type: 'web_search_result_location', url: 'https://a.example/ü', title: 'A page' },
  ]
  const turn = await runTurn([
    [
      block(search, [{ type: 'input_json_delta', partial_json: '{"query":"x"}' }]),
      block({ type: 'web_search_tool_result', tool_use_id: 's1', content: pages }),
      block({ type: 'text', text: '' }, [
        { type: 'text_delta', text: 'It is so.' },
        ...cites.map((citation) => ({ type: 'citations_delta', citation })),
      ]),
      writes('a'),
    ],
    [text('ok')],
  ])
  expect(messagesOf(turn.requests[1])[1]?.content.slice(0, 3)).toEqual([
    { ...search, input: { query: 'x' } },
    { type: 'web_search_tool_result', tool_use_id: 's1', content: pages },
    { type: 'text', text: 'It is so.', citations: cites },
  ])
  expect(turn.journal.of('notice')).toMatchObject([
    { level: 'info', code: 'sources', text: 'A page (https://a.example/ü)\nhttps://b.example' },
  ])
})

test('B.5 23: empty and blank text is neither shown nor stored', async () => {
  const turn = await runTurn([[text(''), text(' \n '), writes('a')], [text('\n\nDone.')]])
  expect(shownText(turn)).toBe('{"file_path":"a","content":"A"}|\n\nDone.')
  expect(messagesOf(turn.requests[1])[1]?.content).toHaveLength(1)
})

test('B.5 24, L14: thinking goes back exactly as it came', async () => {
  const empty = block({ type: 'thinking', thinking: '', signature: '' }, [
    { type: 'signature_delta', signature: 'sig+/=' },
  ])
  const redacted = block({ type: 'redacted_thinking', data: 'opaque+/=' })
  const turn = await runTurn([[empty, redacted, thinking('Plan.', 's2'), writes('a')], [text('ok')]])
  expect(messagesOf(turn.requests[1])[1]?.content.slice(0, 3)).toEqual([
    { type: 'thinking', thinking: '', signature: 'sig+/=' },
    { type: 'redacted_thinking', data: 'opaque+/=' },
    { type: 'thinking', thinking: 'Plan.', signature: 's2' },
  ])
})

test('B.5 25: thinking without a signature is never sent back', async () => {
  const turn = await runTurn([
    [
      block({ type: 'thinking', thinking: '', signature: '' }, [{ type: 'thinking_delta', thinking: 'Unsigned.' }]),
      writes('a'),
    ],
    [text('ok')],
  ])
  expect(messagesOf(turn.requests[1])[1]?.content).toMatchObject([{ type: 'tool_use' }])
})

test('B.5 28: two calls of one reply with the same id: the second is not run, and no request holds both', async () => {
  const twin = (path: string) => toolUse('os-write', { file_path: path, content: 'x' }, { id: 'twin' })
  const turn = await runTurn([[twin('a'), twin('b')]])
  expect(turn.end).toMatchObject({ error: { code: 'model_protocol' } })
  expect([...turn.journal.files.keys()]).toEqual(['a'])
  expect(turn.notes).toMatchObject([{ code: 'model_odd' }])
  await nextMessageWorks(turn.journal.history)
})

test('B.5 28: an id used again in a later reply is another call', async () => {
  const twin = (path: string) => toolUse('os-write', { file_path: path, content: 'x' }, { id: 'twin' })
  const turn = await runTurn([[twin('a')], [twin('b')], [text('ok')]])
  expect([...turn.journal.files.keys()]).toEqual(['a', 'b'])
  expect(turn.journal.status.size).toBe(2)
})

test('B.5 30: an input cut at max_tokens is not run, said so with its length, and the turn goes on twice', async () => {
  const cut = () =>
    message([toolUse('os-write', {}, { rawInput: '{"file_path":"a","content":"half' })], { stopReason: 'max_tokens' })
  const turn = await runTurn([cut(), cut(), cut()])
  expect(turn.end).toMatchObject({ error: { code: 'output_limit' }, actions: ['continue'] })
  expect(turn.journal.files.size).toBe(0)
  expect(resultTexts(turn)).toEqual(
    Array(3).fill(
      'ERROR CUT_OFF: Your call was cut off after 32 characters at max_tokens. Nothing was done. Write the file in smaller parts.',
    ),
  )
  await nextMessageWorks(turn.journal.history)
})

test('B.5 30: so it is when the cut call has no stop of its own', async () => {
  const open = block(
    { type: 'tool_use', id: 't', name: 'os-write', input: {} },
    [{ type: 'input_json_delta', partial_json: '{"file' }],
    { stop: false },
  )
  const turn = await runTurn([message([text('Now.'), open], { stopReason: 'max_tokens' }), [text('ok')]])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(JSON.stringify(messagesOf(turn.requests[1]).at(-1))).toContain('cut off after 6 characters')
})

test('B.5 30: so it is beside a call that is whole: that one runs, and each such reply counts', async () => {
  const cut = (path: string, input: Record<string, unknown>[]) =>
    message([writes(path), block({ type: 'tool_use', id: 't', name: 'os-write', input: {} }, input, { stop: false })], {
      stopReason: 'max_tokens',
    })
  const begun = [{ type: 'input_json_delta', partial_json: '{"file' }]
  const turn = await runTurn([cut('a', begun), cut('b', []), cut('c', begun)])
  expect(turn.end).toMatchObject({ error: { code: 'output_limit' }, actions: ['continue'] })
  expect([...turn.journal.files.keys()]).toEqual(['a', 'b', 'c'])
  expect(messagesOf(turn.requests[1]).at(-1)?.content).toMatchObject([
    { type: 'tool_result', content: 'OK a has 1 characters' },
    { type: 'text', text: expect.stringContaining('cut off after 6 characters at max_tokens') },
  ])
  expect(JSON.stringify(messagesOf(turn.requests[2]).at(-1))).toContain('cut off after 0 characters')
  await nextMessageWorks(turn.journal.history)
})

test("D1, B.5 44: calls that the end of the turn's time ends do not say that the user did", async () => {
  await using server = await startScriptedModel([[toolUse('slow'), writes('a')]])
  const turn = startTurn(server.url, { limits: { turnMs: 5_000, parallelCalls: 1 } })
  await turn.journal.when(({ fact }) => fact === 'callQueued')
  turn.clock.advance(5_000)
  expect(await turn.end).toMatchObject({ ending: 'failed', error: { code: 'timeout' } })
  expect(turn.journal.history.at(-1)?.content).toMatchObject([
    { content: expect.stringMatching(/^ERROR CANCELLED: Cancelled while running\. /) },
    { content: 'ERROR CANCELLED: Cancelled before it started. Nothing was changed.' },
  ])
})

test('B.5 31, L15: an unreadable input is answered and never run', async () => {
  const turn = await runTurn([
    [toolUse('os-write', {}, { rawInput: '{"file_path":"a", // no\n"content":"x"}' })],
    [text('ok')],
  ])
  expect(turn.journal.files.size).toBe(0)
  expect(resultTexts(turn)[0]).toContain('INVALID_JSON')
  expect(messagesOf(turn.requests[1]).at(-1)?.content).toMatchObject([{ type: 'tool_result', is_error: true }])
})

test('B.5 34, L15: an unknown tool is answered with the nearest name', async () => {
  const turn = await runTurn([[toolUse('os_write', { file_path: 'a' })], [text('ok')]])
  expect(resultTexts(turn)[0]).toMatch(
    /^ERROR UNKNOWN_TOOL: No tool named os_write. Did you mean os-write\? Available: os-view, os-write/,
  )
})

test('B.5 36: more files than a turn may write are refused', async () => {
  const turn = await runTurn([[writes('a'), writes('b'), writes('c'), writes('a')], [text('ok')]], {
    limits: { writtenFiles: 2 },
  })
  expect([...turn.journal.files.keys()]).toEqual(['a', 'b'])
  expect(resultTexts(turn).filter((one) => one.includes('TOO_MANY_FILES'))).toHaveLength(1)
})

test('B.5 40: two writes of one file in a turn happen in the order asked', async () => {
  const turn = await runTurn([[writes('a', 'first'), writes('a', 'second')], [text('ok')]])
  expect(turn.journal.files.get('a')).toBe('second')
  expect(resultTexts(turn)).toEqual(['OK a has 5 characters', 'OK a has 6 characters'])
})

test('B.5 41: 64 calls of one reply all run, and their results are one user message in the order asked', async () => {
  const turn = await runTurn([Array.from({ length: 64 }, (_, i) => writes(`f${i}`)), [text('ok')]])
  expect(turn.journal.files.size).toBe(64)
  const [, asked, results] = messagesOf(turn.requests[1])
  expect(results?.content.map((one) => one['tool_use_id'])).toEqual(asked?.content.map((one) => one['id']))
})

test('B.5 42: a stop during text keeps the partial text, and the next request is valid', async () => {
  await using server = await startScriptedModel([hangAfter(5, [text('I will now build', 4)])])
  const turn = startTurn(server.url)
  await turn.journal.when(({ fact, text }) => fact === 'delta' && text === 'ow b')
  turn.stop.abort()
  expect(await turn.end).toEqual({ ending: 'stopped' })
  expect(await server.waitForEnd(1)).toBe('dropped')
  expect(turn.journal.of('blockCut')).toMatchObject([{ why: 'stopped', kept: { type: 'text', text: 'I will now b' } }])
  expect(turn.journal.history.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'I will now b' }] })
  await nextMessageWorks(turn.journal.history)
})

test('B.5 43: a stop during a tool input never runs the call and drops its block', async () => {
  await using server = await startScriptedModel([hangAfter(8, [text('Now.'), writes('a')])])
  const turn = startTurn(server.url)
  await turn.journal.when(({ fact, kind }) => fact === 'blockStarted' && kind === 'tool')
  turn.stop.abort()
  expect(await turn.end).toEqual({ ending: 'stopped' })
  expect(turn.journal.files.size).toBe(0)
  expect(turn.journal.history.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Now.' }] })
  await nextMessageWorks(turn.journal.history)
})

test('B.5 44: a stop during calls answers the unfinished as cancelled and keeps the finished', async () => {
  await using server = await startScriptedModel([[writes('a'), toolUse('slow'), toolUse('slow'), view('a')]])
  const turn = startTurn(server.url, { limits: { parallelCalls: 2 } })
  await turn.journal.when(({ fact, position }) => fact === 'callStarted' && position === 1)
  await turn.journal.when(({ fact, position }) => fact === 'callQueued' && position === 3)
  turn.stop.abort()
  expect(await turn.end).toEqual({ ending: 'stopped' })
  expect(turn.journal.files.get('a')).toBe('A')
  expect(turn.journal.history.at(-1)?.content).toMatchObject([
    { content: expect.stringContaining('OK a') },
    { is_error: true, content: expect.stringContaining('Cancelled while running') },
    { is_error: true, content: expect.stringContaining('Cancelled') },
    { is_error: true, content: expect.stringContaining('Cancelled before it started') },
  ])
  await nextMessageWorks(turn.journal.history)
})

test('B.5 45: a stop during a wait or before headers is immediate', async () => {
  await using server = await startScriptedModel([httpError(529, 'overloaded_error', 'x'), hang()])
  const waiting = startTurn(server.url)
  waiting.journal.onRetrying = () => waiting.stop.abort()
  expect(await waiting.end).toEqual({ ending: 'stopped' })
  const before = startTurn(server.url)
  await server.waitForRequest(2)
  before.stop.abort()
  expect(await before.end).toEqual({ ending: 'stopped' })
})

test('B.5 45: a turn that is stopped before it starts sends nothing', async () => {
  await using server = await startScriptedModel([[text('ok')]])
  const stopped = startTurn(server.url, { signal: AbortSignal.abort() })
  expect(await stopped.end).toEqual({ ending: 'stopped' })
  expect(server.requests).toHaveLength(0)
})

test('B.5 47: blocks are trusted over the stop reason', async () => {
  const turn = await runTurn([
    message([writes('a')], { stopReason: 'end_turn' }),
    message([text('ok')], { stopReason: 'tool_use' }),
  ])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.files.get('a')).toBe('A')
})

test('B.5 47: an empty end after results is nudged once, then the turn is complete', async () => {
  const turn = await runTurn([[writes('a')], [], []])
  expect(turn.end).toEqual({ ending: 'completed' })
  expect(turn.requests).toHaveLength(3)
  expect(JSON.stringify(messagesOf(turn.requests[2]).at(-1))).toContain('Your reply was empty')
  await nextMessageWorks(turn.journal.history)
})

test('B.5 48: a paused reply is sent back unchanged, five times at most', async () => {
  const paused = message([text('wait')], { stopReason: 'pause_turn' })
  await using server = await startScriptedModel([], { rest: paused, strict: false })
  const turn = startTurn(server.url)
  expect(await turn.end).toMatchObject({ error: { code: 'limit_reached' } })
  expect(server.requests).toHaveLength(6)
  expect(messagesOf(server.requests[1]).at(-1)).toEqual({
    role: 'assistant',
    content: [{ type: 'text', text: 'wait' }],
  })
})

test('B.5 49: a refusal takes its step back, also what its calls have written', async () => {
  const turn = await runTurn([refusal('bio', 'Not this.', [text('Sure'), writes('a'), toolUse('slow')])])
  expect(turn.end).toMatchObject({
    error: { code: 'model_refused', message: expect.stringMatching(/biology.*Not this\./) },
    actions: ['model', 'settings', 'retry'],
  })
  const order = turn.journal.facts
    .map(({ fact }) => fact)
    .filter((fact) => ['callFinished', 'rollBack', 'stepFinished'].includes(fact))
  expect(order).toEqual(['callFinished', 'callFinished', 'rollBack', 'stepFinished'])
  expect(turn.journal.files.size).toBe(0)
  expect(turn.journal.history).toHaveLength(1)
})

test('B.5 49: a call that a refusal leaves half written does not stay pending', async () => {
  const half = block({ type: 'tool_use', id: 't', name: 'os-write', input: {} }, [], { stop: false })
  const turn = await runTurn([refusal('cyber', 'No.', [half])])
  expect(turn.end).toMatchObject({ error: { code: 'model_refused' } })
  expect(turn.journal.of('blockCut')).toHaveLength(1)
})

test('B.5 50: text cut at max_tokens goes on once by itself, then a person decides', async () => {
  const long = () => message([text('more ')], { stopReason: 'max_tokens' })
  const turn = await runTurn([long(), long()])
  expect(turn.end).toMatchObject({ error: { code: 'output_limit' }, actions: ['continue'] })
  expect(turn.requests).toHaveLength(2)
  expect(messagesOf(turn.requests[1]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect((await runTurn([long(), [text('end')]])).end).toEqual({ ending: 'completed' })
})

test('B.5 51: the same call with the same input in three steps ends the turn', async () => {
  const turn = await runTurn([[view('a')], [view('a')], [view('a')]])
  expect(turn.end).toMatchObject({
    error: { code: 'loop', message: expect.stringContaining('os-view') },
    actions: ['continue'],
  })
  await nextMessageWorks(turn.journal.history)
})

test('B.5 51: looking again after a change is no loop', async () => {
  const turn = await runTurn([
    [view('a')],
    [writes('b', '1')],
    [view('a')],
    [writes('b', '2')],
    [view('a')],
    [text('ok')],
  ])
  expect(turn.end).toEqual({ ending: 'completed' })
})

test('B.5 51: a turn has a limit of replies, 50 if no other is given', async () => {
  expect(defaultLimits).toMatchObject({ steps: 50, sameCall: 3, retries: 6, tries: 4 })
  const replies = Array.from({ length: 5 }, (_, i) => [writes(`f${i}`)])
  const long = await runTurn(replies, { limits: { steps: 3 } })
  expect(long.end).toMatchObject({ error: { code: 'limit_reached' }, actions: ['continue'] })
  expect(long.requests).toHaveLength(3)
})

test('a turn that takes too long ends with what is done', async () => {
  await using server = await startScriptedModel([[writes('a'), gate(new Promise(() => {}))]])
  const turn = startTurn(server.url, { limits: { turnMs: 600_000 } })
  await turn.journal.when(({ fact }) => fact === 'callFinished')
  turn.clock.advance(600_000)
  expect(await turn.end).toMatchObject({ error: { code: 'timeout' }, actions: ['continue'] })
  expect(turn.journal.files.get('a')).toBe('A')
})

test('calls start when their block stops, not when the reply ends', async () => {
  const open = Promise.withResolvers<void>()
  await using server = await startScriptedModel([[writes('a'), gate(open.promise), writes('b')], [text('ok')]])
  const turn = startTurn(server.url)
  await turn.journal.when(({ fact, position }) => fact === 'callFinished' && position === 0)
  expect(turn.journal.files.get('a')).toBe('A')
  open.resolve()
  expect(await turn.end).toEqual({ ending: 'completed' })
})

test('usage and cost of all requests of a step are added up', async () => {
  const busy = [text('a'), errorEvent('overloaded_error', 'x')]
  const turn = await runTurn([busy, message([text('ok')], { usage: { input_tokens: 10, output_tokens: 20 } })], {
    costOf: ({ outputTokens }) => ({ usd: outputTokens }),
  })
  expect(turn.journal.of('stepFinished')).toMatchObject([
    { usage: { incomplete: true } },
    { usage: { inputTokens: 10, outputTokens: 20 }, cost: { usd: 20 } },
  ])
})

test('in plan and chat mode changing tools are refused and reading ones run', async () => {
  for (const mode of ['plan', 'chat'] as const) {
    const turn = await runTurn([[writes('a'), view('a')], [text('ok')]], { mode })
    expect(turn.journal.files.size).toBe(0)
    expect(resultTexts(turn)).toEqual([
      expect.stringMatching(/^ERROR MODE_READ_ONLY: os-write/),
      expect.stringContaining('NOT_FOUND'),
    ])
  }
})

test('L1: what the model reads of a call is what the journal stored', async () => {
  const turn = await runTurn([[writes('a'), view('gone'), toolUse('throws')], [text('ok')]])
  const sent = messagesOf(turn.requests[1])
    .at(-1)
    ?.content.map((one) => one['content'])
  expect(sent).toEqual(resultTexts(turn).toSorted((a, b) => (sent ?? []).indexOf(a) - (sent ?? []).indexOf(b)))
  expect(JSON.stringify(sent)).not.toContain('secret.ts')
  expect(turn.notes).toMatchObject([{ code: 'tool_bug' }])
})

test('L6: a lost lease ends the loop with the journal error, stops the model and touches nothing after it', async () => {
  for (const lostAt of ['requestReady', 'blockStopped', 'callStarted', 'callFinished', 'stepFinished', 'retrying']) {
    await using server = await startScriptedModel([
      httpError(529, 'overloaded_error', 'x'),
      [text('Hi.'), writes('a'), gate(Promise.resolve())],
      [text('ok')],
    ])
    const lost = new Error(`lost at ${lostAt}`)
    let isLost = false
    const turn = startTurn(server.url, {
      before({ fact }) {
        expect(isLost, `${fact} after the loss`).toBe(false)
        if (fact !== lostAt) return
        isLost = true
        throw lost
      },
    })
    await expect(turn.end).rejects.toBe(lost)
    expect(turn.journal.facts.some(({ fact }) => fact === lostAt)).toBe(false)
  }
})

test('L6: a lease lost while the model writes closes the connection', async () => {
  await using server = await startScriptedModel([[text('Hi.'), gate(new Promise(() => {}))]])
  const turn = startTurn(server.url, {
    before({ fact }) {
      if (fact === 'blockStopped') throw new Error('lost')
    },
  })
  await expect(turn.end).rejects.toThrow('lost')
  expect(await server.waitForEnd(1)).toBe('dropped')
})

test('L4: what is shown is what was streamed, whatever the pieces', async () => {
  const seed = 'Ä👩‍👩‍👧\n\t "quoted" \\u00e9 < & > — '
  for (let size = 1; size <= 12; size += 1) {
    const words = Array.from({ length: size }, (_, i) => Array.from(seed).slice(i).join('')).join('')
    const turn = await runTurn([
      [
        thinking(words),
        text(words, size),
        toolUse('os-write', { file_path: 'a', content: words }, { chunkSize: size }),
        text(words, 1),
      ],
      [text(`${words}!`, size)],
    ])
    expect([...turn.journal.shown.values()]).toEqual([
      words,
      words,
      JSON.stringify({ file_path: 'a', content: words }),
      words,
      `${words}!`,
    ])
    expect(turn.journal.files.get('a')).toBe(words)
  }
})

test('tools are declared sorted by name, with their schema and eager streaming', async () => {
  const { requests } = await runTurn([[text('ok')]], { tools: testTools().toReversed() })
  const tools = requests[0]?.['tools'] as Record<string, unknown>[]
  expect(tools.map(({ name }) => name)).toEqual(['os-view', 'os-write', 'slow', 'throws'])
  expect(tools[1]).toMatchObject({
    eager_input_streaming: true,
    input_schema: { type: 'object', required: ['file_path', 'content'] },
  })
  const schema = tools[1]?.['input_schema'] as { properties?: object } | undefined
  expect(Object.keys(schema?.properties ?? {})).toEqual(['file_path', 'content'])
})
