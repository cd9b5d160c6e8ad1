import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { LivePreviewService } from '@overskill/builder'
import { ownPage } from '@overskill/edge'
import type { Failure } from '@overskill/protocol'
import { sendProblem } from '../http/problem.ts'
import { refuseSocket } from '../http/refuse-socket.ts'
import type { LivePreviews } from './live-previews.ts'

/** Answers requests to `live-` hosts, and takes over their WebSockets. */
export type LiveHost = {
  handle(request: IncomingMessage, response: ServerResponse, app: string): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, app: string): void
}

export type LiveHostOptions = {
  previews: Pick<LivePreviews, 'isReady' | 'open'>
  service: Pick<LivePreviewService, 'handle' | 'upgrade'>
  /** The address of an app's live page, as browsers see it. */
  urlOf: (app: string) => string
  /** Answers for an app that is not there. */
  sendNoApp: (request: IncomingMessage, response: ServerResponse, app: string) => void
  /** Origins that may frame a live page. */
  studioOrigins: readonly string[]
  onError: (error: unknown, fields: object) => void
}

/**
 * How long a person's browser waits before it gets the page that looks again; scripts and the like wait for the opening. The
 * studio's frame says itself that the page is being opened, and each page that looks again is an error in its console.
 */
const patienceMs = 400
const framePatienceMs = 25_000 // less than proxies wait for an answer

const foreign: Failure = { code: 'forbidden', detail: 'Only this live page itself may ask for its parts.' }
const notMember: Failure = { code: 'forbidden', detail: 'A live page is open to the members of its app.' }

export function createLiveHost(options: LiveHostOptions): LiveHost {
  const { previews, service, onError } = options
  const refusal = (request: IncomingMessage, app: string): Failure | undefined => {
    if (!isOwnRequest(request, new URL(options.urlOf(app)).origin)) return foreign
    return mayWatch(request, app) ? undefined : notMember
  }

  async function openThen(request: IncomingMessage, response: ServerResponse, app: string): Promise<void> {
    const opening = previews.open(app)
    const opened = isNavigation(request) ? await Promise.race([opening, afterPatience(request)]) : await opening
    if (opened === 'later') return sendOpening(options, response)
    if (opened.ok) return service.handle(app, request, response)
    if (opened.failure.code === 'not_found') return options.sendNoApp(request, response, app)
    if (isNavigation(request)) sendFailure(options, response, opened.failure)
    else sendProblem(response, opened.failure)
  }

  return {
    handle(request, response, app) {
      const refused = refusal(request, app)
      if (refused) return sendProblem(response, refused)
      if (previews.isReady(app)) return service.handle(app, request, response)
      openThen(request, response, app).catch((error: unknown) => {
        onError(error, { app })
        response.destroy()
      })
    },
    upgrade(request, socket, head, app) {
      const refused = refusal(request, app)
      if (refused) return refuseSocket(socket, refused)
      if (previews.isReady(app)) return service.upgrade(app, request, socket, head)
      previews.open(app).then(
        (opened) => (opened.ok ? service.upgrade(app, request, socket, head) : refuseSocket(socket, opened.failure)),
        (error: unknown) => {
          onError(error, { app })
          socket.destroy()
        },
      )
    },
  }
}

/** Whether the caller is a member of the app. Without accounts everyone who reaches this machine is (OVERSKILL_AUTH=none). */
const mayWatch = (_request: IncomingMessage, _app: string): boolean => true

/**
 * A live page serves an app's source. Another site's page may link to it, and the studio frames it; its parts are for itself
 * alone, and so is its WebSocket. Browsers say who asks; other programs say nothing.
 */
function isOwnRequest({ headers }: IncomingMessage, own: string): boolean {
  if (headers.origin !== undefined && headers.origin !== own) return false
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none' || headers['sec-fetch-mode'] === 'navigate'
}

const isNavigation = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate' && Boolean(headers.accept?.includes('text/html'))

const afterPatience = ({ headers }: IncomingMessage): Promise<'later'> => {
  const ms = headers['sec-fetch-dest'] === 'iframe' ? framePatienceMs : patienceMs
  return new Promise((resolve) => void setTimeout(resolve, ms, 'later' as const).unref())
}

const opening = ownPage(
  'Opening the live page',
  'It appears here by itself in a moment.',
  '<meta http-equiv="refresh" content="1">',
)

const sendOpening = (options: LiveHostOptions, response: ServerResponse): void => sendOwn(options, response, opening)

const sendFailure = (options: LiveHostOptions, response: ServerResponse, { detail }: Failure): void =>
  sendOwn(
    options,
    response,
    ownPage(
      'The live page cannot be opened',
      detail.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
      '<meta http-equiv="refresh" content="5">',
    ),
  )

function sendOwn({ studioOrigins }: LiveHostOptions, response: ServerResponse, page: Buffer): void {
  const ancestors = ["'self'", ...studioOrigins].join(' ')
  response.writeHead(503, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors ${ancestors}`,
    'cache-control': 'no-store',
    'retry-after': '1',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
  })
  response.end(page)
}
