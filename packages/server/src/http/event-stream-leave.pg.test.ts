import { once } from 'node:events'
import { createServer, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { startTestPlane, value } from '../test-plane.ts'
import { answerRaw } from './raw-routes.ts'
import type { RawCalls } from './services.ts'

const plane = await startTestPlane()

/** What happens before the route is asked, and in the middle of each of its questions to the database. */
let beforehand: (response: ServerResponse) => Promise<void>
let meanwhile: typeof beforehand
/** Readers that have been begun and have not ended. */
let reading = 0
/** What readers were told to end with. */
const signals: AbortSignal[] = []
/** Apps that a snapshot was made of. */
const built: string[] = []
let answered = Promise.withResolvers<void>()
beforeEach(() => {
  beforehand = async () => {}
  meanwhile = beforehand
  answered = Promise.withResolvers()
  for (const kept of [signals, built]) kept.length = 0
})

/** The route alone at a port, on the real calls. */
const server = createServer((incoming, response) => {
  const url = new URL(`http://localhost${incoming.url}`)
  const { raw: real } = plane
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    const got = await answer
    await meanwhile(response)
    return got
  }
  const raw: RawCalls = {
    ...real,
    snapshot(app) {
      built.push(app)
      return asked(real.snapshot(app))
    },
    numbers: (app) => asked(real.numbers(app)),
    async events(app, after, signal) {
      signals.push(signal)
      const found = await real.events(app, after, signal)
      return found.ok ? { ...found, value: counted(found.value) } : found
    },
  }
  const headers = Object.entries(incoming.headers).map(([name, text]): [string, string] => [name, String(text)])
  const request = new Request(url, { method: incoming.method ?? 'GET', headers })
  const call = {
    request,
    url,
    params: { app: url.pathname.slice(1) },
    body: new Uint8Array(),
    person: 'owner',
    response,
  }
  const options = { raw, version: 'test', publicUrl: url.origin, closing: new AbortController().signal }
  void beforehand(response)
    .then(() => answerRaw(options, 'GET /apps/{app}/events', call))
    .then((answer) => {
      if (incoming.method === 'HEAD' || answer.status >= 400) response.writeHead(answer.status).end()
      answered.resolve()
    })
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function* counted<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  reading += 1
  try {
    yield* events
  } finally {
    reading -= 1
  }
}

const ask = (app: string, method = 'GET', headers: Record<string, string> = {}) =>
  httpRequest({ host: '127.0.0.1', port, path: `/${app}`, method, headers, agent: false })

for (const headers of [{}, { 'last-event-id': '1' }])
  for (const when of ['before it is heard', 'while its beginning is sought'])
    test(`E-D5: of a client that leaves ${when}, ${'last-event-id' in headers ? 'after its last event' : 'for a snapshot'}, no reader stays`, async () => {
      const { id } = await plane.create()
      const leave = async (response: ServerResponse) => {
        if (response.destroyed) return
        const closed = once(response, 'close')
        client.destroy()
        await closed
      }
      if (when === 'before it is heard') beforehand = leave
      else meanwhile = leave
      const client = ask(id, 'GET', headers)
      client.on('error', () => {}) // it leaves
      client.end()
      await answered.promise
      expect(signals.map(({ aborted }) => aborted)).not.toContain(false)
      expect(reading).toBe(0)
    })

test('E-D5: of a client that leaves while it reads, no reader stays, though its app is idle', async () => {
  const { id } = await plane.create()
  const client = ask(id)
  client.end()
  const [answer] = await once(client, 'response')
  await once(answer, 'data')
  await vi.waitFor(() => expect(reading).toBe(1))
  client.destroy()
  await vi.waitFor(() => expect(reading).toBe(0))
})

test('E-D5: a stream that goes on, and a HEAD, have no snapshot made; one that begins has one', async () => {
  const { id } = await plane.create()
  const statusOf = async (app: string, ...how: [method?: string, headers?: Record<string, string>]) => {
    const client = ask(app, ...how)
    client.end()
    const [answer] = await once(client, 'response')
    client.destroy()
    return answer.statusCode
  }
  expect(await statusOf(id, 'HEAD')).toBe(200)
  expect(await statusOf('nobody', 'HEAD')).toBe(404)
  expect(await statusOf(id, 'GET', { 'last-event-id': String(value(await plane.raw.numbers(id)).highest) })).toBe(200)
  expect(built).toEqual([])
  expect(await statusOf(id)).toBe(200)
  expect(built).toEqual([id])
})
