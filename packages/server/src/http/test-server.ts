import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { readConfig, type Config } from '../config.ts'
import { createControlPlane } from '../control-plane.ts'
import { withTestDatabase } from '../database/test-database.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import { silentLog } from '../log.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'

export type Sent = {
  method?: string
  path: string
  headers?: OutgoingHttpHeaders
  body?: string | Uint8Array
  json?: unknown
}
export type Received = { status: number; headers: IncomingHttpHeaders; body: string; bytes: Buffer }

/** The whole server on a port of its own, for one test file. */
export type TestServer = {
  config: Config
  database: OpenDatabase
  http: HttpServer
  /** Sends a request with exactly these headers; `json` becomes the body and its type. */
  send(sent: Sent): Promise<Received>
  /** The same, read as JSON. */
  json<T = Record<string, never>>(sent: Sent): Promise<T>
  /** An app without a turn; its id. */
  createApp(name?: string): Promise<string>
}

export async function startTestServer(studioFolder = '/nowhere'): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overskill-'))
  const database = await withTestDatabase()
  const port = await freePort()
  const config = readConfig({ OVERSKILL_DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port) }, dataDir)
  const http = createHttpServer({ config, log: silentLog, version: 'test', studioFolder })
  await http.listen()
  const plane = await createControlPlane({
    config,
    db: database.db,
    log: silentLog,
    version: 'test',
    samplePace: 'instant',
  })
  http.open({
    services: plane.services,
    database: database.db,
    edgeHandle: (...call) => plane.edge.handle(...call),
    live: plane.live,
  })
  afterAll(async () => {
    await http.drain(1_000)
    await plane.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const sendTo = (sent: Sent) => send(port, sent)
  const json = async <T>(sent: Sent): Promise<T> => JSON.parse((await sendTo(sent)).body) as T
  return {
    config,
    database,
    http,
    json,
    send: sendTo,
    async createApp(name = 'Test') {
      const made = await json<{ app: { id: string } }>({ method: 'POST', path: '/api/apps', json: { name } })
      return made.app.id
    },
  }
}

/** One request to a port of this machine. */
export function send(port: number, { method = 'GET', path, headers = {}, body, json }: Sent): Promise<Received> {
  const content = json === undefined ? body : JSON.stringify(json)
  const all = {
    host: `localhost:${port}`,
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(content !== undefined && !headers['transfer-encoding'] && { 'content-length': Buffer.byteLength(content) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes.toString(), bytes })
      })
    })
    request.on('error', reject)
    request.end(content)
  })
}

/** A port that nobody listens at just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
    probe.on('error', reject)
  })
}
