import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'
import { applyAlias, readAliases } from '../engine/aliases.ts'
import { openAppFiles } from '../engine/app-files.ts'
import { packageName } from '../engine/package-name.ts'
import { keepRecent } from '../engine/recent.ts'
import { toolchainReason } from './toolchain-packages.ts'

/** A package that a file imports and that is not installed. `line` counts from 1. */
export type MissingPackage = { name: string; file: string; line: number }

type Import = { specifier: string; line: number }

const LANGUAGES: Record<string, 'js' | 'jsx' | 'ts' | 'tsx'> = {
  ...{ js: 'js', mjs: 'js', cjs: 'js', jsx: 'jsx' },
  ...{ ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx' },
}
const MOST_BYTES = 1024 * 1024
const BUILTINS = new Set(builtinModules)
const known = keepRecent<readonly Import[]>(4_000)

/**
 * Looks through an app's scripts for imports of packages that its set does not have, before a build would fail at them: each
 * package once, at the first place in the order of paths. Types do not count, nor what a configuration or a test imports, nor
 * files that do not parse. About 0.5 ms a file that was not seen before.
 *
 * @param nestsTooDeep Says which scripts the parser, which runs in this process, is not to see: its stack would end, and the process.
 *   `workspace` has a measure that every ordinary file passes; this room may not import it, so without one only files that cannot
 *   nest deep are read, about 300 lines.
 */
export function findMissingPackages(
  tree: SourceTree,
  set: DependencySet,
  nestsTooDeep: DepthCheck = mayNestTooDeep,
): MissingPackage[] {
  const aliases = readAliases(openAppFiles(withoutDeepConfigs(tree)))
  const found = new Map<string, MissingPackage>()
  const isThere = (name: string): boolean => existsSync(join(set.dir, 'node_modules', name, 'package.json'))
  for (const file of [...tree.keys()].toSorted()) {
    if (!isAppScript(file)) continue
    for (const { specifier, line } of importsOf(file, tree.get(file) ?? new Uint8Array(), nestsTooDeep)) {
      const bare = specifier.replace(/[?#].*$/, '')
      const name = packageName(bare)
      if (!name || found.has(name) || BUILTINS.has(bare) || applyAlias(aliases, bare) !== null) continue
      if (!isThere(name) && toolchainReason(name, 'dependencies') === undefined) found.set(name, { name, file, line })
    }
  }
  return [...found.values()]
}

const isAppScript = (file: string): boolean =>
  languageOf(file) !== undefined &&
  !/\.d\.[cm]?ts$|\.config\.[cm]?[jt]s$|\.(?:test|spec)\.[jt]sx?$|^(?:public|dist)\//.test(file)

const languageOf = (file: string) => LANGUAGES[/\.([a-z]+)$/.exec(file)?.[1] ?? '']

/** Fewest opening and lengthening marks of a text in which a parser may run out of its stack, with a margin of four. */
const SAFE_MARKS = 1_000
const MARKS =
  /[([{<=?:!~`+.*/%&|^-]|\b(?:if|else|for|while|do|with|typeof|void|delete|new|await|yield|extends|keyof|infer|readonly|as|in|class|function|case)\b/g

/** Whether a text has so many marks that it may nest too deep, however it is read: what closes is not looked at. */
function mayNestTooDeep(_path: string, text: string): boolean {
  let marks = 0
  for (const _mark of text.matchAll(MARKS)) if ((marks += 1) > SAFE_MARKS) return true
  return false
}

/** Aliases are read from configurations by the same parser. */
function withoutDeepConfigs(tree: SourceTree): SourceTree {
  const isRead = (path: string) => /^(?:tsconfig(?:\.app)?|jsconfig)\.json$/.test(path)
  return new Map([...tree].filter(([path, bytes]) => !isRead(path) || !mayNestTooDeep(path, decode(bytes))))
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

type DepthCheck = (path: string, text: string) => boolean

function importsOf(file: string, content: Uint8Array, nestsTooDeep: DepthCheck): readonly Import[] {
  if (content.byteLength > MOST_BYTES) return []
  const key = createHash('sha256')
    .update(`${languageOf(file)}\0`)
    .update(content)
    .digest('base64')
  const seen = known.get(key)
  if (seen) return seen
  const text = decode(content)
  return nestsTooDeep(file, text) ? [] : known.set(key, readImports(file, text))
}

function readImports(file: string, text: string): Import[] {
  const { module, errors } = parseSync(file, text, { lang: languageOf(file) ?? 'js', sourceType: 'module' })
  if (errors.some(({ severity }) => String(severity) === 'Error')) return []
  const at = (specifier: string, start: number): Import => ({
    specifier,
    line: text.slice(0, start).split('\n').length,
  })
  const imported = module.staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => at(moduleRequest.value, moduleRequest.start))
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest && !isType ? [at(moduleRequest.value, moduleRequest.start)] : [],
    ),
  )
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const [, specifier] =
      /^(?:'([^'\\]*)'|"([^"\\]*)"|`([^`\\$]*)`)$/.exec(text.slice(start, end))?.filter((part) => part !== undefined) ??
      []
    return specifier === undefined ? [] : [at(specifier, start)]
  })
  return [...imported, ...exported, ...dynamic]
}
