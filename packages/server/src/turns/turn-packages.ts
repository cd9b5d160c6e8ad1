import type { NewAppEvent } from '@overskill/protocol'
import type { Draft } from '@overskill/workspace'
import { nameOf, type Packages } from '../apps/packages.ts'
import type { ToolWork } from './tools/work.ts'

/**
 * The packages of one running turn. What a call is adding counts as installed for the calls beside it, so that a file written
 * meanwhile is not said to import something that is missing.
 */
export function createTurnPackages(packages: Packages, say: (event: NewAppEvent) => void) {
  const adding = new Map<string, number>() // by how many calls
  const count = (names: readonly string[], by: number): void => {
    for (const name of names) adding.set(name, (adding.get(name) ?? 0) + by)
  }
  return {
    /** What a call on this draft may do. */
    on: (draft: Draft): ToolWork['packages'] => ({
      async change(change, signal) {
        const names = change.add.map(nameOf)
        count(names, 1)
        try {
          return await packages.change(draft, change, { signal, say })
        } finally {
          count(names, -1)
        }
      },
      async missing(path, text) {
        const missing = await packages.missing(draft, path, text)
        return missing.filter(({ name }) => !adding.get(name))
      },
    }),
  }
}
