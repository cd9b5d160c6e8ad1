import type { SourceTree } from './artifact.ts'
import { startBuildChild, type BuildChild, type ChildAnswer } from './build-child.ts'
import type { BuildLog } from './log.ts'

export type KeeperLimits = {
  /** Most memory a child may hold while it builds, in bytes: more, and it is killed. */
  memoryBytes: number
  /** A child that holds more than this after a build is replaced. Native memory of the bundler is never given back. */
  recycleBytes: number
  /** Builds after which a child is replaced. */
  recycleBuilds: number
  /** How long a child may be idle before it is ended. */
  idleMs: number
}

export type ChildKeeper = {
  build(files: SourceTree, options: { signal: AbortSignal; limitMs: number }): Promise<ChildAnswer>
  warm(): void
  /** Whether a child starts here; known after the first one did. */
  starts(): Promise<boolean>
  close(): Promise<void>
}

type KeeperOptions = { dependencySetDir: string; vendorCacheDir: string; log: BuildLog; limits: KeeperLimits }

/** Keeps one child: starts it, replaces it before it grows too large, ends it when nobody builds. Owner of each child. */
export function createChildKeeper(options: KeeperOptions): ChildKeeper {
  const { limits, log } = options
  const all = new Set<BuildChild>()
  let current: { child: BuildChild; builds: number } | null = null
  let replacing = false
  let building = false
  let hasStarted = false
  let closed = false
  let idle: NodeJS.Timeout | undefined

  const start = (): BuildChild => {
    const child = startBuildChild({ ...options, memoryBytes: limits.memoryBytes })
    all.add(child)
    void child.gone.then(() => all.delete(child))
    void child.ready.then((ready) => (hasStarted ||= ready))
    return child
  }
  const obtain = (): { child: BuildChild; builds: number } => {
    if (!current || current.child.isGone()) current = { child: start(), builds: 0 }
    return current
  }
  const replace = async (old: BuildChild): Promise<void> => {
    if (replacing || closed) return
    replacing = true
    const next = start()
    const ready = await next.ready
    replacing = false
    if (!ready || closed) return
    if (current?.child === old) current = { child: next, builds: 0 }
    else await next.end()
    await whenIdle(old)
  }
  /** A build may still run in the old child: it is ended after that. */
  let afterBuild: (() => void)[] = []
  const whenIdle = async (old: BuildChild): Promise<void> => {
    if (building) await new Promise<void>((resolve) => afterBuild.push(resolve))
    await old.end()
  }
  const restIdle = (): void => {
    clearTimeout(idle)
    idle = setTimeout(() => {
      const resting = current?.child
      current = null
      void resting?.end()
    }, limits.idleMs)
    idle.unref()
  }

  return {
    async build(files, work) {
      clearTimeout(idle)
      const mine = obtain()
      building = true
      const answer = (await untilReady(mine.child, work)) ?? (await mine.child.build(files, work))
      building = false
      afterBuild.forEach((resume) => resume())
      afterBuild = []
      mine.builds += 1
      if (closed) return answer
      const rss = 'rssBytes' in answer ? answer.rssBytes : 0
      if (answer.kind === 'ended') {
        log.warn('A build child was ended', { reason: answer.reason })
        if (mine.child.isGone() && current?.child === mine.child) current = null
        if (hasStarted) obtain()
      } else if (mine.builds >= limits.recycleBuilds || rss > limits.recycleBytes) {
        log.info('A build child is replaced', { builds: mine.builds, rssBytes: rss })
        void replace(mine.child)
      }
      restIdle()
      return answer
    },
    warm() {
      if (closed) return
      obtain()
      restIdle()
    },
    async starts() {
      if (hasStarted || closed) return hasStarted
      const ready = await obtain().child.ready
      restIdle()
      return ready
    },
    async close() {
      closed = true
      clearTimeout(idle)
      await Promise.all([...all].map((child) => child.end()))
    },
  }
}

/** Waits for a child that still starts, as long as the build itself may take; an answer when it did not come to that. */
async function untilReady(
  child: BuildChild,
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<ChildAnswer | null> {
  if (signal.aborted) return { kind: 'ended', reason: 'aborted' }
  const { promise: stopped, resolve: stop } = Promise.withResolvers<'aborted' | 'timeout'>()
  const abort = (): void => stop('aborted')
  const deadline = setTimeout(() => stop('timeout'), limitMs)
  signal.addEventListener('abort', abort, { once: true })
  const first = await Promise.race([child.ready, stopped])
  clearTimeout(deadline)
  signal.removeEventListener('abort', abort)
  if (first === 'timeout') await child.end()
  if (typeof first === 'string') return { kind: 'ended', reason: first }
  return first ? null : { kind: 'ended', reason: 'crashed' }
}
