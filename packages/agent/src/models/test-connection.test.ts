import { chatWire, httpError, startScriptedModel, text, toolUse, type Reply } from '@overskill/model-server'
import type { ConnectionTest } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { testKey } from '../agent-test-kit.ts'
import { openProvider } from './model-provider.ts'
import { testConnection } from './test-connection.ts'

const calls: Reply = [toolUse('connection-test', { word: 'lighthouse' })]
const says: Reply = [text('Done')]

async function tested(
  replies: readonly Reply[],
  { model = 'm-1', key = testKey, apiKey = testKey, path = '/v1' } = {},
): Promise<ConnectionTest> {
  await using server = await startScriptedModel(replies, { wire: chatWire, models: ['m-1', 'm-2'], key })
  const provider = openProvider({ name: 'openai', baseUrl: server.url + path, apiKey })
  return await testConnection(provider, model, new AbortController().signal)
}
const shown = ({ steps }: ConnectionTest) => steps.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'failed'}`)
const words = ({ steps }: ConnectionTest) => steps.at(-1)?.detail

test('a connection that works shows address, key, model and one tool round-trip with its result', async () => {
  await using server = await startScriptedModel([calls, says], { wire: chatWire, models: ['m-1'], key: testKey })
  const provider = openProvider({ name: 'openai', baseUrl: `${server.url}/v1`, apiKey: testKey })
  const done = await testConnection(provider, 'm-1', new AbortController().signal)
  expect(done.ok).toBe(true)
  expect(shown(done)).toEqual(['address ok', 'key ok', 'model ok', 'tool ok'])
  expect(server.requests[1]?.['messages']).toContainEqual({
    role: 'tool',
    tool_call_id: 'call_0002_000',
    content: '"lighthouse" arrived.',
  })
})

test('the same works on the wire of Anthropic', async () => {
  await using server = await startScriptedModel([calls, says], { models: ['m-1'] })
  const provider = openProvider({ name: 'anthropic', baseUrl: server.url, apiKey: testKey })
  expect(shown(await testConnection(provider, 'm-1', new AbortController().signal))).toHaveLength(4)
})

test('nothing at the address: only that is said, with what to check', async () => {
  const provider = openProvider({ name: 'ollama', baseUrl: 'http://127.0.0.1:9/v1' })
  const done = await testConnection(provider, 'm-1', new AbortController().signal)
  expect(shown(done)).toEqual(['address failed'])
  expect(words(done)).toMatch(/Cannot reach .*Check the address/)
})

test('A9: a wrong key is said at once, with the variable that holds it and without the key', async () => {
  const done = await tested([], { key: 'another' })
  expect(shown(done)).toEqual(['address ok', 'key failed'])
  expect(words(done)).toContain('Check OPENAI_API_KEY')
  expect(JSON.stringify(done)).not.toContain(testKey)
})

test('a key that only the models themselves refuse is a failed key, though the list took it', async () => {
  const done = await tested([httpError(401, 'authentication_error', 'no')])
  expect(shown(done)).toEqual(['address ok', 'key failed'])
})

test('a model that is not there is named with others that are', async () => {
  const done = await tested([httpError(404, 'not_found_error', 'no such model')], { model: 'm-9' })
  expect(shown(done)).toEqual(['address ok', 'key ok', 'model failed'])
  expect(words(done)).toMatch(/no model m-9 .* It has, for example: m-1, m-2/)
})

test('a model that is not listed and answers nevertheless is no failure', async () => {
  expect(await tested([calls, says], { model: 'alias' })).toMatchObject({ ok: true })
})

test('a model that answers in words, calls something else or does not take the result cannot build, and it is said why', async () => {
  expect(words(await tested([says]))).toContain('in words instead of calling a tool')
  expect(words(await tested([[toolUse('connection-test', { word: 'other' })]]))).toContain('something else')
  const refusing = await tested([calls, httpError(400, 'invalid_request_error', 'role tool is not known')])
  expect(words(refusing)).toMatch(/did not take its result: .*role tool is not known/)
  const noTools = await tested([httpError(400, 'invalid_request_error', 'm-1 does not support tools')])
  expect(words(noTools)).toContain('cannot call tools')
  expect(shown(noTools)).toEqual(['address ok', 'key ok', 'model ok', 'tool failed'])
})

test('an address without its /v1 is said to be one', async () => {
  const done = await tested([], { path: '' })
  expect(done.ok).toBe(false)
  expect(words(done)).toMatch(/HTTP 404|no model/)
})

test('a stop ends a test that waits', async () => {
  const stop = new AbortController()
  await using server = await startScriptedModel([() => (stop.abort(), calls)], { wire: chatWire, models: ['m-1'] })
  const done = await testConnection(openProvider({ name: 'openai', baseUrl: `${server.url}/v1` }), 'm-1', stop.signal)
  expect(done.ok).toBe(false)
})
