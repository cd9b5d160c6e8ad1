import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** Serves the studio's own pages from a folder of built files. */
export type StudioFiles = (request: Request) => Promise<Response>

type Loaded = {
  body: Buffer<ArrayBuffer>
  zipped: Buffer<ArrayBuffer> | undefined
  etag: string
  type: string
  modifiedMs: number
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const zippable = /^(text\/|application\/(json|manifest)|image\/svg)/
const zip = promisify(gzip)

/**
 * @param folder What the studio's build made; files below `assets/` have their hash in the name.
 * @param framed Source pattern of the addresses that the studio shows in frames: the apps'.
 */
export function createStudioFiles(folder: string, framed: string): StudioFiles {
  const kept = new Map<string, Loaded>()

  const load = async (path: string): Promise<Loaded | undefined> => {
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const before = kept.get(path)
    if (before?.modifiedMs === found.mtimeMs) return before
    const body = await readFile(path)
    const type = types[extname(path)] ?? 'application/octet-stream'
    const loaded: Loaded = {
      body,
      zipped: zippable.test(type) && body.length > 1_000 ? await zip(body) : undefined,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
      type,
      modifiedMs: found.mtimeMs,
    }
    kept.set(path, loaded)
    return loaded
  }

  return async (request) => {
    const path = filePath(folder, new URL(request.url).pathname)
    const isRoute = path !== undefined && isPageOf(request, path, folder)
    const file = (path && (await load(path))) ?? (isRoute ? await load(join(folder, 'index.html')) : undefined)
    if (!file) return missing(isRoute)
    return answer(request, file, path?.startsWith(join(folder, 'assets') + sep) ?? false, framed)
  }
}

/** Whether a path that names no file is one of the studio's own routes, which all begin with the one page. */
const isPageOf = (request: Request, path: string, folder: string): boolean =>
  extname(path) === '' ||
  (!path.startsWith(join(folder, 'assets') + sep) && (request.headers.get('accept') ?? '').includes('text/html'))

/** The file that a path names, if it lies in the folder. */
function filePath(folder: string, pathname: string): string | undefined {
  try {
    const path = normalize(join(folder, decodeURIComponent(pathname)))
    return path.startsWith(folder + sep) && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}

function answer(request: Request, file: Loaded, immutable: boolean, framed: string): Response {
  const isPage = file.type.startsWith('text/html')
  const headers: Record<string, string> = {
    ...pageHeaders,
    'content-type': file.type,
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    ...(file.zipped && { vary: 'Accept-Encoding' }),
    ...(isPage && { 'content-security-policy': pagePolicy(file.body.toString(), framed) }),
  }
  if (request.headers.get('if-none-match')?.includes(file.etag)) return new Response(null, { status: 304, headers })
  const zipped = file.zipped && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '') ? file.zipped : undefined
  if (zipped) headers['content-encoding'] = 'gzip'
  const body = zipped ?? file.body
  headers['content-length'] = String(body.length)
  return new Response(request.method === 'HEAD' ? null : body, { headers })
}

const pageHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Own scripts only, and those that the built page itself carries, by their hashes; frames of apps only; nobody frames us. */
function pagePolicy(html: string, framed: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'", // editors and animations write style elements
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${framed}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function missing(isRoute: boolean): Response {
  const text = isRoute
    ? 'The studio has not been built. Start OverSkill with ./bin/start, which builds it.'
    : 'There is no such file.'
  return new Response(text, {
    status: isRoute ? 503 : 404,
    headers: {
      ...pageHeaders,
      'content-type': 'text/plain; charset=utf-8',
      'content-security-policy': "frame-ancestors 'none'",
    },
  })
}
