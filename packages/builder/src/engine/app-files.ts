import { posix } from 'node:path'
import { contentHash } from './output.ts'

/** Ids of an app's own modules start with this; the folder exists nowhere. */
export const APP_ROOT = '/@app'

const decoder = new TextDecoder('utf-8')

/** An app's source tree inside the engine: text and bytes by path (`src/App.tsx`), and where a relative path leads. */
export type AppFiles = {
  has(path: string): boolean
  bytes(path: string): Uint8Array | undefined
  text(path: string): string | undefined
  paths(): Iterable<string>
  /** The content's hash: what is made of a file is kept under it. */
  hash(path: string): string
}

/** Reads a tree that was received. Texts are decoded once. */
export function openAppFiles(files: ReadonlyMap<string, Uint8Array>): AppFiles {
  const texts = new Map<string, string>()
  const hashes = new Map<string, string>()
  return {
    has: (path) => files.has(path),
    bytes: (path) => files.get(path),
    text(path) {
      const known = texts.get(path)
      if (known !== undefined) return known
      const bytes = files.get(path)
      if (!bytes) return undefined
      const text = decoder.decode(bytes)
      texts.set(path, text)
      return text
    },
    paths: () => files.keys(),
    hash(path) {
      const known = hashes.get(path) ?? contentHash(files.get(path) ?? '', 40)
      hashes.set(path, known)
      return known
    },
  }
}

/** `/@app/src/x.css?inline` → path `src/x.css`, query `inline`. Null when the id is no file of the app. */
export function parseAppId(id: string): { path: string; query: string } | null {
  if (!id.startsWith(`${APP_ROOT}/`)) return null
  const mark = id.indexOf('?')
  const path = (mark === -1 ? id : id.slice(0, mark)).slice(APP_ROOT.length + 1)
  return { path, query: mark === -1 ? '' : id.slice(mark + 1) }
}

export const appId = (path: string, query = ''): string => `${APP_ROOT}/${path}${query ? `?${query}` : ''}`

/**
 * Where a relative or root-absolute specifier leads, as a path below the app's root.
 *
 * @returns Null when it leaves the root.
 */
export function joinInApp(fromPath: string, specifier: string): string | null {
  if (specifier.includes('\0') || specifier.includes('\\')) return null
  const joined = specifier.startsWith('/')
    ? posix.normalize(specifier.slice(1))
    : posix.normalize(posix.join(posix.dirname(fromPath), specifier))
  if (joined === '..' || joined.startsWith('../') || joined.startsWith('/')) return null
  return joined === '.' ? '' : joined
}

const EXTENSIONS = ['.tsx', '.ts', '.jsx', '.js', '.mjs', '.mts', '.json'] as const
const TYPESCRIPT_TWINS: Record<string, readonly string[]> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
}

/** The file that a module path means: itself, with an extension, its TypeScript twin, or the index of a folder. */
export function findModule(files: AppFiles, path: string): string | null {
  if (files.has(path)) return path
  for (const extension of EXTENSIONS) if (files.has(path + extension)) return path + extension
  const own = posix.extname(path)
  for (const twin of TYPESCRIPT_TWINS[own] ?? []) {
    const candidate = path.slice(0, -own.length) + twin
    if (files.has(candidate)) return candidate
  }
  for (const extension of EXTENSIONS) {
    const index = path === '' ? `index${extension}` : `${path}/index${extension}`
    if (files.has(index)) return index
  }
  return null
}
