import { existsSync, mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { type Failure, ok, type BuildError, timeLimitMs } from '@overskill/protocol'
import type { BuildResult, FastBuildService, SourceTree } from './artifact.ts'
import { assembleArtifact } from './assemble-artifact.ts'
import type { BuildInput, ChildAnswer } from './build-child.ts'
import { BuildPool, type PoolLimits } from './build-pool.ts'
import { createBuildTurns } from './build-turns.ts'
import type { DependencyStore } from './dependencies/dependency-store.ts'
import type { DependencySet } from './dependency-set.ts'
import { STOPPED, wordsForEnd } from './ended-words.ts'
import type { BuildLog } from './log.ts'
import type { Sandbox } from './sandbox/sandbox.ts'
import { compileStylesWith, type StyleService } from './styles/style-service.ts'
import { findTooLarge } from './tree-limits.ts'
import { keepVendorSet, sweepVendorCache, touchVendorSet } from './vendor-cache.ts'

export type FastBuildLimits = PoolLimits

/** How the service is set up. Folders lie on this machine; the cache is made when it is missing. */
export type FastBuildOptions = {
  sandbox: Sandbox
  /** The set that most apps use, from `findDependencySet`: children open it when they start. */
  starterSet: DependencySet
  /** Folders of sets besides that of the starter's, which every child can read. Made when they are missing. */
  dependenciesDirs?: readonly string[]
  /** Which set a tree is built with, installed before if need be; the starter's for all unless told. */
  dependencies?: Pick<DependencyStore, 'obtain'>
  vendorCacheDir: string
  /** Where bundled packages of live pages are kept: swept with our own. Nobody may use it before `onSwept`. */
  liveVendors?: { dir: string; onSwept: () => void }
  log: BuildLog
  /** Compiles styles that need code of an app. Without it such apps do not build. */
  styles?: StyleService
  limits?: Partial<FastBuildLimits>
}

/** Raise it when the same tree would give another artifact. */
const RECIPE = '2'

const LIMITS: FastBuildLimits = {
  builds: Math.max(2, availableParallelism()),
  memoryBytes: 1_500 * 1024 * 1024,
  recycleBytes: 500 * 1024 * 1024,
  recycleBuilds: 200,
  idleMs: 60_000,
}

const DAY_MS = 24 * 60 * 60_000

/** Bundled packages that nobody used for a week are removed when the service starts. */
const KEEP_VENDOR_MS = 7 * DAY_MS

/**
 * Those of live pages are shared by all processes of a checkout, and are noted as used only when a process first uses them: one
 * that has run for long must still find its own. As long as the packages that they are made of.
 */
const KEEP_LIVE_MS = 30 * DAY_MS

const NO_PACKAGES = 'The packages for apps are not installed: run scripts/install-dependencies.mjs.'

type BuildWork = { signal: AbortSignal; limitMs: number }

const failed = (message: string, ms: number): BuildResult => ({ ok: false, errors: [{ message }], ms })

const obtainSet = async (tree: SourceTree, signal: AbortSignal, options: FastBuildOptions) =>
  (await options.dependencies?.obtain(tree, { signal, limitMs: timeLimitMs('buildPackages') })) ??
  ok(options.starterSet)

/** What `package.json` asks for cannot be had: its own fault, or that of the way there. */
const withoutPackages = ({ code, detail: message }: Failure): BuildResult => ({
  ...{ ok: false, ms: 0 },
  errors: [code === 'build_failed' ? { message } : { file: 'package.json', message }],
})

type Built = Extract<ChildAnswer, { kind: 'built' }>

/** Keeps the packages that were bundled for it, and puts the artifact together. */
async function keep(answer: Built, vendorCacheDir: string): Promise<ReturnType<typeof assembleArtifact>> {
  const { vendor, vendorContents } = answer
  if (vendor && vendorContents) await keepVendorSet(vendorCacheDir, vendor, vendorContents)
  else if (vendor) await touchVendorSet(vendorCacheDir, vendor.key)
  return assembleArtifact(answer, vendorCacheDir)
}

function errorsOf(
  answer: Exclude<ChildAnswer, Built>,
  tree: SourceTree,
  limits: { limitMs: number; memoryBytes: number },
): BuildError[] {
  if (answer.kind === 'failed') return answer.errors
  if (answer.kind === 'broken') return [{ message: 'The builder failed on this app. The details are in the log.' }]
  return [wordsForEnd(answer.kind === 'ended' ? answer.reason : 'crashed', tree, limits)]
}

const wordsOfMode = ({ mode }: Sandbox): string | null =>
  mode.kind === 'reduced' ? `Builds run in reduced mode, without a sandbox of the system: ${mode.reason}` : null

/** A child that was killed says nothing about the app: another one tries once more. */
async function buildTwice(pool: BuildPool, input: BuildInput, work: BuildWork): Promise<ChildAnswer> {
  const answer = await pool.build(input, work)
  const isCrash = answer.kind === 'ended' && answer.reason === 'crashed'
  return isCrash && !work.signal.aborted ? pool.build(input, work) : answer
}

function openPool(options: FastBuildOptions, dependenciesDirs: readonly string[], limits: FastBuildLimits): BuildPool {
  const { sandbox, starterSet, vendorCacheDir, log } = options
  const compile = compileStylesWith(options.styles)
  return new BuildPool({
    ...{ sandbox, dependenciesDirs, starterSet, vendorCacheDir, log, limits },
    compileStyles: (work, { files: tree, set: dependencySet }, signal) =>
      compile(work, { tree, dependencySet }, signal),
  })
}

/** Never rejects: a cache that could not be swept is only larger than it need be. */
async function sweepCaches({ vendorCacheDir, liveVendors, log }: FastBuildOptions): Promise<void> {
  const sweepOne = (dir: string, keepMs: number): Promise<void> =>
    sweepVendorCache(dir, keepMs).catch((error: unknown) =>
      log.warn('The cache of bundled packages was not swept', { dir, error }),
    )
  if (liveVendors) await sweepOne(liveVendors.dir, KEEP_LIVE_MS)
  liveVendors?.onSwept()
  await sweepOne(vendorCacheDir, KEEP_VENDOR_MS)
}

/** Builds apps in warm, confined children, several side by side; builds beyond that wait their turn, in order. */
export function createFastBuildService(options: FastBuildOptions): FastBuildService {
  const { sandbox, log, vendorCacheDir, starterSet } = options
  const dependenciesDirs = [dirname(starterSet.dir), ...(options.dependenciesDirs ?? [])]
  const limits = { ...LIMITS, ...options.limits }
  for (const dir of [vendorCacheDir, ...(options.dependenciesDirs ?? [])]) mkdirSync(dir, { recursive: true })
  const pool = openPool(options, dependenciesDirs, limits)
  const turns = createBuildTurns(limits.builds)
  const swept = sweepCaches(options)
  const reduced = wordsOfMode(sandbox)
  if (reduced) log.warn(reduced)
  const building = new Set<Promise<unknown>>()

  const run = async (tree: SourceTree, set: DependencySet, work: BuildWork): Promise<BuildResult> => {
    const startedAt = performance.now()
    const ms = (): number => Math.round(performance.now() - startedAt)
    const answer = await buildTwice(pool, { files: tree, set }, work)
    if (answer.kind === 'built') return { ok: true, ...(await keep(answer, vendorCacheDir)), ms: ms() }
    if (answer.kind === 'broken') log.error('The builder failed on an app', { detail: answer.detail })
    return { ok: false, errors: errorsOf(answer, tree, { ...work, ...limits }), ms: ms() }
  }

  const inTurn = async (tree: SourceTree, work: BuildWork): Promise<BuildResult> => {
    await swept
    const tooLarge = findTooLarge(tree)
    if (tooLarge.length > 0) return { ok: false, errors: tooLarge, ms: 0 }
    if (work.signal.aborted) return failed(STOPPED, 0)
    const set = await obtainSet(tree, work.signal, options)
    if (!set.ok) return withoutPackages(set.failure)
    const endTurn = await turns.take(work.signal)
    if (!endTurn) return failed(STOPPED, 0)
    return run(tree, set.value, work).finally(endTurn)
  }

  return {
    version: RECIPE,
    build(tree, work) {
      const result = inTurn(tree, work)
      building.add(result)
      void result.finally(() => building.delete(result)).catch(() => null) // its caller hears of it
      return result
    },
    warm: () => pool.warm(),
    async check() {
      if (!existsSync(dirname(starterSet.dir))) return { status: 'down', detail: NO_PACKAGES }
      if (!(await pool.starts())) return { status: 'down', detail: 'The build process does not start.' }
      return reduced ? { status: 'degraded', detail: reduced } : { status: 'ok' }
    },
    async close() {
      turns.close()
      await pool.close()
      await Promise.allSettled([swept, ...building])
    },
  }
}
