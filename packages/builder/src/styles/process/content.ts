import { readFileSync } from 'node:fs'
import { extname, join, posix } from 'node:path'
import { defaultExtractor, globSync, isMatch, type Context, type Extractor, type ResolvedConfig } from './internals.ts'

/** The app's files as they are asked about: a hash by path, and a text by hash. */
export type ContentFiles = {
  paths: readonly (readonly [path: string, hash: string])[]
  text(hash: string): string
}

export type ContentScan = {
  /** Words that may be classes, of each file that the config's `content` names. The same list for the same content. */
  wordsIn(files: ContentFiles): (readonly string[])[]
  /** The same for a text that lies nowhere. */
  wordsOf(content: string, extension: string): readonly string[]
}

type Globs = { isContent(path: string): boolean; inPackages: readonly string[] }

/**
 * Scans content as Tailwind 3 does, with the config's own extractors. What a file gave is kept by its content; files of
 * packages never change.
 *
 * @param root Folder that globs start from: the app's, and that of its packages in `node_modules`.
 */
export function createContentScan(context: Context, root: string, configDir: string): ContentScan {
  const { content } = context.tailwindConfig
  const globs = readGlobs(content, root, configDir)
  const byHash = new Map<string, readonly string[]>()
  const plain = defaultExtractor(context)
  const scan = (text: string, extension: string): readonly string[] => {
    const extract = content.extract[extension] ?? content.extract['DEFAULT'] ?? plain
    const transform = content.transform[extension] ?? content.transform['DEFAULT'] ?? BUILT_IN[extension]
    return candidatesOf(transform ? transform(text) : text, extract)
  }
  let fixed: readonly string[] | undefined
  const findFixed = (): readonly string[] => {
    const inPackages = globs.inPackages.length > 0 ? globSync([...globs.inPackages], { cwd: root }) : []
    const files = inPackages.flatMap((path) => scan(readFileSync(join(root, path), 'utf8'), extensionOf(path)))
    const raws = content.files.flatMap((entry) =>
      typeof entry === 'object' && typeof entry.raw === 'string' ? scan(entry.raw, entry.extension ?? 'html') : [],
    )
    return [...new Set([...files, ...raws])]
  }
  return {
    wordsOf: scan,
    wordsIn(files) {
      fixed ??= findFixed()
      const lists = [fixed]
      for (const [path, hash] of files.paths) {
        if (!globs.isContent(path)) continue
        const key = `${extensionOf(path)}:${hash}`
        const known = byHash.get(key) ?? scan(files.text(hash), extensionOf(path))
        byHash.set(key, known)
        lists.push(known)
      }
      return lists
    },
  }
}

const BUILT_IN: Record<string, (content: string) => string> = {
  svelte: (content) => content.replace(/(?:^|\s)class:/g, ' '),
}

const extensionOf = (path: string): string => extname(path).slice(1)

function candidatesOf(text: string, extract: Extractor): readonly string[] {
  const all = new Set<string>()
  const seen = new Set<string>()
  for (const whole of text.split('\n')) {
    const line = whole.trim()
    if (seen.has(line)) continue
    seen.add(line)
    for (const candidate of extract(line)) if (candidate !== '!*') all.add(candidate)
  }
  return [...all]
}

/** Patterns below the root, as micromatch takes them; those in `node_modules` are looked up there. */
function readGlobs(content: ResolvedConfig['content'], root: string, configDir: string): Globs {
  const base = content.relative ? configDir : root
  const patterns = content.files
    .filter((entry) => typeof entry === 'string')
    .map((entry) => {
      const isNegative = entry.startsWith('!')
      const path = posix.resolve(base, isNegative ? entry.slice(1) : entry)
      return { isNegative, glob: posix.relative(root, path) }
    })
  const isInPackages = ({ glob }: { glob: string }): boolean => glob.startsWith('node_modules/')
  const own = patterns.filter((pattern) => !isInPackages(pattern) && !pattern.glob.startsWith('..'))
  const matchers = (isNegative: boolean): ((path: string) => boolean)[] =>
    own.filter((pattern) => pattern.isNegative === isNegative).map(({ glob }) => isMatch(glob))
  const [wanted, unwanted] = [matchers(false), matchers(true)]
  const known = new Map<string, boolean>()
  return {
    isContent(path) {
      const answer = known.get(path) ?? (wanted.some((fits) => fits(path)) && !unwanted.some((fits) => fits(path)))
      known.set(path, answer)
      return answer
    },
    inPackages: patterns.filter(isInPackages).map(({ isNegative, glob }) => (isNegative ? `!${glob}` : glob)),
  }
}
