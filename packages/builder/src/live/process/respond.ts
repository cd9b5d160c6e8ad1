import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { contentTypeOf } from '../../content-types.ts'
import { APP_ROOT } from '../../engine/app-files.ts'
import { SCRIPTS } from '../../engine/app-plugin.ts'
import { contentHash } from '../../engine/output.ts'
import type { LiveApp } from './live-app.ts'
import { stylesAmong } from './live-styles.ts'
import { toServedAddresses } from './live-vendor.ts'
import { listFirstModules, VITE_ENV_ADDRESS } from './first-modules.ts'
import { parseDerivedId, OWN_MODULES } from './module-ids.ts'
import { VITE_CLIENT, VITE_ENV } from './own-modules.ts'
import { waitingPage, writeLivePage, type PageParts } from './page-html.ts'
import { workerScript } from './virtual-files.ts'

type Answer = {
  status: number
  type: string
  body: Uint8Array | string
  cache: 'no-store' | 'no-cache' | 'public, max-age=31536000, immutable'
  etag?: string
  headers?: Record<string, string>
  /** A person waits for it to see a change: not worth the time that making it smaller takes. */
  urgent?: boolean
}

const FOREIGN = ['/@vite/client', '/@react-refresh', VITE_ENV_ADDRESS]

/**
 * Answers a request to an app's live host: its page, its modules, its files. A closed list of what there is: an address that
 * is none of it is 404, and nothing is ever looked up on this machine.
 */
export async function respond(
  app: LiveApp,
  pageScript: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(app, pageScript, request)
  await send(request, response, answer)
}

async function answerTo(app: LiveApp, pageScript: string, request: IncomingMessage): Promise<Answer> {
  const address = readAddress(request.url ?? '/')
  if (address === null) return plain(400, 'This address cannot be read.')
  const { path, query } = address
  if (path.startsWith('/assets/')) return asset(app, path)
  const files = app.shown?.sources.files
  const open = files?.bytes(`public${path}`)
  if (open && path !== '/index.html') return fileAnswer(path, open)
  if (path.startsWith('/@style/')) return styleAnswer(app, path)
  if (path.startsWith('/@worker/')) return workerAnswer(app, path)
  if (isModule(app, path)) return moduleAnswer(app, path, query)
  return isNavigation(request, path) ? pageAnswer(app, pageScript) : plain(404, 'There is no such file.')
}

/** The decoded path; null for one that climbs, or hides what it means. */
function readAddress(url: string): { path: string; query: string } | null {
  if (url.length > 4_096 || !url.startsWith('/')) return null
  const mark = url.indexOf('?')
  try {
    const path = decodeURIComponent(mark === -1 ? url : url.slice(0, mark))
    const isPlain = !/[\\?#%]|\p{Cc}/u.test(path) && !path.split('/').some((part) => part === '..' || part === '.')
    return isPlain ? { path, query: mark === -1 ? '' : url.slice(mark + 1) } : null
  } catch {
    return null // not UTF-8
  }
}

function isModule(app: LiveApp, path: string): boolean {
  if (FOREIGN.includes(path)) return true
  const id = APP_ROOT + path
  if (id.startsWith(OWN_MODULES)) return true
  if (parseDerivedId(id)) return app.shown !== null
  return app.shown?.sources.files.has(path.slice(1)) === true && isScript(path)
}

const isScript = (path: string): boolean => (SCRIPTS[extname(path).toLowerCase()] ?? 'json') !== 'json'

/** A module as Vite made it. Its source map is fetched only by those who look for it. */
async function moduleAnswer(app: LiveApp, path: string, query: string): Promise<Answer> {
  const { client } = app.server.vite.environments
  const address = path === VITE_ENV_ADDRESS ? VITE_ENV : path
  const result = await client.transformRequest(address).catch((error: unknown) => error as Error)
  if (result instanceof Error || !result) return plain(404, 'There is no such module.')
  if (/(?:^|&)map$/.test(query)) return json(JSON.stringify(result.map ?? null))
  const code = takingItself(hideHost(toServedAddresses(result.code)), path, query)
  const hasMap = result.map && 'mappings' in result.map && result.map.mappings !== ''
  const body = hasMap ? `${code}\n//# sourceMappingURL=${encodeURI(path.slice(path.lastIndexOf('/') + 1))}?map` : code
  const type = 'text/javascript; charset=utf-8'
  const urgent = /^t=\d+$/.test(query)
  return { status: 200, type, body, cache: 'no-cache', urgent, ...(result.etag ? { etag: result.etag } : {}) }
}

const SELF = /(import \* as __vite_react_currentExports from )"[^"]*"/

/**
 * A refreshing module takes its own exports in, by the address that the newest of its kind has. It must be its own address:
 * of writes in quick succession, the later module would else run before the earlier one, and be forgotten.
 */
const takingItself = (code: string, path: string, query: string): string =>
  code.replace(SELF, (_, start: string) => start + JSON.stringify(encodeURI(path) + (query === '' ? '' : `?${query}`)))

