import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Environment, HostTarget } from '@overskill/protocol'
import type { AppNameTable, SlugMeaning } from './app-names.ts'
import { isNavigation, namesFile } from './navigation.ts'
import { readRequestPath } from './request-path.ts'
import {
  sendFailed,
  sendLocation,
  sendMissing,
  sendNoApi,
  sendNoApp,
  sendRefusal,
  sendWaiting,
  type Exchange,
} from './own-answers.ts'
import type { OlderFiles } from './older-files.ts'
import type { SecurityHeaders } from './security-headers.ts'
import { sendFile, type Blobs } from './send.ts'
import type { Served, SiteDirectory } from './site-directory.ts'

export type FrontParts = {
  names: AppNameTable
  sites: Pick<SiteDirectory, 'find' | 'has' | 'isDown'>
  blobs: Blobs
  security: Record<Environment, SecurityHeaders>
  publishedUrl: (slug: string) => string
  onError: (error: unknown) => void
}

type Handler = (request: IncomingMessage, response: ServerResponse, target: HostTarget) => void

/** Answers every request to an app's host. The hot way (a file in memory) is synchronous and touches no disk. */
export function createFront(parts: FrontParts): Handler {
  return (request, response, target) => {
    const exchange = { request, response, security: parts.security[environmentOf(target)] }
    const sending = answer(parts, exchange, target)
    sending?.catch((error: unknown) => {
      parts.onError(error)
      sendFailed(exchange)
    })
  }
}

const environmentOf = ({ kind }: HostTarget): Environment => (kind === 'published' ? 'production' : 'preview')

/** Finds the app and what it serves. A promise only where something has to be read first. */
function answer(parts: FrontParts, exchange: Exchange, target: HostTarget): Promise<void> | undefined {
  const found = findApp(parts, target)
  if (!found) return sendNoApp(exchange)
  const environment = environmentOf(target)
  const key = { app: found.app, environment }
  if (found.movedTo !== undefined && parts.sites.has(key)) {
    return sendMovedApp(exchange, parts.publishedUrl(found.movedTo))
  }
  const served = parts.sites.find(key)
  if (!served) {
    return environment === 'preview' && !parts.sites.isDown(key) ? sendWaiting(exchange) : sendNoApp(exchange)
  }
  return served instanceof Promise
    ? served.then((ready) => serveSite(parts.blobs, exchange, ready))
    : serveSite(parts.blobs, exchange, served)
}

function findApp({ names }: FrontParts, { kind, key }: HostTarget): SlugMeaning | undefined {
  if (kind === 'published') return names.find(key)
  return kind === 'preview' && names.has(key) ? { app: key } : undefined
}

/** The way of one request through a site (row D5); the order of the lines is the order of precedence. */
function serveSite(blobs: Blobs, exchange: Exchange, { site, older }: Served): Promise<void> | undefined {
  const { request, response } = exchange
  const asked = readRequestPath(request.url ?? '/')
  if (asked.kind === 'bad') return sendRefusal(exchange, asked.status)
  if (asked.kind === 'path' && isApi(asked.path)) return sendNoApi(exchange)
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendRefusal(exchange, 405)
  if (asked.kind === 'moved') return sendLocation(exchange, asked.location)
  const { path } = asked
  const file = path === '/' ? site.page : site.find(path)
  if (file) return sendFile(request, response, file, blobs)
  if (path.startsWith('/assets/') || path.startsWith('/_v/')) return serveOlder(blobs, exchange, older, path)
  if (isNavigation(request.headers) && !namesFile(path)) return sendFile(request, response, site.page, blobs)
  return sendMissing(exchange)
}

const isApi = (path: string): boolean => path === '/api' || path.startsWith('/api/')

async function serveOlder(blobs: Blobs, exchange: Exchange, older: OlderFiles, path: string): Promise<void> {
  const file = await older.find(path)
  if (file) await sendFile(exchange.request, exchange.response, file, blobs)
  else sendMissing(exchange)
}

/** To an app's address of today, with path and query. */
function sendMovedApp(exchange: Exchange, url: string): undefined {
  const asked = readRequestPath(exchange.request.url ?? '/')
  if (asked.kind === 'bad') return sendRefusal(exchange, asked.status)
  return sendLocation(exchange, url.replace(/\/$/, '') + asked.location)
}
