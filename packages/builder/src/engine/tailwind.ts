import { Scanner } from '@tailwindcss/oxide'
import { extname } from 'node:path'
import { compile } from 'tailwindcss'
import type { AppFiles } from './app-files.ts'
import { keepRecent } from './recent.ts'

/** A stylesheet's text and its id, which relative imports in it start from. */
export type LoadedStylesheet = { id: string; text: string }

const SCANNED = new Set(['.html', '.js', '.jsx', '.mjs', '.ts', '.tsx', '.mts', '.md', '.mdx', '.json', '.svg'])
const candidatesByContent = keepRecent<readonly string[]>(5_000)

/** Everything in the app's source that may be a Tailwind class, sorted. Cached by a file's content. */
export function findCandidates(files: AppFiles): string[] {
  const all = new Set<string>()
  for (const path of files.paths()) {
    const extension = extname(path)
    if (!SCANNED.has(extension) || path.startsWith('public/') || path.endsWith('package-lock.json')) continue
    for (const candidate of candidatesOf(files, path, extension.slice(1))) all.add(candidate)
  }
  return [...all].toSorted()
}

function candidatesOf(files: AppFiles, path: string, extension: string): readonly string[] {
  const key = `${extension}:${files.hash(path)}`
  const known = candidatesByContent.get(key)
  if (known) return known
  const content = files.text(path) ?? ''
  const found = new Scanner({}).scanFiles([{ content, extension }])
  return candidatesByContent.set(key, found.filter(isPlausible))
}

const MAX_CANDIDATE_CHARS = 1_000
const MAX_VARIANTS = 30

/** No class is as long, and a data address or a chain of thousands of variants takes the compiler seconds. */
const isPlausible = (candidate: string): boolean =>
  candidate.length <= MAX_CANDIDATE_CHARS && candidate.split(/:|-\[/).length <= MAX_VARIANTS

const FEATURES =
  /@(?:import|tailwind|apply|theme|reference|utility|variant|custom-variant|plugin|config|source)\b|--(?:alpha|spacing|theme)\(|\btheme\(/

/** Whether a stylesheet has anything for Tailwind to do, `@import` included. */
export const needsTailwind = (css: string): boolean => FEATURES.test(css)

/** A stylesheet as Tailwind read it: what classes make of it. */
export type TailwindCompiler = { build(candidates: string[]): string }

/** A `@plugin` or `@config` of a stylesheet. */
export type AskedModule = { specifier: string; fromId: string }

/**
 * Reads one stylesheet and its imports in memory. Never runs code of the app: `@plugin` and `@config` are told to `onModule`
 * and mean nothing here; `@source` is not followed, because the whole tree is scanned anyway.
 *
 * @throws Error with a message for the app's author.
 */
export async function openTailwind(
  sheet: LoadedStylesheet,
  load: (specifier: string, fromId: string) => LoadedStylesheet,
  onModule: (module: AskedModule) => void,
): Promise<TailwindCompiler> {
  refuseExplosions(sheet.text)
  return compile(sheet.text, {
    base: sheet.id,
    from: sheet.id,
    async loadModule(specifier, fromId, kind) {
      onModule({ specifier, fromId })
      return { path: fromId, base: fromId, module: kind === 'plugin' ? () => undefined : {} }
    },
    async loadStylesheet(specifier, base) {
      const loaded = load(specifier, base)
      refuseExplosions(loaded.text)
      return { path: loaded.id, base: loaded.id, content: loaded.text }
    },
  })
}

const MAX_INLINE_CLASSES = 2_000

const COMMENT = /\/\*[\s\S]*?\*\//g
const SOURCE = /@source\b[^"';{}]*("(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*')/g

/** `@source inline("p-{0..200000}")` takes all memory (measured: 13 s and more), so large patterns are refused. */
function refuseExplosions(css: string): void {
  for (const [, pattern = ''] of css.replaceAll(COMMENT, ' ').matchAll(SOURCE)) {
    if (countClasses(pattern) > MAX_INLINE_CLASSES)
      throw new Error(`@source inline(…) names more than ${MAX_INLINE_CLASSES} classes.`)
  }
}

/** An upper bound of what a brace pattern expands to: the product of the parts of each brace. */
function countClasses(pattern: string): number {
  let count = 1
  for (const [, inner = ''] of pattern.matchAll(/\{([^{}]*)/g)) {
    const range = /^\s*(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?/.exec(inner)
    const size = range
      ? Math.abs(Number(range[2]) - Number(range[1])) / Math.max(1, Math.abs(Number(range[3] ?? 1))) + 1
      : 0
    count *= Math.max(size, inner.split(',').length)
  }
  return count
}
