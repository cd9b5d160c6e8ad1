import { posix } from 'node:path'
import { APP_ROOT, appId } from '../../engine/app-files.ts'
import { SCRIPTS } from '../../engine/app-plugin.ts'

/** What a file that is no script becomes when a script imports it. */
export type FileUse =
  | 'style'
  | 'names' // a CSS module
  | 'inline'
  | 'raw'
  | 'url'
  | 'json'
  | 'worker'
  | 'sharedworker'
  | 'worker-url'
  | 'public'
  | 'package-style'

const DERIVED = `${APP_ROOT}/@as/`
const USES: ReadonlySet<string> = new Set<FileUse>([
  'style',
  'names',
  'inline',
  'raw',
  'url',
  'json',
  'worker',
  'sharedworker',
  'worker-url',
  'public',
  'package-style',
])

/** Ids of the live page's own modules start with this. */
export const OWN_MODULES = `${APP_ROOT}/@live/`

/** The module that a file becomes. Its name ends in `.js`, so that nothing but a script is ever made of it. */
export const derivedId = (use: FileUse, path: string): string => `${DERIVED}${use}/${path}.js`

/** The module of a package's stylesheet, from its path in the store. */
export const packageStyleId = (store: { root: string }, path: string): string =>
  derivedId('package-style', posix.relative(store.root, path))

export function parseDerivedId(id: string): { use: FileUse; path: string } | null {
  if (!id.startsWith(DERIVED) || !id.endsWith('.js')) return null
  const rest = id.slice(DERIVED.length, -'.js'.length)
  const mark = rest.indexOf('/')
  const use = rest.slice(0, mark)
  return mark > 0 && USES.has(use) ? { use: use as FileUse, path: rest.slice(mark + 1) } : null
}

/** The module that an import of a file of the app means: the script itself, or what the file becomes. */
export function moduleIdOf(path: string, query: string): string {
  const use = useOf(path, query)
  return use === null ? appId(path) : derivedId(use, path)
}

/** Null: a script that is imported as it is. */
function useOf(path: string, query: string): FileUse | null {
  const flags = new Set(query.split('&').map((part) => part.split('=')[0] ?? ''))
  const extension = posix.extname(path).toLowerCase()
  if (flags.has('worker-url') || (flags.has('worker') && flags.has('url'))) return 'worker-url'
  if (flags.has('worker')) return 'worker'
  if (flags.has('sharedworker')) return 'sharedworker'
  if (flags.has('raw')) return 'raw'
  if (flags.has('url')) return 'url'
  if (extension === '.css') return flags.has('inline') ? 'inline' : path.endsWith('.module.css') ? 'names' : 'style'
  if (extension === '.json') return 'json'
  return SCRIPTS[extension] ? null : 'url'
}

/** Every module whose text a file may have become, to tell them when it changes. Stylesheets are told in their own way. */
export const modulesOf = (path: string): string[] => [
  appId(path),
  ...(['inline', 'raw', 'url', 'json'] as const).map((use) => derivedId(use, path)),
]

/** The address of a module on the page's host, from its id. */
export const urlOfId = (id: string): string => id.slice(APP_ROOT.length)
