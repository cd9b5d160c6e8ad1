import { posix } from 'node:path'
import type { Plugin } from 'rolldown'
import { levelsOf, nestingOf } from '../nesting.ts'
import { appId, parseAppId } from './app-files.ts'
import { resolveInApp } from './app-resolver.ts'
import type { AppSources } from './app-sources.ts'
import { ICON_MODULE } from './icons.ts'
import { PRELOAD_CODE, PRELOAD_MODULE } from './preload.ts'
import { placeOf } from './problems.ts'
import { rewriteSource } from './source-rewrite.ts'
import { WORKER_ENVIRONMENT, WORKER_PRELUDE } from './workers.ts'

/** The global stylesheets met in a build: their compiled text by module id, while they are compiled side by side. */
export type CssByModule = Map<string, Promise<string>>

const PUBLIC = '\0public:'
const WORKER = '\0worker:'
const PRELUDE = '\0worker-prelude'
/** Files that are scripts, and how each is read. */
export const SCRIPTS: Record<string, 'tsx' | 'ts' | 'jsx' | 'json'> = {
  '.tsx': 'tsx',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.jsx': 'jsx',
  '.js': 'jsx',
  '.mjs': 'jsx',
  '.cjs': 'jsx',
  '.json': 'json',
}
/** Files of languages that nothing here compiles. */
export const NEEDS_COMPILER = /\.(?:less|scss|sass|styl|stylus|vue|svelte|astro|coffee|pug)$/

/** The entry that makes a worker of an app's script. */
export const workerEntry = (path: string): string => WORKER + path

/**
 * The app's side of the bundler: every import of an app file is answered here, and every file is read from memory. The
 * bundler's own resolver and reader are only ever asked about icons in the package store.
 *
 * @param workers The workers inside which this is bundled, outermost first; empty for the page.
 */
export function appPlugin(sources: AppSources, css: CssByModule, workers: readonly string[] = []): Plugin {
  return {
    name: 'app',
    async resolveId(specifier, importer) {
      if (!importer || specifier.startsWith(PUBLIC) || specifier === PRELOAD_MODULE || specifier === PRELUDE)
        return specifier
      const from = parseAppId(importer)
      if (from) return answer(sources, specifier, from.path)
      if (importer.startsWith(WORKER)) return specifier
      if (sources.store.hasPackage(specifier))
        return { id: sources.placeholders.urlOf(specifier), external: 'absolute' }
      return this.resolve(specifier, importer, { skipSelf: true })
    },
    async load(id) {
      const own = parseAppId(id)
      if (own) return loadAppFile(sources, css, own, workers)
      if (id.startsWith('\0')) return loadOwnModule(id)
      if (!sources.store.contains(id)) throw new Error('A file outside the app was asked for')
      return id.endsWith('.css') ? loadStylesheet(sources, css, id) : null
    },
  }
}

/** The modules that no app has: they are made here. */
function loadOwnModule(id: string): Loaded | null {
  if (id === PRELOAD_MODULE) return script(PRELOAD_CODE)
  if (id === PRELUDE) return { ...script(WORKER_PRELUDE), moduleSideEffects: 'no-treeshake' }
  if (id.startsWith(PUBLIC)) return script(`export default ${JSON.stringify(id.slice(PUBLIC.length))}`)
  if (!id.startsWith(WORKER)) return null
  const entry = JSON.stringify(appId(id.slice(WORKER.length)))
  return { ...script(`import ${JSON.stringify(PRELUDE)}; import ${entry}`), moduleSideEffects: 'no-treeshake' }
}

const script = (code: string): Loaded => ({ code, moduleType: 'js' })

function answer(
  sources: AppSources,
  specifier: string,
  fromPath: string,
): { id: string; external?: boolean | 'absolute' } {
  if (ICON_MODULE.test(specifier)) return { id: posix.join(sources.store.root, specifier) }
  const resolved = resolveInApp(specifier, fromPath, sources)
  switch (resolved.kind) {
    case 'file':
    case 'stylesheet':
      return { id: resolved.id }
    case 'public':
      return { id: PUBLIC + resolved.url }
    case 'package':
      return { id: sources.placeholders.urlOf(resolved.specifier), external: 'absolute' }
    case 'external':
      return { id: resolved.url, external: 'absolute' }
    case 'refused':
      sources.problems.addAt(fromPath, needlesFor(specifier), resolved.message, resolved.missing)
      return { id: specifier, external: true }
  }
}

/** How a specifier may be written in a source. */
const needlesFor = (specifier: string): string[] => {
  const escaped = JSON.stringify(specifier).slice(1, -1)
  return [`'${specifier}'`, `"${specifier}"`, escaped, specifier]
}

type Loaded = {
  code: string
  moduleType: 'js' | 'tsx' | 'ts' | 'jsx' | 'json'
  map?: string
  moduleSideEffects?: 'no-treeshake'
}

