import { rolldown, type OutputChunk, type Plugin } from 'rolldown'
import type { VendorSet } from '../messages.ts'
import { BROWSER_TARGETS } from './browser-targets.ts'
import { contentHash } from './output.ts'
import type { PackageStore } from './package-store.ts'
import type { UsedNames } from './vendor-names.ts'

/** Part of every vendor set's name: raise it when the way packages are bundled changes. */
export const VENDOR_RECIPE = 1

export type BuiltVendor = { set: VendorSet; contents: ReadonlyMap<string, Uint8Array> } // by file name

/** Names the vendor set that a dependency set and used names give. The same everywhere. */
export const vendorKey = (dependencyKey: string, used: UsedNames): string =>
  contentHash(JSON.stringify([VENDOR_RECIPE, dependencyKey, used]), 32)

const ENTRY = '\0entry:'

/**
 * Bundles packages: one entry per specifier with only the names used, one graph, so that shared code (React above all)
 * exists once. Each file is named by its content. Reads nothing outside the store.
 */
export async function buildVendor(store: PackageStore, dependencyKey: string, used: UsedNames): Promise<BuiltVendor> {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.keys(used).map((specifier, index) => [`entry${index}`, ENTRY + specifier])),
    platform: 'browser',
    cwd: store.root,
    tsconfig: false,
    logLevel: 'silent',
    preserveEntrySignatures: 'strict',
    moduleTypes: { '.css': 'empty' },
    transform: { target: BROWSER_TARGETS, define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [entriesPlugin(store, used), confinementPlugin(store)],
  })
  try {
    const { output } = await bundle.generate({
      format: 'esm',
      minify: true,
      hashCharacters: 'hex',
      entryFileNames: '[hash:20].js',
      chunkFileNames: '[hash:20].js',
    })
    return collect(
      output.filter((file): file is OutputChunk => file.type === 'chunk'),
      vendorKey(dependencyKey, used),
    )
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

/** The entry modules, which exist only here, and resolve their packages as if they lay next to `node_modules`. */
function entriesPlugin(store: PackageStore, used: UsedNames): Plugin {
  return {
    name: 'vendor-entries',
    resolveId(id, importer) {
      if (id.startsWith(ENTRY)) return id
      if (importer?.startsWith(ENTRY)) return this.resolve(id, `${store.root}/../entry.js`, { skipSelf: true })
      return null
    },
    load(id) {
      if (!id.startsWith(ENTRY)) return null
      const specifier = id.slice(ENTRY.length)
      return { code: entryCode(specifier, used[specifier] ?? []), moduleType: 'js', moduleSideEffects: true }
    },
  }
}

function entryCode(specifier: string, names: readonly string[]): string {
  const from = JSON.stringify(specifier)
  if (names.length === 0) return `import ${from}`
  if (names.includes('*')) return `export * from ${from}`
  const list = names.map((name) => (/^[\w$]+$/.test(name) ? name : JSON.stringify(name)))
  return `export { ${list.join(', ')} } from ${from}`
}

/** The bundler reads files itself where no plugin answers, so everything outside the store is refused first. */
function confinementPlugin(store: PackageStore): Plugin {
  return {
    name: 'vendor-confinement',
    load(id) {
      if (id.startsWith('\0') || id.startsWith(ENTRY) || store.contains(id.split('?')[0] ?? '')) return null
      throw new Error(`A package reads a file outside the dependency set`)
    },
  }
}
