import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ok, type Outcome } from '@overskill/protocol'
import { afterAll, expect, test } from 'vitest'
import { createLiveHost } from './live-host.ts'

/** A live host whose page opens when it is told to. */
const opened = Promise.withResolvers<Outcome<undefined>>()
const host = createLiveHost({
  previews: { isReady: () => false, open: () => opened.promise },
  service: {
    handle: (_app, _request, response) => response.end('the page'),
    upgrade: (_app, _request, socket) => socket.end(),
  },
  urlOf: (app) => `http://live-${app}.localhost/`,
  sendNoApp: (_request, response) => response.writeHead(404).end(),
  studioOrigins: ['http://localhost'],
  onError: (error) => expect(error).toBeUndefined(),
})
const server = createServer((request, response) => host.handle(request, response, 'aaaaaa')).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
afterAll(() => server.close())

test('while a live page opens, a person sees a page that looks again by itself, and a part of it waits for the opening', async () => {
  const part = fetch(`${address}src/main.tsx`)
  const page = await fetch(address, { headers: { accept: 'text/html' } })
  const { headers } = page
  expect([page.status, headers.get('retry-after'), headers.get('cache-control')]).toEqual([503, '1', 'no-store'])
  expect(await page.text()).toContain('http-equiv="refresh"')
  expect(headers.get('content-security-policy')).toContain(`frame-ancestors 'self' http://localhost`)
  opened.resolve(ok(undefined))
  expect(await (await part).text()).toBe('the page')
})
