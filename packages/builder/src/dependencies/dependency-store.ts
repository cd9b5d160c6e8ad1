import type { InstallProgress, Outcome } from '@overskill/protocol'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'

export type ObtainOptions = {
  signal: AbortSignal
  limitMs: number
  onProgress?: (progress: InstallProgress) => void
  /** Names whose versions may be younger than a day, because a person said so; `*`: all. */
  allowNew?: readonly string[]
  /** The tree before: what it has and is still asked for stays in the versions that it has. */
  after?: SourceTree
}

/**
 * The shared store of packages: a set per what an app asks for in `package.json` and its lockfile. A set never changes after
 * it appeared; apps that ask for the same share it. No script of a package ever runs.
 */
export interface DependencyStore {
  /** The set that a tree asks for, when it is here; undefined when it would have to be installed. Never asks the network. */
  find(tree: SourceTree): Outcome<DependencySet | undefined>
  /** The set that a tree asks for, installed now if need be. A failure says what could not be had, and why. */
  obtain(tree: SourceTree, options: ObtainOptions): Promise<Outcome<DependencySet>>
  /** Resolves `name` or `name@range` to what `package.json` should say (`^1.2.3`), without installing. */
  resolve(requests: readonly string[], options: ObtainOptions): Promise<Outcome<{ name: string; range: string }[]>>
  close(): Promise<void>
}
