import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fail, ok, type InstallProgress, type Outcome } from '@overskill/protocol'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'
import type { BuildLog } from '../log.ts'
import type { SandboxOptions } from '../sandbox/open-sandbox.ts'
import type { DependencyStore, ObtainOptions } from './dependency-store.ts'
import { createInstallThread } from './install-thread.ts'
import { readRegistryConfig, type RegistryConfig } from './registry-config.ts'
import type { registryLimits } from './registry.ts'
import { lockPath, readRecord, setDir } from './set-record.ts'
import { sweepSets } from './sweep-sets.ts'
import { readWants, type Wants } from './wants.ts'

export type DependencyStoreOptions = {
  /** The store's folder; made when it is missing. One that several processes share is harmless. */
  dir: string
  /** Stores that came with the program, such as the starter's: read, never written. */
  trustedDirs?: readonly string[]
  /** The set of a tree without `package.json`. */
  fallback?: DependencySet
  log: BuildLog
  /** As npm is set up on this machine, unless told. */
  registry?: RegistryConfig
  registryLimits?: Partial<typeof registryLimits>
  sandbox?: SandboxOptions
}

/** Sets that nobody used for a month are removed when the store opens, except those that came with the program. */
const KEEP_SETS_MS = 30 * 24 * 60 * 60_000
const STOPPED = fail('build_failed', 'Adding packages was stopped.')
/** Installs that run side by side; others wait. */
const AT_ONCE = 3

export function createDependencyStore(options: DependencyStoreOptions): DependencyStore {
  const { dir, trustedDirs = [], log } = options
  const thread = createInstallThread(
    {
      ...{ dir, trustedDirs, sandbox: options.sandbox ?? {}, registryLimits: options.registryLimits ?? {} },
      registry: options.registry ?? readRegistryConfig(),
    },
    log,
  )
  const shared = createSharedWork<Outcome<DependencySet>>(AT_ONCE, STOPPED)
  const swept = sweepSets(dir, KEEP_SETS_MS).catch((error: unknown) =>
    log.warn('The store of packages was not swept', { error }),
  )

  const place = (key: string): DependencySet => {
    const found = [...trustedDirs, dir]
      .map((each) => setDir(each, key))
      .find((each) => existsSync(join(each, 'set.json')))
    if (found?.startsWith(dir)) touch(join(found, 'set.json'))
    return { key, dir: found ?? setDir(dir, key), present: found !== undefined }
  }
  const planned = (tree: SourceTree): Outcome<{ wants: Wants | null; set: DependencySet | undefined }> => {
    const wants = readWants(tree)
    if (!wants.ok) return wants
    return ok({ wants: wants.value, set: wants.value ? place(wants.value.key) : options.fallback })
  }
  const install = async (wants: Wants, { after, allowNew = [], ...work }: Work): Promise<Outcome<DependencySet>> => {
    await swept
    const before = after ? planned(after) : undefined
    const beforeSet = before?.ok ? before.value.set : undefined
    const base = beforeSet?.present ? readRecord(join(beforeSet.dir, 'set.json')) : null
    const job = { wants, base, pinned: readRecord(lockPath(dir, wants.key)), allowNew }
    const done = await thread.install(job, work)
    return done.ok ? ok(place(wants.key)) : done
  }

  return {
    find(tree) {
      const plan = planned(tree)
      if (!plan.ok) return plan
      return ok(plan.value.set?.present ? plan.value.set : undefined)
    },
    async obtain(tree, work) {
      const plan = planned(tree)
      if (!plan.ok) return plan
      const { wants, set } = plan.value
      if (set?.present) return ok(set)
      if (!wants)
        return fail('build_failed', 'The packages for apps are not installed: run scripts/install-dependencies.mjs.')
      const id = JSON.stringify([wants.key, work.allowNew ?? []])
      return shared.run(id, work, (sharedWork) => install(wants, { ...work, ...sharedWork }))
    },
    resolve: (requests, work) => thread.resolve(requests, work.allowNew ?? [], work),
    async close() {
      await swept
      await thread.close()
    },
  }
}

type Work = ObtainOptions

/** When each was touched last, in ms: it is asked for with every file that is written. */
const touched = new Map<string, number>()
const TOUCH_MS = 60_000

/** Says that a set is in use; that it cannot be said is no reason to fail. */
function touch(path: string): void {
  const now = new Date()
  if (now.getTime() - (touched.get(path) ?? 0) < TOUCH_MS) return
  touched.set(path, now.getTime())
  try {
    utimesSync(path, now, now)
  } catch {
    return // read-only, or swept in this moment
  }
}

type SharedWork = { signal: AbortSignal; onProgress: (progress: InstallProgress) => void }
type Follower = { signal: AbortSignal; onProgress?: ((progress: InstallProgress) => void) | undefined }

/** Runs work of one name once for all who ask for it meanwhile; it is stopped when none of them waits any more. */
function createSharedWork<T>(atOnce: number, stopped: T) {
  const running = new Map<string, { followers: Set<Follower>; stop: AbortController; result: Promise<T> }>()
  const turns: (() => void)[] = []
  let free = atOnce
  const inTurn = async (work: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>((resolve) => turns.push(resolve))
    else free -= 1
    try {
      return await work()
    } finally {
      const next = turns.shift()
      if (next) next()
      else free += 1
    }
  }
  const begin = (id: string, start: (work: SharedWork) => Promise<T>) => {
    const followers = new Set<Follower>()
    const stop = new AbortController()
    const onProgress = (progress: InstallProgress): void => followers.forEach((each) => each.onProgress?.(progress))
    const result = inTurn(() => start({ signal: stop.signal, onProgress })).finally(() => {
      if (running.get(id) === entry) running.delete(id) // one that was stopped may have a successor
    })
    const entry = { followers, stop, result }
    running.set(id, entry)
    return entry
  }
  return {
    async run(id: string, follower: Follower, start: (work: SharedWork) => Promise<T>): Promise<T> {
      const known = running.get(id)
      const entry = known && !known.stop.signal.aborted ? known : begin(id, start)
      entry.followers.add(follower)
      const left = Promise.withResolvers<T>()
      const leave = (): void => {
        left.resolve(stopped)
        entry.followers.delete(follower)
        if (entry.followers.size === 0) entry.stop.abort()
      }
      follower.signal.addEventListener('abort', leave, { once: true })
      if (follower.signal.aborted) leave()
      try {
        return await Promise.race([entry.result, left.promise])
      } finally {
        follower.signal.removeEventListener('abort', leave)
      }
    },
  }
}
