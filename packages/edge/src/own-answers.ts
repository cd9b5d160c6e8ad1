import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import { failedPage, notFoundPage, reloadSeconds, waitingPage } from './edge-pages.ts'
import { isNavigation } from './navigation.ts'
import type { SecurityHeaders } from './security-headers.ts'
import { sendBytes, sendText } from './send.ts'

/** One request and its answer, and the security headers of the host. */
export type Exchange = { request: IncomingMessage; response: ServerResponse; security: SecurityHeaders }

/** Our own pages load and run nothing. */
const ownPolicy = ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"]

/** A page to a person, one line to a program. */
function sendPage({ request, response, security }: Exchange, status: number, page: Buffer, more: string[] = []) {
  const headers = [...security.always, ...more]
  if (!isNavigation(request.headers)) sendText(response, status, STATUS_CODES[status] ?? '', headers)
  else sendBytes(response, status, 'text/html; charset=utf-8', page, [...headers, ...ownPolicy])
  return undefined
}

export const sendNoApp = (exchange: Exchange): undefined => sendPage(exchange, 404, notFoundPage)

/** Before the first deployment: a page that looks again by itself. */
export const sendWaiting = (exchange: Exchange): undefined =>
  sendPage(exchange, 503, waitingPage, ['Retry-After', String(reloadSeconds)])

/** After a failure of ours; cuts the connection where an answer has begun, so that nobody takes half for whole. */
export function sendFailed(exchange: Exchange): void {
  if (exchange.response.headersSent) exchange.response.destroy()
  else sendPage(exchange, 500, failedPage)
}

export function sendRefusal({ response, security }: Exchange, status: 400 | 405 | 414): undefined {
  const allow = status === 405 ? ['Allow', 'GET, HEAD'] : []
  sendText(response, status, STATUS_CODES[status] ?? '', [...allow, ...security.always])
  return undefined
}

/** A missing file is never answered with a page (L19). */
export function sendMissing({ response, security }: Exchange): undefined {
  sendText(response, 404, 'Not found', security.always)
  return undefined
}

/** Elsewhere, for good as far as we know: asked again each time, because a slug can be taken by another app. */
export function sendLocation({ response, security }: Exchange, location: string): undefined {
  response.writeHead(308, [
    'Location',
    location,
    'Cache-Control',
    'no-cache',
    'Content-Length',
    '0',
    ...security.always,
  ])
  response.end()
  return undefined
}

const noApi = Buffer.from(
  JSON.stringify({
    type: '/problems/not_found',
    code: 'not_found',
    title: 'Not found',
    status: 404,
    detail: 'This app has no API.',
  }),
)

/** `/api/` belongs to an app's server code. Where there is none, a program learns so in JSON, never from a page. */
export function sendNoApi({ response, security }: Exchange): undefined {
  sendBytes(response, 404, 'application/problem+json', noApi, security.always)
  return undefined
}
