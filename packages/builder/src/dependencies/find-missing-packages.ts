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
 */
export function findMissingPackages(tree: SourceTree, set: DependencySet): MissingPackage[] {
  const aliases = readAliases(openAppFiles(tree))
  const found = new Map<string, MissingPackage>()
  const isThere = (name: string): boolean => existsSync(join(set.dir, 'node_modules', name, 'package.json'))
  for (const file of [...tree.keys()].toSorted()) {
    if (!isAppScript(file)) continue
    for (const { specifier, line } of importsOf(file, tree.get(file) ?? new Uint8Array())) {
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

function importsOf(file: string, content: Uint8Array): readonly Import[] {
  if (content.byteLength > MOST_BYTES) return []
  const key = createHash('sha256')
    .update(`${languageOf(file)}\0`)
    .update(content)
    .digest('base64')
  return known.get(key) ?? known.set(key, readImports(file, new TextDecoder().decode(content)))
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
