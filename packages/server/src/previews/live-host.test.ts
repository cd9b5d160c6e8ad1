import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
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
const { port } = server.address() as AddressInfo

/** As a browser asks: what another program sends is no visit. */
async function get(path: string, headers: Record<string, string>): Promise<{ answer: IncomingMessage; body: string }> {
  const [answer] = (await once(httpRequest({ port, path, headers }).end(), 'response')) as [IncomingMessage]
  let body = ''
  for await (const piece of answer) body += String(piece)
  return { answer, body }
}
afterAll(() => server.close())

test('while a live page opens, a person sees a page that looks again by itself; a part of it and a frame wait for the opening', async () => {
  const part = get('/src/main.tsx', { accept: '*/*', 'sec-fetch-mode': 'cors' })
  const frame = get('/', { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' })
  const { answer, body } = await get('/', { accept: 'text/html' })
  const { headers, statusCode } = answer
  expect([statusCode, headers['retry-after'], headers['cache-control']]).toEqual([503, '1', 'no-store'])
  expect(body).toContain('http-equiv="refresh"')
  expect(headers['content-security-policy']).toContain(`frame-ancestors 'self' http://localhost`)
  opened.resolve(ok(undefined))
  expect((await part).body).toBe('the page')
  expect((await frame).body).toBe('the page')
})
