import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { BuildResult, FastBuildService, SourceTree } from './artifact.ts'
import { assembleArtifact } from './assemble-artifact.ts'
import type { ChildAnswer, ChildOptions } from './build-child.ts'
import { ChildKeeper, type KeeperLimits } from './child-keeper.ts'
import type { BuildLog } from './log.ts'
import type { StyleAnswer } from './styles/style-request.ts'
import type { StyleService } from './styles/style-service.ts'
import { keepVendorSet, sweepVendorCache, touchVendorSet } from './vendor-cache.ts'

export type FastBuildLimits = KeeperLimits

/** How the service is set up. Both folders must lie on this machine; the cache is made when it is missing. */
export type FastBuildOptions = {
  /** Folder with `node_modules`, from `findDependencySet`. Its name is part of what an artifact is a function of. */
  dependencySetDir: string
  vendorCacheDir: string
  log: BuildLog
  /** Compiles styles that need code of an app. Without it such apps do not build. */
  styles?: StyleService
  limits?: Partial<FastBuildLimits>
}

/** Raise it when the same tree would give another artifact. */
const RECIPE = '2'

const LIMITS: FastBuildLimits = {
  memoryBytes: 1_500 * 1024 * 1024,
  recycleBytes: 500 * 1024 * 1024,
  recycleBuilds: 200,
  idleMs: 60_000,
}

/** Bundled packages that nobody used for a week are removed when the service starts. */
const KEEP_VENDOR_MS = 7 * 24 * 60 * 60_000

const WORDS: Record<Extract<ChildAnswer, { kind: 'ended' }>['reason'], string> = {
  timeout: 'The build took too long and was ended.',
  aborted: 'The build was stopped.',
  memory: 'The build used too much memory and was ended.',
  crashed: 'The build process ended unexpectedly.',
}

const NO_STYLES: StyleAnswer = {
  ok: false,
  faults: [
    { where: 'process', message: 'The styles of this app need its own code to run, which is not possible here.' },
  ],
}

type BuildWork = { signal: AbortSignal; limitMs: number }

function compileWith({ styles, dependencySetDir: dir }: FastBuildOptions): ChildOptions['compileStyles'] {
  const dependencySet = { key: basename(dir), dir }
  return async (work, tree, signal) => styles?.compile({ work, tree, dependencySet }, { signal }) ?? NO_STYLES
}

/** A child that was killed says nothing about the app: another one tries once more. */
async function buildTwice(keeper: ChildKeeper, tree: SourceTree, work: BuildWork): Promise<ChildAnswer> {
  const answer = await keeper.build(tree, work)
  const isCrash = answer.kind === 'ended' && answer.reason === 'crashed'
  return isCrash && !work.signal.aborted ? keeper.build(tree, work) : answer
}

/** Builds apps in one warm child process at a time; builds asked for meanwhile wait their turn, in order. */
export function createFastBuildService(options: FastBuildOptions): FastBuildService {
  const limits = { ...LIMITS, ...options.limits }
  const keeper = new ChildKeeper({ ...options, limits, compileStyles: compileWith(options) })
  let last: Promise<unknown> = sweepVendorCache(options.vendorCacheDir, KEEP_VENDOR_MS).catch((error: unknown) =>
    options.log.warn('The cache of bundled packages was not swept', { error }),
  )
  let closed = false

  const run = async (tree: SourceTree, work: BuildWork): Promise<BuildResult> => {
    const startedAt = performance.now()
    const ms = (): number => Math.round(performance.now() - startedAt)
    const failed = (message: string): BuildResult => ({ ok: false, errors: [{ message }], ms: ms() })
    if (work.signal.aborted || closed) return failed(WORDS.aborted)
    const answer = await buildTwice(keeper, tree, work)
    switch (answer.kind) {
      case 'built': {
        if (answer.vendor && answer.vendorContents)
          await keepVendorSet(options.vendorCacheDir, answer.vendor, answer.vendorContents)
        else if (answer.vendor) await touchVendorSet(options.vendorCacheDir, answer.vendor.key)
        return { ok: true, ...assembleArtifact(answer, options.vendorCacheDir), ms: ms() }
      }
      case 'failed':
        return { ok: false, errors: answer.errors, ms: ms() }
      case 'ended':
        return failed(WORDS[answer.reason])
      case 'broken':
        options.log.error('The builder failed on an app', { detail: answer.detail })
        return failed('The builder failed on this app. The details are in the log.')
      case 'ready':
        return failed(WORDS.crashed)
    }
  }

  return {
    version: RECIPE,
    build(tree, work) {
      const turn = last.then(() => run(tree, work))
      last = turn.catch(() => null)
      return Promise.race([turn, stoppedWhileWaiting(work.signal)])
    },
    warm: () => keeper.warm(),
    async check() {
      if (!existsSync(join(options.dependencySetDir, 'node_modules')))
        return {
          status: 'down',
          detail: 'The packages for apps are not installed: run scripts/install-dependencies.mjs.',
        }
      return (await keeper.starts())
        ? { status: 'ok' }
        : { status: 'down', detail: 'The build process does not start.' }
    },
    async close() {
      closed = true
      await keeper.close()
      await last
    },
  }
}

/** Answers a build that is stopped before its turn came; one that runs ends by itself. Otherwise never. */
function stoppedWhileWaiting(signal: AbortSignal): Promise<BuildResult> {
  const { promise, resolve } = Promise.withResolvers<BuildResult>()
  const stop = (): void => resolve({ ok: false, errors: [{ message: WORDS.aborted }], ms: 0 })
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return promise
}
