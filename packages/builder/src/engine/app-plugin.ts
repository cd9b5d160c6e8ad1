import { posix } from 'node:path'
import type { Plugin } from 'rolldown'
import type { Alias } from './aliases.ts'
import { parseAppId, type AppFiles } from './app-files.ts'
import { resolveInApp } from './app-resolver.ts'
import type { Output } from './output.ts'
import type { PackageStore } from './package-store.ts'
import type { Problems } from './problems.ts'
import { rewriteSource } from './source-rewrite.ts'
import type { Stylesheets } from './stylesheets.ts'
import type { Placeholders } from './vendor-names.ts'

export type AppSources = {
  files: AppFiles
  store: PackageStore
  aliases: readonly Alias[]
  output: Output
  problems: Problems
  stylesheets: Stylesheets
  placeholders: Placeholders
}

/** The global stylesheets met in a build: their compiled text by module id, while they are compiled side by side. */
export type CssByModule = Map<string, Promise<string>>

const MISSING = '\0missing'
const PUBLIC = '\0public:'
const SCRIPTS: Record<string, 'tsx' | 'ts' | 'jsx' | 'json'> = {
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
const NEEDS_COMPILER = /\.(?:less|scss|sass|styl|stylus|vue|svelte|astro|coffee|pug)$/

/**
 * The app's side of the bundler: every import of an app file is answered here, and every file is read from memory. The
 * bundler's own resolver and reader are only ever asked about icons in the package store.
 */
export function appPlugin(sources: AppSources, css: CssByModule): Plugin {
  return {
    name: 'app',
    async resolveId(specifier, importer) {
      if (specifier === MISSING || specifier.startsWith(PUBLIC)) return specifier
      if (!importer) return specifier
      const from = parseAppId(importer)
      if (!from) return this.resolve(specifier, importer, { skipSelf: true })
      return answer(sources, specifier, from.path)
    },
    async load(id) {
      if (id === MISSING) return { code: 'export default undefined', moduleType: 'js' }
      if (id.startsWith(PUBLIC))
        return { code: `export default ${JSON.stringify(id.slice(PUBLIC.length))}`, moduleType: 'js' }
      const own = parseAppId(id)
      if (own) return loadAppFile(sources, css, id, own.path, own.query)
      if (!sources.store.contains(id)) throw new Error('A file outside the app was asked for')
      return id.endsWith('.css') ? loadStylesheet(sources, css, id) : null
    },
  }
}

const ICONS = 'lucide-react/dist/esm/icons/'

function answer(
  sources: AppSources,
  specifier: string,
  fromPath: string,
): { id: string; external?: boolean | 'absolute' } {
  if (specifier.startsWith(ICONS)) return { id: posix.join(sources.store.root, specifier) }
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
      sources.problems.addAt(fromPath, [`'${specifier}'`, `"${specifier}"`, specifier], resolved.message)
      return { id: specifier, external: true }
  }
}

type Loaded = {
  code: string
  moduleType: 'js' | 'tsx' | 'ts' | 'jsx' | 'json'
  map?: string
  moduleSideEffects?: boolean
}

async function loadAppFile(
  sources: AppSources,
  css: CssByModule,
  id: string,
  path: string,
  query: string,
): Promise<Loaded> {
  const flags = new Set(query.split('&').map((part) => part.split('=')[0]))
  const extension = posix.extname(path).toLowerCase()
  if (flags.has('raw')) return stringModule(sources.files.text(path) ?? '')
  if (flags.has('url')) return assetModule(sources, path)
  if (extension === '.css') return loadAppStylesheet(sources, css, id, path, flags)
  const moduleType = SCRIPTS[extension]
  if (moduleType === 'json') return { code: sources.files.text(path) ?? '', moduleType }
  if (moduleType) return { ...rewriteSource(sources, path), moduleType }
  if (!NEEDS_COMPILER.test(extension)) return assetModule(sources, path)
  sources.problems.add({ file: path, message: `Files of the kind "${extension}" are not supported here.` })
  return stringModule('')
}

const stringModule = (text: string): Loaded => ({ code: `export default ${JSON.stringify(text)}`, moduleType: 'js' })

const assetModule = (sources: AppSources, path: string): Loaded =>
  path.startsWith('public/')
    ? stringModule(path.slice('public'.length))
    : stringModule(sources.output.addHashed(posix.basename(path), sources.files.bytes(path) ?? new Uint8Array()))

function loadStylesheet(sources: AppSources, css: CssByModule, id: string): Loaded {
  css.set(id, sources.stylesheets.compile(id))
  return { code: 'export default undefined', moduleType: 'js', moduleSideEffects: true }
}

async function loadAppStylesheet(
  sources: AppSources,
  css: CssByModule,
  id: string,
  path: string,
  flags: ReadonlySet<string | undefined>,
): Promise<Loaded> {
  if (flags.has('inline')) {
    const sheet = await sources.stylesheets.compile(id)
    return stringModule(new TextDecoder().decode(sources.stylesheets.bundle([sheet])))
  }
  if (!path.endsWith('.module.css')) return loadStylesheet(sources, css, id)
  const module = await sources.stylesheets.compileModule(id)
  css.set(id, Promise.resolve(module.css))
  const imports = module.imports.map((item) => `import ${item.local} from ${JSON.stringify(item.id)}`)
  const names = Object.entries(module.exports)
  const named = names.filter(([name]) => /^[a-z_$][\w$]*$/i.test(name) && !RESERVED.has(name))
  const code = [
    ...imports,
    ...named.map(([name, value]) => `export const ${name} = ${value}`),
    `export default { ${names.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')} }`,
  ]
  return { code: code.join('\n'), moduleType: 'js', moduleSideEffects: true }
}

const RESERVED = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await implements interface package private protected public eval arguments'.split(
    ' ',
  ),
)
