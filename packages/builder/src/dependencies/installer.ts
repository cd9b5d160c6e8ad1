import { fail, ok, type InstallProgress, type Outcome } from '@overskill/protocol'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { chooseVersions, type Wanted } from './choose-versions.ts'
import { fetchPackages } from './fetch-packages.ts'
import { openSetInMaking } from './lay-out-set.ts'
import { openPackageFiles, type PackageFiles, type StoredPackage } from './package-files.ts'
import type { Registry } from './registry.ts'
import { openRegistryDoor } from './registry-door.ts'
import { resolveRequests } from './resolve-requests.ts'

/** A set to install. `allowNew`: names whose versions may be younger than a day; `*` stands for every name. */
export type InstallJob = Wanted & { allowNew: readonly string[] }

export type InstallWork = { signal: AbortSignal; limitMs: number; onProgress: (progress: InstallProgress) => void }

export type InstallerOptions = {
  dir: string
  /** Stores that came with the program, only read. */
  trustedDirs: readonly string[]
  registry: Registry
  /** Asked for when versions have to be chosen: nothing else waits for it. */
  sandbox: Promise<Sandbox>
}

const MOST = { packages: 2_000, bytes: 1024 * 1024 * 1024 }

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

const whoMayBeNew = (allowNew: readonly string[]): ((name: string) => boolean) => {
  const names = new Set(allowNew)
  return names.has('*') ? () => true : (name) => names.has(name)
}

async function install(job: InstallJob, work: InstallWork, parts: Parts): Promise<Outcome<undefined>> {
  const signal = AbortSignal.any([work.signal, AbortSignal.timeout(work.limitMs)])
  const progress = follow(work.onProgress)
  const mayBeNew = whoMayBeNew(job.allowNew)
  progress.now('resolving')
  const making = openSetInMaking(parts.dir)
  const door = await openRegistryDoor({
    ...{ registry: parts.registry, signal, mayBeNew, mostNames: MOST.packages * 2 },
    onAsked: () => progress.count(1, 0),
  })
  try {
    if (job.base && !job.pinned) making.begin(job.base.checksums, (integrity) => findStored(integrity, parts))
    const chosen = await chooseVersions(job, {
      ...parts,
      sandbox: await parts.sandbox,
      door,
      signal,
      limitMs: work.limitMs,
    })
    if (!chosen.ok) return chosen
    const { placements } = chosen.value
    if (placements.length > MOST.packages)
      return fail(
        'too_large',
        `These are ${placements.length} packages in all; at most ${MOST.packages} are installed.`,
      )
    progress.now('fetching')
    const packages = await fetchPackages(placements, {
      ...parts,
      ...{ asked: door.notes.asked, mayBeNew, mostBytes: MOST.bytes, signal },
      onFetched: progress.count,
    })
    if (work.signal.aborted) return fail('build_failed', 'Adding packages was stopped.')
    if (signal.aborted)
      return fail('build_failed', `Fetching packages took longer than ${work.limitMs / 1000} s and was ended.`)
    if (!packages.ok) return packages
    progress.now('linking')
    await making.finish(job.wants.key, chosen.value, packages.value)
    return ok(undefined)
  } finally {
    await making.drop()
    await door.close()
  }
}

/** Of the packages that came with the program, else of our own. */
function findStored(integrity: string, { own, trusted }: Parts): StoredPackage | null {
  for (const files of [...trusted, own]) {
    const stored = files.find(integrity)
    if (stored) return stored
  }
  return null
}

/** Counts of the phase that runs; what was fetched is still told while it is laid out. */
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
