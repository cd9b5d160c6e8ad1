import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { LiveVendorSet } from '../live-messages.ts'

/** What a live page may import of packages: bundled modules, by what they are asked for. */
export type LiveVendor = {
  /** The address of a module; null when it is not bundled, or not there at all. */
  urlOf(specifier: string): string | null
  /** Whether a bundled module gives a name. */
  gives(specifier: string, name: string): boolean
  /** Whether this was asked for before: then it does not exist. */
  wasAsked(want: string): boolean
  /** All files that a file imports, and itself, as addresses. */
  closure(url: string): readonly string[]
}

/**
 * Import analysis leaves full addresses alone, and the page is to have a path: both are of the same length, so the one is
 * put in place of the other in finished modules without moving a column.
 */
const FULL = '//v/'
const SERVED = '/_v/'
const FULL_ADDRESS = /\/\/v\/(?=[0-9a-f]{20}\.js)/g

export const toServedAddresses = (code: string): string => code.replaceAll(FULL_ADDRESS, SERVED)

const exportsOfFile = new Map<string, ReadonlySet<string>>()

export function openLiveVendor(vendorCacheDir: string, made: LiveVendorSet): LiveVendor {
  const { set, extras } = made
  const asked = new Set(extras)
  const exportsOf = (file: string): ReadonlySet<string> => {
    const known = exportsOfFile.get(file) ?? readExports(readFileSync(join(vendorCacheDir, file), 'utf8'))
    exportsOfFile.set(file, known)
    return known
  }
  return {
    urlOf(specifier) {
      const file = Object.hasOwn(set.entries, specifier) ? set.entries[specifier] : undefined
      return file ? FULL + file : null
    },
    gives(specifier, name) {
      const file = set.entries[specifier]
      return !file || exportsOf(file).has(name)
    },
    wasAsked: (want) => asked.has(want),
    closure(url) {
      const files = new Set<string>()
      const visit = (file: string): void => {
        const known = set.files[file]
        if (!known || files.has(file)) return
        files.add(file)
        known.imports.forEach(visit)
      }
      visit(url.slice(FULL.length))
      return [...files].map((file) => SERVED + file)
    },
  }
}

function readExports(code: string): ReadonlySet<string> {
  const { module } = parseSync('vendor.js', code)
  const names = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ exportName }) => (exportName.kind === 'Default' ? 'default' : (exportName.name ?? ''))),
  )
  return new Set(names)
}
