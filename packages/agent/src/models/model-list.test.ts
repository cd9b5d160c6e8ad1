import { body, chatWire, startScriptedModel } from '@overskill/model-server'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { testKey } from '../agent-test-kit.ts'
import { openProvider } from './model-provider.ts'

/** A server that answers everything alike, or never. */
async function answering(status: number | 'never', words = '{}') {
  const server = createServer((_request, response) => {
    if (status !== 'never') response.writeHead(status, { 'content-type': 'application/json' }).end(words)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, [Symbol.asyncDispose]: close }
}

const chat = (baseUrl: string, apiKey = testKey) => openProvider({ name: 'openai', baseUrl, apiKey })

test('both protocols list the models of their address, with the key', async () => {
  await using messages = await startScriptedModel([], { models: ['one', 'two'], key: testKey })
  await using completions = await startScriptedModel([], { models: ['three'], key: testKey, wire: chatWire })
  const anthropic = await openProvider({ name: 'anthropic', baseUrl: messages.url, apiKey: testKey }).list()
  expect(anthropic).toMatchObject({
    ok: true,
    text: `The key works: ${messages.url} lists 2 models.`,
    models: [{ name: 'one', context: 1_000_000 }, { name: 'two' }],
  })
  expect(await chat(`${completions.url}/v1`).list()).toMatchObject({ ok: true, models: [{ name: 'three' }] })
})

test('OpenRouter says context, prices and whether a model calls tools; what is not of the right form is left out', async () => {
  const data = [
    {
      id: 'a/b',
      name: 'A: B',
      context_length: 200_000,
      pricing: { prompt: '0.000003', completion: '0.000015', input_cache_read: '0.0000003', input_cache_write: 'x' },
      supported_parameters: ['tools'],
    },
    { id: 'c/d', context_length: null, pricing: { prompt: '-1', completion: '-1' }, supported_parameters: ['seed'] },
    { id: 7 },
    'nonsense',
  ]
  await using server = await answering(200, JSON.stringify({ data }))
  expect(await openProvider({ name: 'openrouter', baseUrl: server.url }).list()).toMatchObject({
    models: [
      {
        name: 'a/b',
        title: 'A: B',
        context: 200_000,
        prices: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3 },
        tools: true,
      },
      { name: 'c/d', tools: false },
    ],
  })
})

test('a rejected key, a dead address and silence are told apart, and no text holds the key', async () => {
  const words = JSON.stringify({ error: { type: 'authentication_error', message: testKey } })
  await using rejecting = await answering(401, words)
  await using silent = await answering('never')
  const lists = [
    await chat(rejecting.url).list(),
    await chat('http://127.0.0.1:9').list(),
    await chat(silent.url).list(100),
    await chat('no address').list(),
    await chat(rejecting.url, '').list(),
  ]
  expect(lists.map(({ ok }) => ok)).toEqual([false, false, false, false, false])
  const texts = lists.map(({ text }) => text)
  expect(texts[0]).toContain('rejected the key. Check OPENAI_API_KEY')
  expect(texts[1]).toContain('Cannot reach')
  expect(texts[2]).toContain('did not answer within 0.1 s')
  expect(texts[4]).toContain('asks for a key. Set OPENAI_API_KEY')
  expect(JSON.stringify(lists)).not.toContain(testKey)
})

test('an address without a list, a page instead of one and an endless one are no list, and say so', async () => {
  await using missing = await answering(404)
  await using page = await answering(200, '<title>Sign in</title>')
  await using endless = await answering(200, JSON.stringify({ data: ['x'.repeat(8_100_000)] }))
  expect(await chat(missing.url).list()).toMatchObject({
    answered: true,
    code: 'no_list',
    text: expect.stringContaining('lists no models'),
  })
  expect(await chat(page.url).list()).toMatchObject({
    code: 'no_list',
    text: expect.stringContaining('usually ends in /v1'),
  })
  expect(await chat(endless.url).list()).toMatchObject({ code: 'no_list', text: expect.stringContaining('far more') })
})

test('a redirect is not followed, so a key goes nowhere else', async () => {
  await using elsewhere = await startScriptedModel([body('application/json', '{}')])
  const server = createServer((_request, response) => response.writeHead(302, { location: elsewhere.url }).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const listing = await chat(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).list()
  await new Promise((resolve) => server.close(resolve))
  expect(listing.ok).toBe(false)
  expect(elsewhere.received).toEqual([])
})