async function loadAppFile(
  sources: AppSources,
  css: CssByModule,
  { path, query }: { path: string; query: string },
  workers: readonly string[],
): Promise<Loaded> {
  const flags = new Set(query.split('&').map((part) => part.split('=')[0] ?? ''))
  const extension = posix.extname(path).toLowerCase()
  if (flags.has('worker') || flags.has('sharedworker') || flags.has('worker-url'))
    return workerModule(sources, path, flags, workers)
  if (flags.has('raw')) return stringModule(sources.files.text(path) ?? '')
  if (flags.has('url')) return assetModule(sources, path)
  if (extension === '.css') return loadAppStylesheet(sources, css, path, flags)
  const moduleType = SCRIPTS[extension]
  if (moduleType === 'json') return jsonModule(sources, path)
  if (moduleType) return { ...rewriteSource(sources, path), moduleType }
  if (!NEEDS_COMPILER.test(extension)) return assetModule(sources, path)
  sources.problems.add({ file: path, message: `Files of the kind "${extension}" are not supported here.` })
  return stringModule('')
}

/** A worker's address, or a function that starts it (`import Counter from './counter?worker'`). */
async function workerModule(
  sources: AppSources,
  path: string,
  flags: ReadonlySet<string>,
  workers: readonly string[],
): Promise<Loaded> {
  const url = await sources.workers.urlOf(path, workers)
  if (url === null && workers.includes(path))
    sources.problems.add({ file: path, message: `The worker "${path}" starts itself.` })
  const address = JSON.stringify(url ?? '')
  if (flags.has('worker-url') || flags.has('url')) return script(`export default ${address}`)
  const kind = flags.has('sharedworker') ? 'SharedWorker' : 'Worker'
  const create = `new ${kind}(${address} + ${WORKER_ENVIRONMENT}, { ...options, type: 'module' })`
  return script(`export default function (options) { return ${create} }`)
}

/** The bundler's own limit is 127. */
const MAX_JSON_LEVELS = 120

/** JSON is read here first: the bundler does not say which file it could not read. */
function jsonModule(sources: AppSources, path: string): Loaded {
  const code = sources.files.text(path) ?? ''
  try {
    const value: unknown = JSON.parse(code)
    const levels = nestingOf(sources.files.bytes(path) ?? new Uint8Array()) > MAX_JSON_LEVELS ? levelsOf(value) : 0
    if (levels <= MAX_JSON_LEVELS) return { code, moduleType: 'json' }
    const message = `This JSON nests ${levels} levels deep; ${MAX_JSON_LEVELS} can be read. Take it apart, or import it with ?raw.`
    sources.problems.add({ file: path, message })
    return stringModule('')
  } catch (error) {
    const { message } = error as Error
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0)
    const words = message.replace(/ in JSON at position.*$/s, '')
    sources.problems.add({ file: path, message: `This is not valid JSON: ${words}`, ...placeOf(code, offset) })
    return stringModule('')
  }
}

const stringModule = (text: string): Loaded => ({ code: `export default ${JSON.stringify(text)}`, moduleType: 'js' })

const assetModule = (sources: AppSources, path: string): Loaded =>
  path.startsWith('public/')
    ? stringModule(path.slice('public'.length))
    : stringModule(sources.output.addHashed(posix.basename(path), sources.files.bytes(path) ?? new Uint8Array()))

function loadStylesheet(sources: AppSources, css: CssByModule, id: string): Loaded {
  css.set(id, sources.stylesheets.compile(id))
  return { code: 'export default undefined', moduleType: 'js', moduleSideEffects: 'no-treeshake' }
}

async function loadAppStylesheet(
  sources: AppSources,
  css: CssByModule,
  path: string,
  flags: ReadonlySet<string>,
): Promise<Loaded> {
  const id = appId(path)
  if (flags.has('inline')) {
    const sheet = await sources.stylesheets.compile(id)
    return stringModule(new TextDecoder().decode(sources.stylesheets.bundle([sheet])))
  }
  if (!path.endsWith('.module.css')) return loadStylesheet(sources, css, id)
  const module = await sources.stylesheets.compileModule(id)
  css.set(id, Promise.resolve(module.css))
  const imports = module.imports.map((item) => `import ${item.local} from ${JSON.stringify(item.specifier)}`)
  const names = Object.entries(module.exports)
  const named = names.filter(([name]) => /^[a-z_$][\w$]*$/i.test(name) && !RESERVED.has(name))
  const code = [
    ...imports,
    ...named.map(([name, value]) => `export const ${name} = ${value}`),
    `export default { ${names.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')} }`,
  ]
  return { code: code.join('\n'), moduleType: 'js', moduleSideEffects: 'no-treeshake' }
}

/** Words that cannot name an export. */
export const RESERVED = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await implements interface package private protected public eval arguments'.split(
    ' ',
  ),
)
