import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, ok, type InstallProgress, type Outcome } from '@overskill/protocol'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { readBunLock } from './bun-lock.ts'
import { fetchPackages, type PlacedPackage } from './fetch-packages.ts'
import { linkPackages } from './link-packages.ts'
import { moveInto, openPackageFiles, type PackageFiles } from './package-files.ts'
import type { Registry } from './registry.ts'
import { readNpmLock } from './npm-lock.ts'
import type { Placement } from './placement.ts'
import { openRegistryDoor, type RegistryDoor } from './registry-door.ts'
import { resolveLock } from './resolve-lock.ts'
import { resolveRequests } from './resolve-requests.ts'
import { lockPath, setDir, writeRecord, type SetRecord } from './set-record.ts'
import type { Lock, Wants } from './wants.ts'

/** A set to install. `pinned`: its resolved lock of an earlier time; `base`: a lock that what it can stays as. */
export type InstallJob = { wants: Wants; base: Lock | null; pinned: SetRecord | null; allowNew: readonly string[] }

export type InstallWork = { signal: AbortSignal; limitMs: number; onProgress: (progress: InstallProgress) => void }

export type InstallerOptions = {
  dir: string
  /** Stores that came with the program, only read. */
  trustedDirs: readonly string[]
  registry: Registry
  sandbox: Sandbox
}

export const installLimits = { packages: 2_000, bytes: 1024 * 1024 * 1024 }

