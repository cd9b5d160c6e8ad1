import {
  startBuildChild,
  type BuildChild,
  type BuildInput,
  type ChildAnswer,
  type ChildOptions,
} from './build-child.ts'
import type { BuildLog } from './log.ts'

export type PoolLimits = {
  /** Builds that run side by side; about one per core. One more child waits, warm. */
  builds: number
  /** Most memory a child may hold while it builds, in bytes: more, and it is killed. */
  memoryBytes: number
  /** A child that holds more than this after a build is replaced. Native memory of the bundler is never given back. */
  recycleBytes: number
  /** Builds after which a child is replaced. */
  recycleBuilds: number
  /** How long a child may be idle before it is ended. */
  idleMs: number
}

type PoolOptions = Omit<ChildOptions, 'memoryBytes'> & { log: BuildLog; limits: PoolLimits }
type Work = { signal: AbortSignal; limitMs: number }
type Member = {
  child: BuildChild
  builds: number
  busy: boolean
  started: boolean
  worn: boolean
  idle?: NodeJS.Timeout
}

/**
 * Keeps warm children: always one more than builds run, replaced before they grow too large, ended when nobody builds.
 * Owner of each child. How many builds run at once is up to the caller.
 */
export class BuildPool {
  readonly #options: PoolOptions
  /** The one that was used last is at the end, and is used next: what it keeps in memory fits best. */
  readonly #members: Member[] = []
  #hasStarted = false
  /** After a child that did not start, none is started ahead of need until somebody asks again. */
  #mayStartAhead = true
  #lastAskedAt = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Runs one build. Never rejects. */
  async build(input: BuildInput, work: Work): Promise<ChildAnswer> {
    if (this.#closed) return { kind: 'ended', reason: 'aborted' }
    this.#asked()
    const member = this.#takeIdle() ?? this.#start()
    member.busy = true
    clearTimeout(member.idle)
    const answer = (await untilReady(member.child, work)) ?? (await member.child.build(input, work))
    member.busy = false
    member.builds += 1
    this.#lastAskedAt = performance.now()
    this.#afterBuild(member, answer)
    return answer
  }

  /** Starts children ahead of need, so that the next build finds one warm. */
  warm(): void {
    if (this.#closed) return
    this.#asked()
    this.#keepSpare()
  }

  /** Whether a child starts here; known after the first one did. */
  async starts(): Promise<boolean> {
    if (this.#hasStarted || this.#closed) return this.#hasStarted
    this.warm()
    await Promise.all(this.#members.map(({ child }) => child.ready))
    return this.#hasStarted
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#members.map((member) => this.#end(member)))
  }

  #asked(): void {
    this.#lastAskedAt = performance.now()
    this.#mayStartAhead = true
  }

  #takeIdle(): Member | undefined {
    const idle = this.#members.filter((member) => !member.busy && member.child.isUsable())
    return (
      idle.findLast((member) => member.started && !member.worn) ?? idle.findLast(({ worn }) => !worn) ?? idle.at(-1)
    )
  }

  #start(): Member {
    const { limits, ...options } = this.#options
    const child = startBuildChild({ ...options, memoryBytes: limits.memoryBytes })
    const member: Member = { child, builds: 0, busy: false, started: false, worn: false }
    this.#members.unshift(member)
    void child.ready.then((ready) => this.#onStarted(member, ready))
    void child.gone.then(() => this.#remove(member))
    return member
  }

  #onStarted(member: Member, ready: boolean): void {
    member.started = ready
    this.#hasStarted ||= ready
    if (!ready) this.#mayStartAhead = false
    this.#rest(member)
    this.#endWorn()
    if (!member.busy) this.#keepSpare()
  }

  /** One starts at a time, and none beside the first build: it would only slow that down. */
  #keepSpare(): void {
    if (this.#closed || !this.#mayStartAhead || this.#isQuiet()) return
    const fit = this.#fit()
    if (fit.every(({ started }) => started) && fit.length < this.#wanted()) this.#start()
  }

  #fit(): Member[] {
    return this.#members.filter(({ child, worn }) => child.isUsable() && !worn)
  }

  /** One more than builds run, and never only one: what is killed has a replacement that is warm. */
  #wanted(): number {
    const busy = this.#members.filter((member) => member.busy).length
    return Math.min(this.#options.limits.builds, Math.max(1, busy)) + 1
  }

  #afterBuild(member: Member, answer: ChildAnswer): void {
    if (this.#closed) return
    const { log, limits } = this.#options
    const rssBytes = 'rssBytes' in answer ? member.child.residentBytes() || answer.rssBytes : 0
    if (answer.kind === 'ended') log.warn('A build child was ended', { reason: answer.reason })
    if (!member.worn && (member.builds >= limits.recycleBuilds || rssBytes > limits.recycleBytes)) {
      log.info('A build child is replaced', { builds: member.builds, rssBytes })
      member.worn = true
    }
    if (this.#remove(member)) this.#members.push(member)
    this.#rest(member)
    this.#endWorn()
    this.#keepSpare()
  }

  /** A worn child goes as soon as another one has started; until then it still builds. */
  #endWorn(): void {
    if (!this.#members.some(({ child, started, worn, busy }) => started && !worn && !busy && child.isUsable())) return
    for (const member of this.#members.filter(({ worn, busy }) => worn && !busy)) void this.#end(member)
  }

  /** Ends a child that is idle for long; while builds come, as many stay as are wanted. */
  #rest(member: Member): void {
    clearTimeout(member.idle)
    if (member.busy || !member.child.isUsable()) return
    const { idleMs } = this.#options.limits
    member.idle = setTimeout(() => {
      if (this.#isQuiet() || this.#fit().length > this.#wanted()) void this.#end(member)
      else this.#rest(member)
    }, idleMs)
    member.idle.unref()
  }

  #isQuiet(): boolean {
    return performance.now() - this.#lastAskedAt >= this.#options.limits.idleMs
  }

  #end(member: Member): Promise<void> {
    clearTimeout(member.idle)
    return member.child.end()
  }

  #remove(member: Member): boolean {
    clearTimeout(member.idle)
    const index = this.#members.indexOf(member)
    return index >= 0 && this.#members.splice(index, 1).length > 0
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
