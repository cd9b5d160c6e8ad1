import { posix } from 'node:path'
import type { Plugin } from 'vite'
import { APP_ROOT, appId, parseAppId } from '../../engine/app-files.ts'
import { resolveInApp } from '../../engine/app-resolver.ts'
import { RESERVED } from '../../engine/app-plugin.ts'
import type { AppSources } from '../../engine/app-sources.ts'
import { WORKER_ENVIRONMENT } from '../../engine/workers.ts'
import { ICON_MAKERS } from '../live-specifiers.ts'
import { JSX_SOURCE, type ScriptFacts } from './file-facts.ts'
import type { LiveStyles } from './live-styles.ts'
import type { LiveVendor } from './live-vendor.ts'
import {
  derivedId,
  moduleIdOf,
  OWN_MODULES,
  packageStyleId,
  parseDerivedId,
  urlOfId,
  type FileUse,
} from './module-ids.ts'
import { ownModule, REFRESH, refreshRuntime, VITE_CLIENT, VITE_ENV, viteModule } from './own-modules.ts'

/** What the page's modules are made of: the files that it has, never those that are broken. */
export type PageSources = AppSources & { vendor: LiveVendor; facts(path: string): ScriptFacts; styles: LiveStyles }

type Answer = { id: string; external?: true }
type Loaded = { code: string; map?: string | null }

/**
 * The app's side of Vite. Every import and every address is answered here and every module is made from memory, so nothing
 * of this machine can be asked for: what is not the app's, its packages' or our own is an error.
 */
export function virtualFiles(sources: () => PageSources): Plugin {
  return {
    name: 'live-files',
    enforce: 'pre',
    resolveId: (specifier, importer) => resolveOwn(specifier, importer) ?? resolve(sources(), specifier, importer),
    load: async (id) => loadOwn(id) ?? load(sources(), id),
  }
}

/** What is the same in every page, also in one that has nothing to show yet. */
function resolveOwn(specifier: string, importer: string | undefined): Answer | null {
  if (specifier === REFRESH || specifier === VITE_CLIENT || specifier === VITE_ENV) return { id: specifier }
  if (specifier === '/@vite/client') return { id: VITE_CLIENT }
  if (specifier === '@vite/env') return { id: VITE_ENV }
  if (specifier === '/@live/icon-maker' || specifier === '/@live/react-jsx') return null
  if (specifier.startsWith('/@live/')) return { id: APP_ROOT + specifier }
  if (specifier === `${JSX_SOURCE}/jsx-dev-runtime`) return { id: `${APP_ROOT}/${specifier}.js` }
  return specifier === importer ? { id: specifier } : null // a refreshing module takes itself in
}

function resolve(sources: PageSources, specifier: string, importer: string | undefined): Answer {
  if (specifier === '/@live/icon-maker') return packageOf(sources, ...ICON_MAKERS)
  if (specifier === '/@live/react-jsx') return packageOf(sources, 'react/jsx-dev-runtime')
  if (importer === undefined || specifier.startsWith('/@as/')) return { id: findAddressed(sources, specifier) }
  const from = parseAppId(importer)
  if (!from) throw refusal(specifier)
  const resolved = resolveInApp(specifier, importerPath(importer, from.path), sources)
  switch (resolved.kind) {
    case 'file': {
      const own = parseAppId(resolved.id)
      return { id: own ? moduleIdOf(own.path, own.query) : resolved.id }
    }
    case 'stylesheet':
      return { id: packageStyleId(sources.store, resolved.id) }
    case 'public':
      return { id: derivedId('public', resolved.url.slice(1)) }
    case 'external':
      return { id: resolved.url, external: true }
    case 'package': {
      const url = sources.vendor.urlOf(resolved.specifier)
      if (url === null) throw new Error(`"${specifier}" is being prepared.`)
      return { id: url, external: true }
    }
    case 'refused':
      throw new Error(resolved.message)
  }
}

/** A bundled module that our own scripts import: the first of these that is there. */
function packageOf({ vendor }: PageSources, ...specifiers: readonly string[]): Answer {
  const url = specifiers.map((specifier) => vendor.urlOf(specifier)).find((found) => found !== null)
  if (!url) throw new Error(`"${specifiers[0]}" is not among the packages of this app.`)
  return { id: url, external: true }
}

