import { readFile, readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { must } from '@overskill/protocol'
import { appPage } from './app-page.ts'
import { createStandIn } from './stand-in.ts'
import type { StandIn } from './stand-in-state.ts'

/** Real HTTP in front of the stand-in: the built studio with its policy, the API, and a small page at every app's host. */

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export type ServedStandIn = {
  standIn: StandIn
  url: string
  /** Forgets everything: a stand-in without apps takes the place of this one, at the same address. */
  renew: () => StandIn
  close: () => Promise<void>
}

/** @param dist The folder of the built studio. */
export async function serveStandIn(dist: string, port = 0): Promise<ServedStandIn> {
  const names = await readdir(dist, { recursive: true })
  const index = await readFile(join(dist, 'index.html'))
  const server = createServer((request, response) => void answer(request, response))
  const portOf = (): number => (server.address() as AddressInfo).port
  let standIn = createStandIn(portOf)

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = request.headers.host ?? ''
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (host.split(':')[0] !== 'localhost') {
      const page = appPage(standIn, { host, path, studio: `http://localhost:${portOf()}` })
      return void response.writeHead(page.status, { 'content-type': types['.html'] }).end(page.html)
    }
    if (path.startsWith('/api/')) return api(request, response)
    const name = path.slice(1)
    const known = names.includes(name) && extname(name) !== ''
    response.writeHead(200, {
      'content-type': known ? (types[extname(name)] ?? 'application/octet-stream') : types['.html'],
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': `default-src 'self'; frame-src http://*.localhost:${portOf()}; frame-ancestors 'none'`,
    })
    response.end(known ? await readFile(join(dist, name)) : index)
  }

  const api = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
    const answered = await standIn.fetch(
      new Request(`http://localhost:${portOf()}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([key, value]) => [key, String(value)] as [string, string]),
        ...(hasBody && { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' }),
      } as RequestInit),
    )
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    if (!answered.body) return void response.end()
    const body = Readable.fromWeb(must(answered.body, 'A body') as Parameters<typeof Readable.fromWeb>[0])
    response.on('close', () => body.destroy())
    body.on('error', () => response.destroy())
    body.pipe(response)
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    standIn,
    url: `http://localhost:${portOf()}`,
    renew: () => {
      standIn.cutStreams()
      standIn = createStandIn(portOf)
      return standIn
    },
    close: () =>
      new Promise((resolve) => {
        standIn.cutStreams()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
