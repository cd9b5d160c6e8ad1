import { rolldown, type OutputChunk } from 'rolldown'
import type { BuildError } from '@overskill/protocol'
import { readAliases } from './aliases.ts'
import { appId, openAppFiles } from './app-files.ts'
import { appPlugin, type AppSources, type CssByModule } from './app-plugin.ts'
import { BROWSER_TARGETS } from './browser-targets.ts'
import { finishChunks } from './finish-chunks.ts'
import { readPage, writePage, type Page } from './html.ts'
import { gatherOutput, type OutputFile } from './output.ts'
import type { PackageStore } from './package-store.ts'
import { addBundlerErrors, gatherProblems, withoutHostPaths } from './problems.ts'
import { createStylesheets } from './stylesheets.ts'
import { createPlaceholders, readUsedNames, type UsedNames } from './vendor-names.ts'
import type { VendorSet } from '../messages.ts'

export type AppBuild =
  | { ok: true; files: OutputFile[]; vendor: VendorSet | null }
  | { ok: false; errors: readonly BuildError[] }

/** Gives the vendor set for used names, from the cache or built now. */
export type VendorSource = (used: UsedNames) => Promise<VendorSet>

/** Values that are the same in every deployment are put in; the rest is read from the page when it runs (AD7). */
const DEFINE = {
  'import.meta.env.BASE_URL': '"/"',
  'import.meta.env.MODE': '"production"',
  'import.meta.env.DEV': 'false',
  'import.meta.env.PROD': 'true',
  'import.meta.env.SSR': 'false',
  'import.meta.env': 'globalThis.__ENV__',
  'import.meta.hot': 'undefined',
  'process.env.NODE_ENV': '"production"',
}

/** Builds an app from memory. Never rejects for what the app contains. */
export async function buildApp(
  tree: ReadonlyMap<string, Uint8Array>,
  store: PackageStore,
  vendorFor: VendorSource,
): Promise<AppBuild> {
  const all = new Map(tree)
  const files = openAppFiles(all)
  const problems = gatherProblems(files)
  const output = gatherOutput()
  const placeholders = createPlaceholders()
  const aliases = readAliases(files)
  const stylesheets = createStylesheets({ files, store, aliases, output, problems })
  const sources: AppSources = { files, store, aliases, output, problems, stylesheets, placeholders }
  const page = readPage(files, output, problems, (path, code) => all.set(path, new TextEncoder().encode(code)))
  if (!page) return { ok: false, errors: problems.list }

  const css: CssByModule = new Map()
  const chunks = await bundle(sources, page, css)
  const linked = page.stylesheets.map((path) => stylesheets.compile(appId(path)))
  const sheets = await Promise.all([...linked, ...cssInOrder(chunks, css)])
  if (problems.list.length > 0) return { ok: false, errors: problems.list }

  const used = readUsedNames(
    chunks.map((chunk) => chunk.code),
    placeholders,
  )
  const vendor = Object.keys(used).length > 0 ? await vendorOrProblem(sources, used, vendorFor) : null
  const stylesheet = sheets.length > 0 ? output.addHashed('index.css', stylesheets.bundle(sheets)) : null
  if (problems.list.length > 0) return { ok: false, errors: problems.list }

  const links = finishChunks(chunks, { output, placeholders, vendor })
  for (const path of files.paths()) {
    const bytes = path.startsWith('public/') ? files.bytes(path) : undefined
    if (bytes) output.add({ path: path.slice('public'.length), content: bytes, immutable: false })
  }
  const html = writePage(page, { ...links, stylesheets: stylesheet ? [stylesheet] : [] })
  output.add({ path: '/index.html', content: new TextEncoder().encode(html), immutable: false })
  return { ok: true, files: [...output.files()], vendor }
}

async function bundle(sources: AppSources, page: Page, css: CssByModule): Promise<OutputChunk[]> {
  if (page.entries.length === 0) return []
  try {
    const build = await rolldown({
      input: Object.fromEntries(
        page.entries.map((path, index) => [index === 0 ? 'index' : `index${index}`, appId(path)]),
      ),
      platform: 'browser',
      cwd: '/@app',
      tsconfig: false,
      logLevel: 'silent',
      plugins: [appPlugin(sources, css)],
      transform: { target: BROWSER_TARGETS, jsx: 'react-jsx', define: DEFINE },
    })
    try {
      const { output } = await build.generate({
        format: 'esm',
        minify: true,
        sourcemap: 'hidden',
        sourcemapPathTransform: (path) => withoutHostPaths(path),
        entryFileNames: 'assets/[name]-[hash:10].js',
        chunkFileNames: 'assets/[name]-[hash:10].js',
        hashCharacters: 'hex',
      })
      return output.filter((file): file is OutputChunk => file.type === 'chunk')
    } finally {
      await build.close()
    }
  } catch (error) {
    if (sources.problems.list.length === 0) addBundlerErrors(sources.problems, error, sources.files)
    return []
  }
}

/** Compiled stylesheets in the order in which a browser would have run the modules that import them. */
function cssInOrder(chunks: readonly OutputChunk[], css: CssByModule): Promise<string>[] {
  const inOrder = new Map<string, Promise<string>>()
  const entriesFirst = chunks.toSorted((a, b) => Number(b.isEntry) - Number(a.isEntry))
  for (const chunk of entriesFirst) {
    for (const id of chunk.moduleIds) {
      const sheet = css.get(id)
      if (sheet) inOrder.set(id, sheet)
    }
  }
  for (const [id, sheet] of css) if (!inOrder.has(id)) inOrder.set(id, sheet)
  return [...inOrder.values()]
}

async function vendorOrProblem(
  sources: AppSources,
  used: UsedNames,
  vendorFor: VendorSource,
): Promise<VendorSet | null> {
  try {
    return await vendorFor(used)
  } catch (error) {
    addVendorProblems(sources, error, used)
    return null
  }
}

/** A package without the name that the app asks for is reported where the app asks. */
function addVendorProblems(sources: AppSources, error: unknown, used: UsedNames): void {
  const logs = ((error as { errors?: unknown }).errors ?? [error]) as { message?: string }[]
  for (const log of logs) {
    const message = withoutHostPaths((log.message ?? '').split('\n')[0] ?? '').replaceAll('\0entry:', '')
    const specifier = Object.keys(used).find((name) => message.includes(name))
    const path = specifier
      ? [...sources.files.paths()].find((file) => sources.files.text(file)?.includes(specifier))
      : undefined
    if (path && specifier) sources.problems.addAt(path, [`'${specifier}'`, `"${specifier}"`], message)
    else sources.problems.add({ message: message || 'A package could not be bundled.' })
  }
}
