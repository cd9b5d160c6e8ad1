import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { fromWire, type AppEvent, type Snapshot } from '@overskill/protocol'
import { startTestServer } from './test-server.ts'

const server = await startTestServer()
const { port } = server.config

type Frame = { id: string; event: string; data: string }

/** Reads a stream until `enough`, then cuts the connection as a lost network does. */
function readStream(
  path: string,
  headers: OutgoingHttpHeaders,
  enough: (frames: Frame[]) => boolean,
): Promise<{ frames: Frame[]; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const all = { host: `localhost:${port}`, ...headers }
    const request = httpRequest({ host: '127.0.0.1', port, path, headers: all, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const frames = parse(text)
        if (!enough(frames)) return
        request.destroy()
        resolve({ frames, response })
      })
      response.on('end', () => resolve({ frames: parse(text), response }))
      response.on('error', () => {})
    })
    request.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)))
    request.end()
  })
}

/** The whole frames of a stream's text. */
const parse = (text: string): Frame[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .filter((part) => part.startsWith('id:'))
    .map(
      (part) =>
        Object.fromEntries(
          part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        ) as Frame,
    )

const rename = (app: string, name: string) => server.send({ method: 'PATCH', path: `/api/apps/${app}`, json: { name } })

test('E-D1: a stream begins with a snapshot and its number, and goes on with every event after it', async () => {
  const app = await server.createApp()
  await rename(app, 'Before')
  const reading = readStream(`/api/apps/${app}/events`, {}, (frames) => {
    if (frames.length === 1) void rename(app, 'After')
    return frames.length === 2
  })
  const { frames, response } = await reading
  expect(response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  })
  const [first, second] = frames
  const snapshot = JSON.parse(first!.data) as Snapshot
  expect([first!.event, first!.id, snapshot.app.name]).toEqual(['snapshot', String(snapshot.seq), 'Before'])
  const event = fromWire(second!.event, second!.data)
  expect([second!.id, event?.type, event?.type === 'app.updated' && event.app.name]).toEqual([
    String(snapshot.seq + 1),
    'app.updated',
    'After',
  ])
})

test('E-B1, E-D2, B.5 53: clients that are cut off again and again while writers write see every event once', async () => {
  const app = await server.createApp()
  const start = (await server.json<{ seq: number }>({ path: `/api/apps/${app}/conversation` })).seq
  const total = 160
  const client = async (turn: number): Promise<AppEvent[]> => {
    const seen: AppEvent[] = []
    while (seen.length < total) {
      const last = String(seen.at(-1)?.seq ?? start)
      const few = 1 + ((seen.length * 7 + turn) % 11)
      const [path, headers] = turn % 2 === 0 ? ['', { 'last-event-id': last }] : [`?after=${last}`, {}]
      const { frames } = await readStream(
        `/api/apps/${app}/events${path}`,
        headers,
        (read) => read.length >= Math.min(few, total - seen.length),
      )
      for (const { event, data } of frames.slice(0, total - seen.length)) {
        expect(event).not.toBe('snapshot')
        seen.push(fromWire(event, data)!)
      }
    }
    return seen
  }
  const clients = [0, 1, 2].map(client)
  const writer = async (name: string) => {
    for (let i = 0; i < total / 4; i += 1) expect((await rename(app, `${name} ${i}`)).status).toBe(200)
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(writer))
  for (const seen of await Promise.all(clients)) {
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => start + 1 + i))
  }
})

test('E-D1: a number that the log does not have yet, and one that is no number, begin with a snapshot', async () => {
  const app = await server.createApp()
  for (const id of ['999999', 'abc', '-1', '1e3']) {
    const { frames } = await readStream(`/api/apps/${app}/events`, { 'last-event-id': id }, (read) => read.length === 1)
    expect([id, frames[0]?.event]).toEqual([id, 'snapshot'])
  }
})

test('E-D3: a client that reads nothing holds up nobody', async () => {
  const app = await server.createApp()
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /api/apps/${app}/events HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`)
  socket.pause()
  const big = 'x'.repeat(500)
  const body = { description: big }
  for (let i = 0; i < 60; i += 1) await server.send({ method: 'PATCH', path: `/api/apps/${app}`, json: body })
  const seq = (await server.json<{ seq: number }>({ path: `/api/apps/${app}/conversation` })).seq
  const { frames } = await readStream(`/api/apps/${app}/events?after=0`, {}, (read) => read.length === seq)
  expect(frames.at(-1)?.id).toBe(String(seq))
  socket.destroy()
})

test('E-D4: when the server stops, its streams end and it is done at once', async () => {
  const app = await server.createApp()
  const ended = readStream(`/api/apps/${app}/events`, {}, (frames) => {
    if (frames.length === 1) void server.http.drain(5_000)
    return false
  })
  const began = performance.now()
  expect((await ended).frames).toHaveLength(1)
  expect(performance.now() - began).toBeLessThan(3_000)
})
