import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { getRequestListener, RequestError } from '@hono/node-server'
import { newId, type HostTarget } from '@overskill/protocol'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { StartRefused } from '../life/start-refused.ts'
import { withLogFields, type Log } from '../log.ts'
import { createApi } from './api.ts'
import type { LiveHost } from '../previews/live-host.ts'
import { problemResponse, sendProblem } from './problem.ts'
import type { Services } from './services.ts'
import { createStudioFiles } from './studio-files.ts'
import { createUpgrades } from './upgrades.ts'
import { openDoor, type Caller, type Door } from './who-may-call.ts'

/** Answers a request for an app's host: preview or published. */
export type EdgeHandle = (request: IncomingMessage, response: ServerResponse, target: HostTarget) => void

/** What the server hands requests to, once it is there. */
export type HttpParts = { services: Services; database: Database; edgeHandle: EdgeHandle; live: LiveHost }

export type HttpServer = {
  /** Listens at every address; until `open`, requests get 503 `starting`. Refuses when the port is taken. */
  listen(): Promise<void>
  open(parts: HttpParts): void
  /** Takes no more connections, ends streams, waits for answers under way and cuts what is left after `limitMs`. */
  drain(limitMs: number): Promise<void>
}

export type HttpOptions = {
  config: Pick<Config, 'hosts' | 'port' | 'domains' | 'publicUrl' | 'roles'>
  log: Log
  version: string
  /** Folder of the built studio. */
  studioFolder: string
}

const serverOptions = { keepAliveTimeout: 30_000, optimizeEmptyRequests: true }
const starting = { code: 'starting', detail: 'OverSkill is starting; try again in a moment.' } as const
const noWeb = {
  code: 'not_found',
  detail: 'This process serves no pages, only /api/health: its OVERSKILL_ROLES leave out web.',
} as const
const stopping = { code: 'starting', detail: 'OverSkill is stopping.' } as const

/** The one public port: the studio and the API, and by host name every app (AD11). */
export function createHttpServer(options: HttpOptions): HttpServer {
  const { config, log } = options
  const isWeb = config.roles.includes('web')
  const closing = new AbortController()
  let parts: { studio: RequestListener; edgeHandle: EdgeHandle; live: LiveHost } | undefined
  const doorOf = (request: IncomingMessage): Door => openDoor(callerOf(request), config.domains, config.publicUrl)
  const upgrades = createUpgrades(doorOf, () => (isWeb ? parts?.live : undefined))

  const handle: RequestListener = (request, response) => {
    const door = doorOf(request)
    if (door.kind === 'refused') return sendProblem(response, door.failure)
    if (closing.signal.aborted) return sendProblem(response, stopping, { connection: 'close' })
    if (!parts) return sendStarting(request, response)
    if (!isWeb && !isHealth(request)) return sendProblem(response, noWeb)
    if (door.kind === 'app') return handleApp(parts, request, response, door.target)
    const id = newId('req')
    response.setHeader('x-request-id', id)
    logAccess(log, id, request, response)
    withLogFields({ request: id }, () => parts?.studio(request, response))
  }
  const servers = config.hosts.map(() => createServer(serverOptions, handle).on('upgrade', upgrades.take))
  return {
    async listen() {
      const results = await Promise.allSettled(
        servers.map((server, index) => listenAt(server, config.hosts[index] ?? '', config.port)),
      )
      const failed = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as NodeJS.ErrnoException] : [],
      )
      const serious =
        failed.find((error) => !isMissingAddress(error)) ?? (failed.length === servers.length ? failed[0] : undefined)
      if (!serious) return
      for (const server of servers) server.close()
      throw refusal(serious, config.port)
    },
    open({ services, database, edgeHandle, live }) {
      const studio = createStudioFiles(options.studioFolder, framePattern(config))
      const { version } = options
      const api = createApi({
        services,
        database,
        log,
        studio,
        version,
        publicUrl: config.publicUrl,
        closing: closing.signal,
      })
      const errorHandler = (error: unknown): Response => unreadable(log, error)
      const listener = getRequestListener(api.fetch, { overrideGlobalObjects: false, errorHandler })
      parts = { studio: listener, edgeHandle, live }
    },
    async drain(limitMs) {
      closing.abort()
      upgrades.end()
      const cut = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), limitMs)
      await Promise.all(servers.filter((server) => server.listening).map(closeServer))
      clearTimeout(cut)
    },
  }
}

const isHealth = ({ url }: IncomingMessage): boolean => url?.split('?')[0] === '/api/health'

const handleApp = (parts: Pick<HttpParts, 'edgeHandle' | 'live'>, ...call: Parameters<EdgeHandle>): void => {
  const [request, response, { kind, key }] = call
  if (kind === 'live') parts.live.handle(request, response, key)
  else parts.edgeHandle(...call)
}

const callerOf = ({ method = 'GET', url = '', headers, rawHeaders }: IncomingMessage): Caller => ({
  method,
  url,
  headers,
  rawHeaders,
})

/** What is no request (a backslash in its path, say) never reaches the API; what breaks after it is ours. */
function unreadable(log: Log, error: unknown): Response {
  if (error instanceof RequestError) return problemResponse({ code: 'invalid', detail: 'The address is not readable.' })
  log.error('A request failed', { error })
  return problemResponse({ code: 'internal', detail: 'Something went wrong on our side. The log has the details.' })
}

/** Every app's address, for the studio's frames. */
function framePattern({ domains, publicUrl }: HttpOptions['config']): string {
  const { protocol, port } = new URL(publicUrl)
  return `${protocol}//*.${domains.apps}${port && `:${port}`}`
}

async function listenAt(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, ipv6Only: host.includes(':') })
  await once(server, 'listening')
}

/** A machine without IPv6 is served on IPv4 alone. */
const isMissingAddress = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'

function refusal(error: NodeJS.ErrnoException, port: number): StartRefused {
  const why =
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken by another program. Stop that one, or choose another port: PORT=${port + 1} ./bin/start`
      : `Cannot listen on port ${port}: ${error.message}.`
  return new StartRefused(why, { cause: error })
}

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  return closed
}

/** People get a page that looks again by itself; programs get the problem. */
function sendStarting(request: IncomingMessage, response: ServerResponse): void {
  if (!request.headers.accept?.includes('text/html')) return sendProblem(response, starting, { 'retry-after': '1' })
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Starting</title><p style="font:16px system-ui;margin:20vh auto;text-align:center">OverSkill is starting …</p>`
  response.writeHead(503, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'retry-after': '1',
  })
  response.end(page)
}

function logAccess(log: Log, id: string, request: IncomingMessage, response: ServerResponse): void {
  const began = performance.now()
  response.once('close', () => {
    const ms = Math.round(performance.now() - began)
    const path = request.url?.split('?')[0]
    log.debug('Request', { request: id, method: request.method, path, status: response.statusCode, ms })
  })
}
