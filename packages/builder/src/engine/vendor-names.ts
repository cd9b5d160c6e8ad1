import { parseSync } from 'oxc-parser'
import { contentHash } from './output.ts'
import { keepRecent } from './recent.ts'

/** Which names of a package an app uses, by specifier, each sorted. `*` stands for all of them. */
export type UsedNames = Record<string, readonly string[]>

const PREFIX = '/_v/'
const DIGITS = 19

/**
 * Addresses that stand for packages while an app is bundled. They are as long as the real ones (`/_v/<20 hex>.js`),
 * so that putting those in later moves no column, and source maps stay true. They follow from the specifier alone: in which
 * order modules are met differs from build to build.
 */
export type Placeholders = {
  urlOf(specifier: string): string
  specifierOf(url: string): string | undefined
}

export function createPlaceholders(): Placeholders {
  const specifiers = new Map<string, string>()
  return {
    urlOf(specifier) {
      const url = `${PREFIX}@${contentHash(specifier, DIGITS)}.js`
      specifiers.set(url, specifier)
      return url
    },
    specifierOf: (url) => specifiers.get(url),
  }
}

/** Reads off finished chunks which names of which packages are really used: after tree shaking, so none too many. */
export function readUsedNames(chunks: readonly string[], placeholders: Placeholders): UsedNames {
  const used = new Map<string, Set<string>>()
  const add = (url: string, names: readonly string[]): void => {
    const specifier = placeholders.specifierOf(url)
    if (!specifier) return
    const known = used.get(specifier) ?? new Set()
    for (const name of names) known.add(name)
    used.set(specifier, known)
  }
  for (const code of chunks)
    if (code.includes(`${PREFIX}@`)) for (const [url, names] of importsOf(code)) add(url, names)
  const sorted = [...used].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([specifier, names]) => [specifier, names.has('*') ? ['*'] : [...names].toSorted()]),
  )
}

type Imports = readonly (readonly [url: string, names: readonly string[]])[]
const importsByChunk = keepRecent<Imports>(500)

/** What a chunk imports; most chunks are the same as in the build before. */
function importsOf(code: string): Imports {
  const key = contentHash(code, 40)
  return importsByChunk.get(key) ?? importsByChunk.set(key, readImports(code))
}

function readImports(code: string): Imports {
  const { module } = parseSync('chunk.js', code)
  const exported = module.staticExports.flatMap(({ entries }) => entries)
  return [
    ...module.staticImports.map(
      ({ moduleRequest, entries }) =>
        [moduleRequest.value, entries.map(({ importName }) => nameOf(importName))] as const,
    ),
    ...exported.flatMap(({ moduleRequest, importName }) =>
      moduleRequest ? [[moduleRequest.value, [nameOf(importName)]] as const] : [],
    ),
    ...module.dynamicImports.map(
      ({ moduleRequest }) => [code.slice(moduleRequest.start + 1, moduleRequest.end - 1), ['*']] as const,
    ),
  ]
}

function nameOf(importName: { kind: string; name?: string | null }): string {
  if (importName.kind === 'Default') return 'default'
  return importName.kind === 'Name' && importName.name ? importName.name : '*'
}
