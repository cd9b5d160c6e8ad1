import { join } from 'node:path'
import { rolldown, type OutputChunk, type Plugin } from 'rolldown'
import type { VendorSet } from '../messages.ts'
import { BROWSER_TARGETS } from './browser-targets.ts'
import { ICON_MAKER } from './icons.ts'
import { contentHash } from './output.ts'
import type { PackageStore } from './package-store.ts'
import type { UsedNames } from './vendor-names.ts'

/** Part of every vendor set's name: raise it when the way packages are bundled changes. */
export const VENDOR_RECIPE = 1

/** How packages are bundled: as a visitor gets them, or as a live page does, where React says more and refreshes. */
export type VendorMode = 'production' | 'development'

export type BuiltVendor = { set: VendorSet; contents: ReadonlyMap<string, Uint8Array> } // by file name

/** Names the vendor set that a dependency set and used names give. The same everywhere. */
export const vendorKey = (dependencyKey: string, used: UsedNames, mode: VendorMode = 'production'): string =>
  contentHash(JSON.stringify([VENDOR_RECIPE, dependencyKey, used, ...(mode === 'production' ? [] : [mode])]), 32)

const ENTRY = '\0entry:'
/** What a package asks for and a browser does not have (modules of Node, optional packages): an empty module. */
const ABSENT = '\0absent:'

/**
 * Bundles packages: one entry per specifier with only the names used, one graph, so that shared code (React above all)
 * exists once. Each file is named by its content. Reads nothing outside the store.
 */
export async function buildVendor(
  store: PackageStore,
  dependencyKey: string,
  used: UsedNames,
  mode: VendorMode = 'production',
): Promise<BuiltVendor> {
  if (Object.keys(used).length === 0) return collect([], vendorKey(dependencyKey, used, mode)) // an app without packages
  let chunks = await bundleVendor(store, used, [], mode)
  const files = new Set(chunks.map((chunk) => chunk.fileName))
  const absent = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]).filter((id) => !files.has(id))
  if (absent.length > 0) chunks = await bundleVendor(store, used, absent, mode)
  return collect(chunks, vendorKey(dependencyKey, used, mode))
}

/** @param absent What an earlier round left as imports of its own, because it was not found. */
async function bundleVendor(
  store: PackageStore,
  used: UsedNames,
  absent: readonly string[],
  mode: VendorMode,
): Promise<OutputChunk[]> {
  const live = mode === 'development' ? [fewLocalesPlugin(), iconMakerPlugin(store)] : []
  const bundle = await rolldown({
    input: Object.fromEntries(Object.keys(used).map((specifier, index) => [`entry${index}`, ENTRY + specifier])),
    platform: 'browser',
    cwd: store.root,
    tsconfig: false,
    logLevel: 'silent',
    preserveEntrySignatures: 'strict',
    moduleTypes: { '.css': 'empty' },
    transform: { target: BROWSER_TARGETS, define: { 'process.env.NODE_ENV': JSON.stringify(mode) } },
    plugins: [
      entriesPlugin(used),
      ...live,
      ...(absent.length > 0 ? [absencePlugin(absent)] : []),
      confinementPlugin(store),
    ],
  })
  try {
    const { output } = await bundle.generate({
      format: 'esm',
      minify: true,
      hashCharacters: 'hex',
      entryFileNames: '[hash:20].js',
      chunkFileNames: '[hash:20].js',
    })
    return output.filter((file): file is OutputChunk => file.type === 'chunk')
  } finally {
    await bundle.close()
  }
}

function collect(chunks: readonly OutputChunk[], key: string): BuiltVendor {
  const contents = new Map<string, Uint8Array>()
  const set: VendorSet = { key, entries: {}, files: {} }
  for (const chunk of chunks) {
    const content = new TextEncoder().encode(chunk.code)
    contents.set(chunk.fileName, content)
    set.files[chunk.fileName] = { hash: contentHash(content, 64), bytes: content.length, imports: chunk.imports }
    if (chunk.isEntry && chunk.facadeModuleId?.startsWith(ENTRY))
      set.entries[chunk.facadeModuleId.slice(ENTRY.length)] = chunk.fileName
  }
  return { set, contents }
}

/**
 * The entry modules, which exist only here; the bundler resolves what they name from its working directory, in the store.
 * Hooks are filtered: called for each of 2,000 modules they would cost more than the bundling (measured).
 */
function entriesPlugin(used: UsedNames): Plugin {
  return {
    name: 'vendor-entries',
    resolveId: { filter: { id: /^\0entry:/ }, handler: (id) => id },
    load: {
      filter: { id: /^\0entry:/ },
      handler(id) {
        const specifier = id.slice(ENTRY.length)
        return { code: entryCode(specifier, used[specifier] ?? []), moduleType: 'js', moduleSideEffects: true }
      },
    },
  }
}

/** Stands in for what the bundler could not find; an entry that is not there is an error. */
function absencePlugin(absent: readonly string[]): Plugin {
  return {
    name: 'vendor-absence',
    resolveId(id, importer) {
      if (!absent.includes(id)) return null
      if (importer?.startsWith(ENTRY)) throw new Error(`The package has no module "${id}".`)
      return ABSENT + id
    },
    load: { filter: { id: /^\0absent:/ }, handler: () => ({ code: 'module.exports = {}', moduleType: 'js' }) },
  }
}

function entryCode(specifier: string, names: readonly string[]): string {
  const from = JSON.stringify(specifier)
  if (names.length === 0) return `import ${from}`
  const all = names.includes('*') ? `export * from ${from};` : ''
  const list = names.filter((name) => name !== '*').map((name) => (/^[\w$]+$/.test(name) ? name : JSON.stringify(name)))
  return list.length > 0 ? `${all} export { ${list.join(', ')} } from ${from}` : all
}

/** A live page gets all names of zod, but not its texts in 50 languages: 170 kB of 355 (measured). */
function fewLocalesPlugin(): Plugin {
  return {
    name: 'vendor-locales',
    load: {
      filter: { id: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.(?:js|mjs|cjs)$/ },
      handler: () => ({ code: `export { default as en } from './en.js'`, moduleType: 'js' }),
    },
  }
}

/** The module that icons are made with, which the package itself does not offer by name. */
function iconMakerPlugin(store: PackageStore): Plugin {
  return {
    name: 'vendor-icons',
    resolveId: { filter: { id: ICON_MAKER }, handler: (id) => join(store.root, id) },
  }
}

/** The bundler reads files itself where no plugin answers, so everything outside the store is refused first. */
function confinementPlugin(store: PackageStore): Plugin {
  const inside = new RegExp(`^${store.root.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}/`)
  return {
    name: 'vendor-confinement',
    load: {
      filter: { id: { exclude: [inside, /^\0/] } },
      handler() {
        throw new Error('A package reads a file outside the dependency set.')
      },
    },
  }
}
