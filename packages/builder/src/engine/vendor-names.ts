import { parseSync } from 'oxc-parser'
import { contentHash } from './output.ts'

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
  for (const code of chunks) {
    if (!code.includes(`${PREFIX}@`)) continue
    const { module } = parseSync('chunk.js', code)
    for (const { moduleRequest, entries } of module.staticImports)
      add(
        moduleRequest.value,
        entries.map(({ importName }) => nameOf(importName)),
      )
    for (const { entries } of module.staticExports)
      for (const { moduleRequest, importName } of entries)
        if (moduleRequest) add(moduleRequest.value, [nameOf(importName)])
    for (const { moduleRequest } of module.dynamicImports)
      add(code.slice(moduleRequest.start + 1, moduleRequest.end - 1), ['*'])
  }
  const sorted = [...used].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([specifier, names]) => [specifier, names.has('*') ? ['*'] : [...names].toSorted()]),
  )
}

function nameOf(importName: { kind: string; name?: string | null }): string {
  if (importName.kind === 'Default') return 'default'
  return importName.kind === 'Name' && importName.name ? importName.name : '*'
}
