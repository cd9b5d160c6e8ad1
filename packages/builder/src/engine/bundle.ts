import { rolldown, type InputOptions } from 'rolldown'
import { appId } from './app-files.ts'
import { appPlugin, workerEntry, type CssByModule } from './app-plugin.ts'
import type { AppSources } from './app-sources.ts'
import { BROWSER_TARGETS } from './browser-targets.ts'
import { readChunks, type Chunk } from './chunk.ts'
import type { Page } from './html.ts'
import { addBundlerErrors, withoutHostPaths } from './problems.ts'

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

/** Bundles what the page starts, split where imports are lazy. Empty when something is wrong: the problem is recorded. */
export async function bundlePage(sources: AppSources, page: Page, css: CssByModule): Promise<Chunk[]> {
  if (page.entries.length === 0) return []
  const named = page.entries.map((path, index) => [index === 0 ? 'index' : `index${index}`, appId(path)] as const)
  return bundle(sources, { input: Object.fromEntries(named), plugins: [appPlugin(sources, css)] }, true)
}

/** Bundles a worker's script into one file. Stylesheets in it go nowhere. */
export async function bundleWorker(
  sources: AppSources,
  path: string,
  workers: readonly string[],
): Promise<Chunk | null> {
  const plugins = [appPlugin(sources, new Map(), workers)]
  const chunks = await bundle(sources, { input: { worker: workerEntry(path) }, plugins }, false)
  return chunks[0] ?? null
}

/** How a source map names a source: from the app's root, or from `node_modules/`. */
const sourceName = (path: string): string =>
  withoutHostPaths(path)
    .replace(/^(?:\.\.\/)+/, '')
    .replace('\0', '')

async function bundle(sources: AppSources, input: InputOptions, split: boolean): Promise<Chunk[]> {
  try {
    const build = await rolldown({
      ...input,
      platform: 'browser',
      cwd: '/@app',
      tsconfig: false,
      logLevel: 'silent',
      transform: { target: BROWSER_TARGETS, jsx: 'react-jsx', define: DEFINE },
    })
    try {
      const output = await build.generate({
        format: 'esm',
        minify: true,
        sourcemap: 'hidden',
        sourcemapPathTransform: sourceName,
        codeSplitting: split,
        entryFileNames: 'assets/[name]-[hash:10].js',
        chunkFileNames: 'assets/[name]-[hash:10].js',
        hashCharacters: 'hex',
      })
      return readChunks(output)
    } finally {
      await build.close()
    }
  } catch (error) {
    if (sources.problems.list.length === 0) addBundlerErrors(sources.problems, error, sources.files)
    return []
  }
}
