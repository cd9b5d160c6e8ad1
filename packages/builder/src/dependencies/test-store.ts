import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, type InstallProgress, type Outcome } from '@overskill/protocol'
import type { DependencySet } from '../dependency-set.ts'
import { treeOf } from '../test-builder.ts'
import { createDependencyStore, type DependencyStoreOptions } from './create-dependency-store.ts'
import type { DependencyStore, ObtainOptions } from './dependency-store.ts'
import { startTestRegistry, type TestRegistry } from './test-registry.ts'

/** For tests: a store in a folder of its own before a registry of the test's own. */
export type TestStore = {
  store: DependencyStore
  registry: TestRegistry
  dir: string
  logged: string[]
  /** Installs what a `package.json` with these dependencies asks for. */
  add(dependencies: Record<string, string>, options?: Partial<ObtainOptions>): Promise<Outcome<DependencySet>>
  [Symbol.asyncDispose](): Promise<void>
}

export const appWith = (dependencies: Record<string, string>, more: Record<string, string | Uint8Array> = {}) =>
  treeOf({ 'package.json': JSON.stringify({ name: 'app', dependencies }), ...more })

export async function openTestStore(options: Partial<DependencyStoreOptions> = {}): Promise<TestStore> {
  const registry = await startTestRegistry()
  const dir = await mkdtemp(join(tmpdir(), 'packages-'))
  const logged: string[] = []
  const note = (message: string, fields?: object): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const log = { error: note, warn: note, info: note }
  const store = createDependencyStore({ dir, log, registry: registry.config, ...options })
  return {
    ...{ store, registry, dir, logged },
    add: (dependencies, work) => store.obtain(appWith(dependencies), { ...workFor(), ...work }),
    async [Symbol.asyncDispose]() {
      await store.close()
      await registry[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export const workFor = (
  limitMs = 30_000,
): { signal: AbortSignal; limitMs: number; onProgress?: (progress: InstallProgress) => void } => ({
  signal: AbortSignal.timeout(60_000),
  limitMs,
})

export function setOf(outcome: Outcome<DependencySet>): DependencySet {
  assert(outcome.ok, `The set was installed: ${outcome.ok ? '' : outcome.failure.detail}`)
  return outcome.value
}

export const failureOf = (outcome: Outcome<unknown>): { code: string; detail: string } =>
  outcome.ok ? { code: 'ok', detail: '' } : { code: outcome.failure.code, detail: outcome.failure.detail }

/** Text of a file of a set; null when it is not there. */
export async function inSet({ dir }: DependencySet, path: string): Promise<string | null> {
  const file = join(dir, 'node_modules', path)
  return existsSync(file) ? readFile(file, 'utf8') : null
}
