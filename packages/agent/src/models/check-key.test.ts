import { startScriptedModel } from '@overskill/model-server'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { testKey } from '../agent-test-kit.ts'
import { checkKey } from './check-key.ts'

/** A server that answers everything alike, or never. */
async function answering(status: number | 'never', body = '{}') {
  const server = createServer((_request, response) => {
    if (status !== 'never') response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, [Symbol.asyncDispose]: close }
}

test('a key that works is said to, with the models there', async () => {
  await using server = await startScriptedModel([], { models: ['one', 'two'] })
  const check = await checkKey({ apiKey: testKey, baseUrl: server.url })
  expect(check).toEqual({ ok: true, text: `The key works: ${server.url} lists 2 models.`, models: ['one', 'two'] })
})

test('a rejected key, a dead address and silence are told apart, and no text holds the key', async () => {
  await using rejecting = await answering(
    401,
    JSON.stringify({ error: { type: 'authentication_error', message: testKey } }),
  )
  await using silent = await answering('never')
  const checks = [
    await checkKey({ apiKey: testKey, baseUrl: rejecting.url }),
    await checkKey({ apiKey: testKey, baseUrl: 'http://127.0.0.1:9' }),
    await checkKey({ apiKey: testKey, baseUrl: silent.url, limitMs: 100 }),
    await checkKey({ apiKey: testKey, baseUrl: 'no address' }),
  ]
  expect(checks.map(({ ok }) => ok)).toEqual([false, false, false, false])
  expect(checks[0]?.text).toContain('rejected the key')
  expect(checks[1]?.text).toContain('Cannot reach')
  expect(checks[2]?.text).toContain('did not answer within 0.1 s')
  expect(JSON.stringify(checks)).not.toContain(testKey)
})

test('an address without a list of models says that nothing could be checked', async () => {
  await using server = await answering(404)
  expect(await checkKey({ apiKey: testKey, baseUrl: server.url })).toMatchObject({
    ok: false,
    text: expect.stringContaining('could not be checked'),
  })
})
