import { posix } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'
import type { StyleCode } from '../styles/style-request.ts'
import { applyAlias, type Alias } from './aliases.ts'
import { appId, findModule, joinInApp, parseAppId, type AppFiles } from './app-files.ts'
import { addBundlerErrors, type Problems } from './problems.ts'
import { keepRecent } from './recent.ts'

/** A script of the app that a style process runs: with the app's files it imports, packages left as `require`. */
export type BundledCode = StyleCode & {
  /** Source map of `code`, as JSON. */
  map: string
  /** Paths of the files that went in. */
  files: readonly string[]
}

type Sources = { files: AppFiles; aliases: readonly Alias[]; problems: Problems }
type Asked = { specifier: string; from: string; found: string | null }
type Kept = { bundled: BundledCode; texts: ReadonlyMap<string, string>; asked: readonly Asked[] }

const TYPES: Record<string, 'ts' | 'tsx' | 'json' | 'js' | 'jsx'> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
  '.json': 'json',
}

const kept = keepRecent<Kept>(20)

/**
 * Bundles a script for a style process; nothing of it is run. Files come from the tree alone.
 *
 * @param source Its text, when it is no file of its own.
 * @returns Null when it cannot be bundled: the problem is recorded.
 */
export async function bundleStyleCode(sources: Sources, path: string, source?: string): Promise<BundledCode | null> {
  const text = source ?? sources.files.text(path) ?? ''
  const key = `${path}\0${text}`
  const known = kept.get(key)
  if (known && isSame(known, sources)) return known.bundled
  const texts = new Map<string, string>()
  const asked: Asked[] = []
  try {
    const plugin = closedResolver(
      sources,
      { path, source: source === undefined ? undefined : `export default ${source}` },
      texts,
      asked,
    )
    const bundler = await rolldown({
      input: appId(path),
      platform: 'node',
      cwd: '/@app',
      tsconfig: false,
      treeshake: false,
      logLevel: 'silent',
      plugins: [plugin],
    })
    try {
      const { output } = await bundler.generate({
        format: 'cjs',
        exports: 'auto',
        sourcemap: 'hidden',
        codeSplitting: false,
      })
      if (asked.some(leadsNowhere)) return null
      const [chunk] = output
      const bundled: BundledCode = {
        path,
        code: chunk.code,
        map: chunk.map?.toString() ?? '',
        files: [...texts.keys()],
      }
      return kept.set(key, { bundled, texts, asked }).bundled
    } finally {
      await bundler.close()
    }
  } catch (error) {
    addBundlerErrors(sources.problems, error, sources.files)
    return null
  }
}

const isPath = (specifier: string): boolean => /^[./]/.test(specifier)
const leadsNowhere = ({ specifier, found }: Asked): boolean => found === null && isPath(specifier)

const isSame = (known: Kept, sources: Sources): boolean =>
  [...known.texts].every(([path, text]) => sources.files.text(path) === text) &&
  known.asked.every(({ specifier, from, found }) => findScript(sources, specifier, from) === found)

/** Answers every import of the app's files from the tree; what is no file of it is a package, for the process to find. */
function closedResolver(
  sources: Sources,
  entry: { path: string; source: string | undefined },
  texts: Map<string, string>,
  asked: Asked[],
): Plugin {
  return {
    name: 'style-code',
    resolveId(specifier, importer) {
      if (!importer) return specifier
      const from = parseAppId(importer)?.path ?? entry.path
      const found = findScript(sources, specifier, from)
      asked.push({ specifier, from, found })
      if (found !== null) return appId(found)
      if (!isPath(specifier)) return { id: specifier, external: true }
      sources.problems.addAt(from, [specifier], `"${specifier}" is not a file of this app.`)
      return { id: specifier, external: true }
    },
    load(id) {
      const path = parseAppId(id)?.path
      if (path === undefined) throw new Error('A file outside the app was asked for')
      if (path === entry.path && entry.source !== undefined) return { code: entry.source, moduleType: 'js' }
      const code = sources.files.text(path) ?? ''
      texts.set(path, code)
      return { code, moduleType: TYPES[posix.extname(path)] ?? 'js' }
    },
  }
}

function findScript({ files, aliases }: Sources, specifier: string, from: string): string | null {
  const place = /^\.\.?(?:\/|$)/.test(specifier) ? joinInApp(from, specifier) : applyAlias(aliases, specifier)
  return place === null ? null : findModule(files, place)
}