/** Vite's client names its other half by where that lies on this machine. */
const hideHost = (code: string): string =>
  code.includes(VITE_ENV) || code.includes(VITE_CLIENT)
    ? code
        .replaceAll(`/@fs${VITE_ENV}`, VITE_ENV_ADDRESS)
        .replaceAll(VITE_ENV, VITE_ENV_ADDRESS)
        .replaceAll(VITE_CLIENT, '/@vite/client')
    : code

async function styleAnswer(app: LiveApp, path: string): Promise<Answer> {
  const [, use = '', file = ''] = /^\/@style\/([a-z-]+)\/(.+)$/.exec(path) ?? []
  const reached = stylesAmong(app.shown?.inspection.reached ?? []).some(
    (item) => item.use === use && item.path === file,
  )
  if (!app.shown || !reached) return plain(404, 'There is no such stylesheet.')
  const { css, revision } = await app.shown.sources.styles.serve(app.shown.sources, use, file)
  const headers = { 'x-live-revision': String(revision) }
  return { status: 200, type: 'text/css; charset=utf-8', body: css, cache: 'no-store', headers }
}

function workerAnswer(app: LiveApp, path: string): Answer {
  const file = path.slice('/@worker/'.length)
  if (!app.shown?.sources.files.has(file) || !isScript(file)) return plain(404, 'There is no such script.')
  return { status: 200, type: 'text/javascript; charset=utf-8', body: workerScript(file), cache: 'no-cache' }
}

function asset(app: LiveApp, path: string): Answer {
  const body = app.asset(path)
  if (!body) return plain(404, 'There is no such file.')
  return { status: 200, type: contentTypeOf(path), body, cache: 'public, max-age=31536000, immutable' }
}

const fileAnswer = (path: string, body: Uint8Array): Answer => ({
  status: 200,
  type: contentTypeOf(path),
  body,
  cache: 'no-cache',
  etag: `"${contentHash(body, 32)}"`,
})

async function pageAnswer(app: LiveApp, pageScript: string): Promise<Answer> {
  const parts: PageParts = { env: app.env, pageScript, revision: app.revision, styles: [], preloads: [] }
  const view = app.shown
  if (!view) return page(waitingPage(app.status.state.errors, parts), 503)
  const styles = await firstStyles(app)
  return page(writeLivePage(view, { ...parts, styles, preloads: listFirstModules(view, app.server) }), 200)
}

/** The sheets that the page has from its start, in the order of its modules. */
async function firstStyles(app: LiveApp): Promise<PageParts['styles']> {
  const view = app.shown
  if (!view) return []
  const first = stylesAmong(view.inspection.first)
  return Promise.all(
    first.map(async (item) => ({ ...item, ...(await view.sources.styles.serve(view.sources, item.use, item.path)) })),
  )
}

const page = (body: string, status: number): Answer => ({
  status,
  type: 'text/html; charset=utf-8',
  body,
  cache: 'no-store',
  headers: {
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Origin-Agent-Cluster': '?1',
    'Permissions-Policy': 'browsing-topics=()',
  },
})

const plain = (status: number, words: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${words}\n`,
  cache: 'no-store',
})

const json = (body: string): Answer => ({ status: 200, type: 'application/json', body, cache: 'no-cache' })

function isNavigation(request: IncomingMessage, path: string): boolean {
  if (/\.\w+$/.test(path) && path !== '/index.html') return false
  if (path.startsWith('/@') || path.startsWith('/_v/') || path.startsWith('/api/')) return false
  const mode = request.headers['sec-fetch-mode']
  const { accept } = request.headers
  return mode === undefined ? accept === undefined || /text\/html|\*\/\*/.test(accept) : mode === 'navigate'
}

const WORTH_BYTES = 1_000
const URGENT_BYTES = 32_000
const compressed = { br: promisify(brotliCompress), gzip: promisify(gzip) }
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const headers: Record<string, string> = {
    'Content-Type': answer.type,
    'Cache-Control': answer.cache,
    ...(answer.etag ? { ETag: answer.etag } : {}),
    ...answer.headers,
  }
  if (answer.etag && request.headers['if-none-match'] === answer.etag)
    return void response.writeHead(304, headers).end()
  const plainBody = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const coding =
    answer.urgent && plainBody.length < URGENT_BYTES ? null : codingFor(request, answer.type, plainBody.length)
  const body =
    coding === 'br'
      ? await compressed.br(plainBody, BROTLI)
      : coding
        ? await compressed.gzip(plainBody, { level: 1 })
        : plainBody
  if (coding) headers['Content-Encoding'] = coding
  headers['Vary'] = 'Accept-Encoding'
  headers['Content-Length'] = String(body.length)
  response.writeHead(answer.status, headers)
  response.end(request.method === 'HEAD' ? undefined : body)
}

function codingFor(request: IncomingMessage, type: string, bytes: number): 'br' | 'gzip' | null {
  if (bytes < WORTH_BYTES || !/^text\/|json|javascript|svg|xml/.test(type)) return null
  const accepted = String(request.headers['accept-encoding'] ?? '')
  return /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null
}
