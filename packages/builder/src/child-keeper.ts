import type { SourceTree } from './artifact.ts'
import { startBuildChild, type BuildChild, type ChildAnswer, type ChildOptions } from './build-child.ts'

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

type KeeperOptions = Omit<ChildOptions, 'memoryBytes'> & { limits: KeeperLimits }
type Work = { signal: AbortSignal; limitMs: number }
type Kept = { child: BuildChild; builds: number; building: Promise<unknown> }

/** Keeps one child: starts it, replaces it before it grows too large, ends it when nobody builds. Owner of each child. */
export class ChildKeeper {
  readonly #options: KeeperOptions
  readonly #all = new Set<BuildChild>()
  #current: Kept | null = null
  #replacing = false
  #hasStarted = false
  #closed = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /** Runs one build; the caller asks for the next one when this has ended. Never rejects. */
  async build(files: SourceTree, work: Work): Promise<ChildAnswer> {
    clearTimeout(this.#idle)
    const kept = this.#obtain()
    const building = this.#run(kept.child, files, work)
    kept.building = building
    const answer = await building
    kept.builds += 1
    if (this.#closed) return answer
    if (answer.kind === 'ended') this.#afterEnd(kept, answer.reason)
    else if ('rssBytes' in answer) this.#afterBuild(kept, answer.rssBytes)
    this.#rest()
    return answer
  }

  /** Starts a child when there is none, so that the next build finds it warm. */
  warm(): void {
    if (this.#closed) return
    this.#obtain()
    this.#rest()
  }

  /** Whether a child starts here; known after the first one did. */
  async starts(): Promise<boolean> {
    if (this.#hasStarted || this.#closed) return this.#hasStarted
    const ready = await this.#obtain().child.ready
    this.#rest()
    return ready
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    await Promise.all([...this.#all].map((child) => child.end()))
  }

  #start(): BuildChild {
    const child = startBuildChild({ ...this.#options, memoryBytes: this.#options.limits.memoryBytes })
    this.#all.add(child)
    void child.gone.then(() => this.#all.delete(child))
    void child.ready.then((ready) => (this.#hasStarted ||= ready))
    return child
  }

  #obtain(): Kept {
    if (!this.#current || !this.#current.child.isUsable())
      this.#current = { child: this.#start(), builds: 0, building: Promise.resolve() }
    return this.#current
  }

  async #run(child: BuildChild, files: SourceTree, work: Work): Promise<ChildAnswer> {
    return (await untilReady(child, work)) ?? (await child.build(files, work))
  }

  /** Where the child was ended too, the next one starts at once, unless none ever did. */
  #afterEnd(kept: Kept, reason: string): void {
    this.#options.log.warn('A build child was ended', { reason })
    if (!kept.child.isUsable() && this.#current === kept) this.#current = null
    if (this.#hasStarted) this.#obtain()
  }

  #afterBuild(kept: Kept, rssBytes: number): void {
    const { recycleBuilds, recycleBytes } = this.#options.limits
    if (kept.builds < recycleBuilds && rssBytes <= recycleBytes) return
    this.#options.log.info('A build child is replaced', { builds: kept.builds, rssBytes })
    void this.#replace(kept)
  }

  /** Starts the next child, changes over when it is ready, and ends the old one when its build is done. */
  async #replace(old: Kept): Promise<void> {
    if (this.#replacing) return
    this.#replacing = true
    const child = this.#start()
    const ready = await child.ready
    this.#replacing = false
    if (!ready || this.#closed) return
    if (this.#current !== old) return child.end()
    this.#current = { child, builds: 0, building: Promise.resolve() }
    await old.building
    await old.child.end()
  }

  #rest(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      const resting = this.#current?.child
      this.#current = null
      void resting?.end()
    }, this.#options.limits.idleMs)
    this.#idle.unref()
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
