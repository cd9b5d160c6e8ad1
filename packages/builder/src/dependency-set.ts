import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The packages that apps may import, installed once and shared by all: named by the starter's lockfile. `dir` holds
 * `node_modules`; nothing in it is ever changed after it appeared.
 */
export type DependencySet = { key: string; dir: string; present: boolean }

/**
 * Where the dependency set of the starter lies.
 *
 * @param repositoryDir Root of the checkout, with `starter/` in it.
 * @param dependenciesDir Where sets are kept; `<repositoryDir>/.runtime/dependencies` unless told.
 * @returns The set; `present` is false until `scripts/install-dependencies.mjs` has run.
 */
export function findDependencySet(
  repositoryDir: string,
  dependenciesDir: string = join(repositoryDir, '.runtime', 'dependencies'),
): DependencySet {
  const lockfile = readFileSync(join(repositoryDir, 'starter', 'package-lock.json'))
  const key = createHash('sha256').update(lockfile).digest('hex').slice(0, 16)
  const dir = join(dependenciesDir, key)
  return { key, dir, present: existsSync(join(dir, 'node_modules')) }
}
