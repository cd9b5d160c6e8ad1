import { Agent, request as startRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** What of a browser's request a process of live pages hears; cookies and the like it never does. */
const PASSED = ['accept', 'accept-encoding', 'if-none-match', 'sec-fetch-mode', 'sec-fetch-dest', 'host'] as const
const PASSED_UPGRADE = [
  'host',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
] as const
const RETURNED = [
  'content-type',
  'content-length',
  'content-encoding',
  'cache-control',
  'etag',
  'vary',
  'x-live-revision',
  'referrer-policy',
  'origin-agent-cluster',
  'permissions-policy',
] as const

const ANSWER_MS = 30_000
const MAX_URL = 4_096

export type LiveProxy = {
  forward(socketPath: string, app: string, request: IncomingMessage, response: ServerResponse): void
  /** @returns What ends when the WebSocket does; null when it was refused. */
  upgrade(socketPath: string, app: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> | null
  close(): void
}

/**
 * Hands requests of browsers to the process that has the page, over its socket. The process is not trusted: only these
 * headers come back, and those that protect are put on every answer here.
 */
export function createLiveProxy(headers: Readonly<Record<string, string>>): LiveProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    forward(socketPath, app, request, response) {
      const passed = pick(request, PASSED)
      const upstream = startRequest(
        { socketPath, agent, method: request.method, path: request.url, headers: { ...passed, 'x-live-app': app } },
        (answer) => {
          response.writeHead(statusOf(answer), { ...pick(answer, RETURNED), ...headers })
          answer.pipe(response)
          answer.on('error', () => response.destroy())
        },
      )
      upstream.setTimeout(ANSWER_MS, () => upstream.destroy())
      upstream.on('error', () => {
        if (response.headersSent) response.destroy()
        else response.writeHead(502, { ...headers, 'Cache-Control': 'no-store' }).end()
      })
      response.on('close', () => upstream.destroy())
      upstream.end()
    },
    upgrade(socketPath, app, request, socket, head) {
      if (!mayUpgrade(request)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return null
      }
      return pipeUpgrade(socketPath, app, request, socket, head)
    },
    close: () => agent.destroy(),
  }
}

/** A process may say any number; one that no answer has would make `writeHead` throw. */
const statusOf = ({ statusCode = 502 }: IncomingMessage): number =>
  statusCode >= 200 && statusCode <= 599 ? statusCode : 502

/** Only Vite's own connection, and only of a page of this very host: another site's page must not listen. */
function mayUpgrade({ headers, url = '' }: IncomingMessage): boolean {
  const protocol = headers['sec-websocket-protocol']
  if ((protocol !== 'vite-hmr' && protocol !== 'vite-ping') || url.length > MAX_URL) return false
  try {
    return new URL(headers.origin ?? '').host === headers.host
  } catch {
    return false // no origin, or none that can be read
  }
}

function pipeUpgrade(
  socketPath: string,
  app: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const upstream = connect(socketPath)
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const end = (): void => {
    upstream.destroy()
    socket.destroy()
    resolve()
  }
  const lines = Object.entries({ ...pick(request, PASSED_UPGRADE), 'x-live-app': app }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  upstream.write(
    `GET ${request.url} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('\r\n')}\r\n\r\n`,
  )
  if (head.length > 0) upstream.write(head)
  upstream.pipe(socket)
  socket.pipe(upstream)
  for (const side of [upstream, socket]) {
    side.on('error', end)
    side.on('close', end)
  }
  return closed
}

function pick(message: IncomingMessage, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = message.headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}
