import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, type AppEvent, type AppEventType, must, type Outcome, parseHost } from '@overskill/protocol'
import { afterAll } from 'vitest'
import { readConfig } from './config.ts'
import { type ControlPlane, createControlPlane } from './control-plane.ts'
import type { Database } from './database/database.ts'
import { withTestDatabase } from './database/test-database.ts'
import { createLog, plainFields } from './log.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** A whole control plane on a real database, for one test file: no port of its own but the edge's front. */
export type TestPlane = {
  db: Database
  calls: ControlPlane['services']['calls']
  raw: ControlPlane['services']['raw']
  /** A GET at an app's host, by its name without the domain. */
  page(host: string, path?: string): Promise<Answer>
  /** Waits for the first event of an app that fits, from `after` on. Returns all events up to it. */
  until(app: string, fits: (event: AppEvent) => boolean, after?: number): Promise<AppEvent[]>
  /** The nth end of a turn of the app, and all events before it. */
  turnEnd(app: string, nth?: number): Promise<AppEvent[]>
  create(prompt?: string): Promise<App>
  /** Closes the plane as a stopping process does, and opens another on the same data. */
  restart(): Promise<void>
}

export type TestPlaneOptions = {
  /** Address of a scripted model that is used instead of the sample model. */
  modelUrl?: string
  /** Another plane's database: this one is a second process on it. Its environment names a DATABASE_URL then. */
  db?: Database
  /** Where what the product logs goes; a mistake of ours fails the test all the same. */
  onLog?: (message: string) => void
  /** More of the environment. */
  env?: Record<string, string>
  /** Address of a scripted chat server, with its `/v1`, that is used instead. */
  chatUrl?: string
}

export const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.detail}`)
  return outcome.value
}

export const isTurnEnd = ({ type }: AppEvent): boolean => /^turn\.(completed|failed|stopped)$/.test(type)

/** The events of one type, in order. */
export const only = <T extends AppEventType>(events: readonly AppEvent[], type: T): Extract<AppEvent, { type: T }>[] =>
  events.filter((event): event is Extract<AppEvent, { type: T }> => event.type === type)

/** A mistake of ours fails the test that made it. */
const logTo = (onLog: (message: string) => void = () => {}) =>
  createLog('info', [
    ({ level, message, fields }) => {
      if (level === 'error') console.error(message, plainFields(fields))
      else onLog(message)
    },
  ])

export async function startTestPlane(options: TestPlaneOptions = {}): Promise<TestPlane> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overskill-'))
  const db = options.db ?? (await withTestDatabase()).db
  const env = {
    ...(options.modelUrl && { ANTHROPIC_API_KEY: 'scripted-key', ANTHROPIC_BASE_URL: options.modelUrl }),
    ...(options.chatUrl && { OPENAI_BASE_URL: options.chatUrl }),
  }
  const config = readConfig({ OVERSKILL_DATA_DIR: dataDir, ...env, ...options.env }, dataDir)
  const open = () =>
    createControlPlane({ config, db, log: logTo(options.onLog), version: 'test', samplePace: 'instant' })
  let plane = await open()
  const front = createServer((request, response) => {
    plane.edge.handle(request, response, parseHost(request.headers.host ?? '', config.domains))
  }).listen(0, '127.0.0.1')
  afterAll(async () => {
    front.close()
    await plane.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  const until: TestPlane['until'] = async (app, fits, after = 0) => {
    const seen: AppEvent[] = []
    const stream = value(await plane.services.raw.events(app, after, AbortSignal.timeout(25_000)))
    for await (const event of stream) {
      seen.push(event)
      if (fits(event)) return seen
    }
    throw new Error(
      `The event did not come. Seen last: ${seen
        .slice(-20)
        .map(({ type }) => type)
        .join(' ')}`,
    )
  }

  return {
    db,
    get calls() {
      return plane.services.calls
    },
    get raw() {
      return plane.services.raw
    },
    until,
    turnEnd(app, nth = 1) {
      let ends = 0
      return until(app, (event) => isTurnEnd(event) && ++ends === nth)
    },
    page: (host, path = '/') => fetchPage((front.address() as AddressInfo).port, `${host}.localhost`, path),
    async create(prompt) {
      return value(await plane.services.calls.apps.create(prompt ? { prompt } : {}, 'person')).app
    },
    async restart() {
      await plane.close()
      plane = await open()
    },
  }
}

const fetchPage = (port: number, host: string, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, headers: { host, accept: 'text/html' } }, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
      .on('error', reject)
      .end()
  })

/** The last event, which the test waited for. */
export const last = (events: readonly AppEvent[]): AppEvent => must(events.at(-1), 'The last event')
