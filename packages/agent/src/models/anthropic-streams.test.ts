import {
  block,
  bytes,
  errorEvent,
  event,
  message,
  ping,
  refusal,
  startScriptedModel,
  text,
  thinking,
  toolUse,
  type Reply,
} from '@overskill/model-server'
import { expect, test } from 'vitest'
import { anthropic, testKey } from '../agent-test-kit.ts'
import { anthropicSource } from './anthropic.ts'
import { AnthropicReply } from './anthropic-reply.ts'
import { collectReply, splitsThatDiffer } from './reply-test-kit.ts'

const words = 'Grüße 👩‍👩‍👧\r\n'
const write = toolUse('os-write', { file_path: 'ä.ts', content: `const a = '👍'\n` }, { chunkSize: 11 })

/** One stream of every kind that the checklist names (AGENT.md B.1, B.5). */
const streams: Record<string, Reply> = {
  'thinking, text and calls': [thinking('Plan «ü».'), text(words, 5), write, toolUse('os-list-files')],
  'thinking without text, redacted thinking': [
    block({ type: 'thinking', thinking: '', signature: '' }, [{ type: 'signature_delta', signature: 'Eq+/==' }]),
    block({ type: 'redacted_thinking', data: 'ZGF0YQ+/==' }),
    text('ok'),
  ],
  'blocks that grow in turns': message([text(words, 3), write, text('Ende', 1)], { interleave: true }),
  'server tools and citations': [
    block({ type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }, [
      { type: 'input_json_delta', partial_json: '{"query":"wörter"}' },
    ]),
    block({ type: 'web_search_tool_result', tool_use_id: 's1', content: [{ url: 'https://a.example/ü' }] }),
    block({ type: 'text', text: '' }, [
      { type: 'text_delta', text: 'Laut' },
      { type: 'citations_delta', citation: { url: 'https://a.example/ü', title: 'Ü' } },
    ]),
  ],
  'unknown events, blocks and deltas': [
    event('something_new', { x: 'ß' }),
    block({ type: 'hologram', frames: [1] }, [{ type: 'hologram_delta', x: 1 }]),
    block({ type: 'fallback', from: 'a' }, [], { stop: false }),
    ping(),
  ],
  'input cut at the longest reply': message(
    [toolUse('os-write', {}, { rawInput: '{"file_path":"a","content":"halb ü' })],
    {
      stopReason: 'max_tokens',
    },
  ),
  'input that is no JSON': [toolUse('os-write', {}, { rawInput: '{"a": // nö\n"x"}' })],
  'escapes and half pairs': [toolUse('os-write', {}, { rawInput: '{"a":"\\ud83d\\ude00\\ud83d é"}', chunkSize: 3 })],
  'a refusal': refusal('cyber', 'Nein, ßo nicht.', [text('Sure')]),
  'overloaded in the middle': [text('Hälfte'), errorEvent('overloaded_error', 'Überlastet')],
  'overloaded at once': [errorEvent('overloaded_error', 'Overloaded')],
  'several message_delta, usage without counts': message(
    [text('a'), event('message_delta', { delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 500 } })],
    { usage: { input_tokens: null } },
  ),
  'no message_stop': message([text('ab')], { without: 'message_stop' }),
  'comments, CR LF and data that is no event': [bytes(': hällo\r\n\r\ndata: 7\r\n\r\n'), text('ok'), bytes(':\r\r')],
}

test('B.5 1: every kind of stream gives the same events wherever its bytes are split', async () => {
  const source = anthropicSource('http://127.0.0.1:9', testKey, 'scripted-1')
  for (const [name, reply] of Object.entries(streams)) {
    const all = await bytesOf(reply)
    expect(all.length, name).toBeGreaterThan(100)
    expect(
      splitsThatDiffer(all, () => new AnthropicReply(source, 1e6)),
      name,
    ).toEqual([])
  }
})

/** The bytes of a reply as a server sends them. */
async function bytesOf(reply: Reply): Promise<Uint8Array> {
  await using server = await startScriptedModel([reply])
  let all: Promise<ArrayBuffer> | undefined
  const keep: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    all = response.clone().arrayBuffer()
    return response
  }
  await collectReply(anthropic(server.url, { fetch: keep }))
  return new Uint8Array((await all) ?? new ArrayBuffer(0))
}
