import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, must } from '@overskill/protocol'
import type { SourceTree } from './artifact.ts'
import { setDir } from './dependencies/set-record.ts'
import { readWants } from './dependencies/wants.ts'

/**
 * The packages that an app may import, installed once and shared by all that ask for the same. `dir` holds `node_modules`;
 * nothing in it is ever changed after it appeared.
 */
export type DependencySet = { key: string; dir: string; present: boolean }

/** What the starter asks for: the files of its tree that its set is a function of. */
export const starterWants = (repositoryDir: string): SourceTree =>
  new Map(
    ['package.json', 'package-lock.json'].map(
      (name) => [name, readFileSync(join(repositoryDir, 'starter', name))] as const,
    ),
  )

/** Where the sets lie that came with the program: a store of `createDependencyStore`. */
export const starterStoreDir = (repositoryDir: string): string => join(repositoryDir, '.runtime', 'dependencies')

/**
 * Where the dependency set of the starter lies.
 *
 * @param repositoryDir Root of the checkout, with `starter/` in it.
 * @param storeDir The store that it is in, unless it is the usual one.
 * @returns The set; `present` is false until `scripts/install-dependencies.mjs` has run.
 */
export function findDependencySet(
  repositoryDir: string,
  storeDir: string = starterStoreDir(repositoryDir),
): DependencySet {
  const wants = readWants(starterWants(repositoryDir))
  assert(wants.ok, `The starter's package.json is understood: ${wants.ok ? '' : wants.failure.detail}`)
  const { key } = must(wants.value, "The starter's package.json")
  const dir = setDir(storeDir, key)
  return { key, dir, present: existsSync(join(dir, 'set.json')) }
}