/** Everything about packages that takes time: choosing versions, fetching, unpacking, laying out. */
export type Installer = {
  install(job: InstallJob, work: InstallWork): Promise<Outcome<undefined>>
  resolve(
    requests: readonly string[],
    allowNew: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome<{ name: string; range: string }[]>>
  close(): void
}

export function createInstaller(options: InstallerOptions): Installer {
  const own = openPackageFiles(options.dir)
  const trusted = options.trustedDirs.map(openPackageFiles)
  return {
    install: (job, work) => wordsForSystem(() => install(job, work, { ...options, own, trusted })),
    resolve: (requests, allowNew, signal) =>
      resolveRequests(requests, { registry: options.registry, mayBeNew: whoMayBeNew(allowNew), signal }),
    close: () => options.registry.close(),
  }
}

type Parts = InstallerOptions & { own: PackageFiles; trusted: readonly PackageFiles[] }

/** `*` stands for every name. */
const whoMayBeNew = (allowNew: readonly string[]): ((name: string) => boolean) => {
  const names = new Set(allowNew)
  return names.has('*') ? () => true : (name) => names.has(name)
}

async function install(job: InstallJob, work: InstallWork, parts: Parts): Promise<Outcome<undefined>> {
  const stop = AbortSignal.any([work.signal, AbortSignal.timeout(work.limitMs)])
  const progress = follow(work.onProgress)
  progress.now('resolving')
  const mayBeNew = whoMayBeNew(job.allowNew)
  const door = await openRegistryDoor({
    ...{ registry: parts.registry, signal: stop, mayBeNew, mostNames: installLimits.packages * 2 },
    onAsked: () => progress.count(1, 0),
  })
  try {
    const chosen = await chooseVersions(job, parts, { door, signal: stop, limitMs: work.limitMs })
    if (!chosen.ok) return chosen
    const { placements } = chosen.value
    if (placements.length > installLimits.packages)
      return fail(
        'too_large',
        `These are ${placements.length} packages in all; at most ${installLimits.packages} are installed.`,
      )
    progress.now('fetching')
    const packages = await fetchPackages(placements, {
      ...parts,
      ...{ asked: door.notes.asked, mayBeNew, mostBytes: installLimits.bytes, signal: stop },
      onFetched: progress.count,
    })
    if (work.signal.aborted) return fail('build_failed', 'Adding packages was stopped.')
    if (stop.aborted)
      return fail(
        'build_failed',
        `Fetching packages took longer than ${Math.round(work.limitMs / 1000)} s and was ended.`,
      )
    if (!packages.ok) return packages
    progress.now('linking')
    layOut(job, chosen.value, packages.value, parts.dir)
    return ok(undefined)
  } finally {
    await door.close()
  }
}

/** Versions for everything that is wanted: from an earlier time, from a lock that answers all of it, or chosen now. */
type Chosen = { placements: Placement[]; record: Omit<SetRecord, 'versions'> }
type ChooseWork = { door: RegistryDoor; signal: AbortSignal; limitMs: number }

async function chooseVersions(job: InstallJob, parts: Parts, work: ChooseWork): Promise<Outcome<Chosen>> {
  const { wants, base, pinned } = job
  const placed = (record: Chosen['record']): Outcome<Chosen> => {
    const placements = readLock(record, wants)
    return placements.ok ? ok({ placements: placements.value, record }) : placements
  }
  if (pinned) return placed(pinned)
  if (!base && wants.lock?.name === NPM_LOCK) {
    const record: Chosen['record'] = {
      lockName: NPM_LOCK,
      lock: new TextDecoder().decode(wants.lock.content),
      warnings: [],
    }
    const known = placed(record)
    if (known.ok) return known
  }
  const workDir = join(parts.dir, 'work')
  const resolved = await resolveLock(wants, base ?? wants.lock, { ...work, sandbox: parts.sandbox, workDir })
  return resolved.ok ? placed({ lockName: 'bun.lock', ...resolved.value }) : resolved
}

const NPM_LOCK = 'package-lock.json' as const

function readLock({ lockName, lock }: Chosen['record'], wants: Wants): Outcome<Placement[]> {
  if (lockName !== NPM_LOCK) return readBunLock(lock)
  const placements = readNpmLock(lock, wants)
  return placements ? ok(placements) : fail('build_failed', 'The lockfile does not fit package.json.')
}

/** Puts the set together beside its place and moves it there whole. */
function layOut(
  { wants }: InstallJob,
  { record: { lockName, lock, warnings } }: Chosen,
  packages: readonly PlacedPackage[],
  dir: string,
): void {
  const work = join(dir, 'work', randomUUID())
  try {
    linkPackages(join(work, 'node_modules'), packages, () => undefined)
    const record: SetRecord = {
      lockName,
      lock,
      warnings,
      versions: versionsOf(packages.map(({ placement }) => placement)),
    }
    writeRecord(join(work, 'set.json'), record)
    if (!existsSync(lockPath(dir, wants.key))) {
      mkdirSync(join(dir, 'locks'), { recursive: true })
      writeFileSync(`${work}.lock`, JSON.stringify(record))
      renameSync(`${work}.lock`, lockPath(dir, wants.key))
    }
    mkdirSync(join(dir, 'sets'), { recursive: true })
    moveInto(work, setDir(dir, wants.key))
  } finally {
    rmSync(work, { recursive: true, force: true })
    rmSync(`${work}.lock`, { force: true })
  }
}

const versionsOf = (placements: readonly Placement[]): Record<string, string> =>
  Object.fromEntries(placements.map(({ place, version }) => [place, version]))

/** Counts of the phase that runs. */
function follow(onProgress: (progress: InstallProgress) => void) {
  let at: InstallProgress = { phase: 'resolving', packages: 0, bytes: 0 }
  return {
    now(phase: InstallProgress['phase']) {
      at = phase === 'linking' ? { ...at, phase } : { phase, packages: 0, bytes: 0 }
      onProgress(at)
    },
    count: (packages: number, bytes: number) => {
      at = { ...at, packages: at.packages + packages, bytes: at.bytes + bytes }
      onProgress(at)
    },
  }
}

const SYSTEM_WORDS: Record<string, string> = {
  ENOSPC: 'There is no space left on the disk for these packages.',
  EDQUOT: 'There is no space left for these packages (the quota is used up).',
  EROFS: 'The folder for packages cannot be written.',
  EACCES: 'The folder for packages cannot be written.',
  EMFILE: 'Too many files are open on this machine to install packages now.',
}

/** What the system refuses is a failure that a person can mend; anything else is a mistake of ours. */
async function wordsForSystem<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work()
  } catch (error) {
    const words = SYSTEM_WORDS[(error as NodeJS.ErrnoException).code ?? '']
    if (words) return fail('build_failed', words)
    throw error
  }
}
