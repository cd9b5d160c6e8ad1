import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AppEvent, must, parseHost } from '@overskill/protocol'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { createControlPlane } from './control-plane.ts'
import { withTestDatabase } from './database/test-database.ts'
import { silentLog } from './log.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'overskill-'))
const { db } = await withTestDatabase()
const config = readConfig({ OVERSKILL_DATA_DIR: dataDir }, dataDir)
const plane = await createControlPlane({ config, db, log: silentLog, version: 'test', samplePace: 'instant' })
const front = createServer((request, response) => {
  plane.edge.handle(request, response, parseHost(request.headers.host ?? '', config.domains))
}).listen(0, '127.0.0.1')

afterAll(async () => {
  front.close()
  await plane.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** Every event of an app from its first up to and including the one that is waited for. */
async function eventsUntil(app: string, isLast: (event: AppEvent) => boolean): Promise<AppEvent[]> {
  const stream = await plane.services.raw.events(app, 0, AbortSignal.timeout(60_000))
  const seen: AppEvent[] = []
  if (stream.ok) {
    for await (const event of stream.value) {
      seen.push(event)
      if (isLast(event)) return seen
    }
  }
  throw new Error(`The event did not come. Seen: ${seen.map(({ type }) => type).join(' ')}`)
}

const fetchHost = (host: string, path = '/'): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const { port } = front.address() as AddressInfo
    get({ host: '127.0.0.1', port, path, headers: { host, accept: 'text/html' } }, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    }).on('error', reject)
  })

test('a sentence becomes an app whose preview is on line when the turn ends', async () => {
  const prompt = 'A reading list for my book club with title, author and rating, in green'
  const made = await plane.services.calls.apps.create({ prompt }, 'person')
  const { app } = must(made.ok ? made.value : undefined, 'The app')

  const events = await eventsUntil(app.id, ({ type }) => type.startsWith('turn.') && !/queued|started/.test(type))

  const last = must(events.at(-1), 'The last event')
  expect(last).toMatchObject({ type: 'turn.completed', turn: { version: 1, deployment: { status: 'live' } } })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const page = await fetchHost(`preview-${app.id}.localhost`)
  expect(page.status).toBe(200)
  expect(page.body).toContain('<div id="root">')
})
