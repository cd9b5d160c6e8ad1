import { parse as parseCommonJs } from 'cjs-module-lexer'
import { parseSync } from 'oxc-parser'
import { dirname, join } from 'node:path'
import type { PackageStore } from './package-store.ts'
import type { UsedNames } from './vendor-names.ts'

/** What a package's module exports, read off its text: nothing of a package ever runs here. */
type ModuleExports = { kind: 'commonjs'; names: readonly string[] } | { kind: 'module'; hasDefault: boolean }

/**
 * Packages that are bundled with all their names, whichever are used: leaving some out would save next to nothing, and a
 * name used for the first time would make a new vendor set.
 */
const WHOLE = new Set([
  'class-variance-authority',
  'clsx',
  'cmdk',
  'sonner',
  'tailwind-merge',
  '@hookform/resolvers/zod',
])

const byStore = new WeakMap<PackageStore, Map<string, ModuleExports | null>>()

/**
 * The names that a vendor set is made for. CommonJS has all its names, because it cannot be split and a new React hook
 * must not make a new set; a namespace used as a whole has all names and the default.
 */
export function settleNames(store: PackageStore, used: UsedNames): UsedNames {
  const entries = Object.entries(used).map(([specifier, names]): [string, readonly string[]] => {
    const exports = readExports(store, specifier)
    const named = names.filter((name) => name !== '*')
    if (exports?.kind === 'commonjs') return [specifier, sortedSet([...exports.names, ...named, 'default'])]
    if (exports && (names.includes('*') || WHOLE.has(specifier)))
      return [specifier, exports.hasDefault ? ['*', 'default'] : ['*']]
    return [specifier, names]
  })
  return Object.fromEntries(entries)
}

const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].toSorted()

function readExports(store: PackageStore, specifier: string): ModuleExports | null {
  const known = byStore.get(store) ?? new Map<string, ModuleExports | null>()
  byStore.set(store, known)
  const cached = known.get(specifier)
  if (cached !== undefined) return cached
  const path = store.findModule(specifier)
  const answer = path === null ? null : describe(store, path)
  known.set(specifier, answer)
  return answer
}

function describe(store: PackageStore, path: string): ModuleExports {
  const text = new TextDecoder().decode(store.read(path))
  const { module } = parseSync(path.endsWith('.cjs') ? `${path}.js` : path, text)
  if (!module.hasModuleSyntax) return { kind: 'commonjs', names: commonJsNames(store, path, new Set()) }
  const exported = module.staticExports.flatMap((statement) => statement.entries)
  return {
    kind: 'module',
    hasDefault: exported.some((entry) => entry.exportName.kind === 'Default' || entry.exportName.name === 'default'),
  }
}

/** Names of a CommonJS file and of what it re-exports (`module.exports = require('./x.production.js')`). */
function commonJsNames(store: PackageStore, path: string, seen: Set<string>): string[] {
  if (seen.has(path)) return []
  seen.add(path)
  const { exports, reexports } = parseCommonJs(new TextDecoder().decode(store.read(path)))
  const names = new Set(exports)
  for (const target of reexports) {
    if (!target.startsWith('.')) continue
    const file = [target, `${target}.js`, `${target}/index.js`]
      .map((name) => join(dirname(path), name))
      .find(isFile(store))
    for (const name of file ? commonJsNames(store, file, seen) : []) names.add(name)
  }
  return [...names].filter((name) => name !== 'default' && name !== '__esModule')
}

const isFile =
  (store: PackageStore) =>
  (path: string): boolean => {
    try {
      return store.read(path).length >= 0
    } catch {
      return false // a folder, or not there
    }
  }