/** Modules of our own import packages as the app's root would; what a file became imports as that file would. */
const importerPath = (id: string, path: string): string =>
  parseDerivedId(id)?.path ?? (id.startsWith(OWN_MODULES) ? '' : path)

/** What an address of the page's host means, as a module. */
function findAddressed(sources: PageSources, address: string): string {
  const id = APP_ROOT + address
  const derived = parseDerivedId(id)
  if (derived && isThere(sources, derived.use, derived.path)) return id
  const path = parseAppId(id)?.path
  if (path !== undefined && sources.files.has(path) && moduleIdOf(path, '') === id) return id
  throw refusal(address)
}

function isThere(sources: PageSources, use: FileUse, path: string): boolean {
  if (use === 'public') return sources.files.has(`public/${path}`)
  if (use !== 'package-style') return sources.files.has(path)
  return path.endsWith('.css') && sources.store.contains(posix.join(sources.store.root, path))
}

const refusal = (what: string): Error => new Error(`"${what}" is no module of this app.`)

function loadOwn(id: string): Loaded | null {
  if (id === REFRESH) return { code: refreshRuntime }
  const vite = viteModule(id)
  if (vite !== undefined) return { code: vite }
  if (!id.startsWith(OWN_MODULES)) return null
  const code = ownModule(id.slice(OWN_MODULES.length))
  if (code === undefined) throw refusal(id)
  return { code }
}

async function load(sources: PageSources, id: string): Promise<Loaded> {
  const derived = parseDerivedId(id)
  if (derived) return { code: await derivedCode(sources, derived.use, derived.path) }
  const path = parseAppId(id)?.path
  if (path === undefined || !sources.files.has(path)) throw refusal(id)
  const { code, map, problems } = sources.facts(path)
  if (problems[0]) throw new Error(problems[0].message)
  return { code, map }
}

async function derivedCode(sources: PageSources, use: FileUse, path: string): Promise<string> {
  switch (use) {
    case 'style':
    case 'package-style':
      return styleCode(use, path, 'export default undefined;')
    case 'names':
      return styleCode(use, path, await sources.styles.namesCode(sources, path))
    case 'inline':
      return asText(await sources.styles.inlineText(sources, path))
    case 'raw':
      return asText(sources.files.text(path) ?? '')
    case 'json':
      return jsonCode(sources.files.text(path) ?? '')
    case 'public':
      return asText(`/${path}`)
    case 'url':
      return asText(assetUrl(sources, path))
    case 'worker-url':
      return asText(workerUrl(path))
    case 'worker':
    case 'sharedworker':
      return workerCode(use, path)
  }
}

const asText = (text: string): string => `export default ${JSON.stringify(text)};`

const assetUrl = ({ files, output }: PageSources, path: string): string =>
  path.startsWith('public/')
    ? path.slice('public'.length)
    : output.addHashed(posix.basename(path), files.bytes(path) ?? new Uint8Array())

/** Takes the sheet into the page before whatever comes after; it goes when nobody imports it any more. */
const styleCode = (use: string, path: string, rest: string): string => `
import { takeStyle, dropStyle } from '/@live/styles.js';
await takeStyle(${JSON.stringify(path)}, ${JSON.stringify(use)});
import.meta.hot.accept();
import.meta.hot.prune(() => dropStyle(${JSON.stringify(path)}));
${rest}`

/** Names that can be exported by themselves are, as in a build. */
function jsonCode(text: string): string {
  const value: unknown = JSON.parse(text)
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
  const named = entries.filter((name) => /^[a-z_$][\w$]*$/i.test(name) && !RESERVED.has(name) && name !== 'data')
  const lines = named.map((name) => `export const ${name} = data[${JSON.stringify(name)}];`)
  return [`const data = ${JSON.stringify(value)};`, ...lines, 'export default data;'].join('\n')
}

/** Where a worker's script is served: the values of the page first, then the script. */
const workerUrl = (path: string): string => `/@worker/${path}`

export const workerScript = (path: string): string =>
  `import '/@live/worker.js'; import ${JSON.stringify(urlOfId(appId(path)))};`

function workerCode(use: 'worker' | 'sharedworker', path: string): string {
  const kind = use === 'worker' ? 'Worker' : 'SharedWorker'
  const create = `new ${kind}(${JSON.stringify(workerUrl(path))} + ${WORKER_ENVIRONMENT}, { ...options, type: 'module' })`
  return `export default function (options) { return ${create} }`
}
