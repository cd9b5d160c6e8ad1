import type { StyleProcess } from './style-process.ts'

type Kept = { process: StyleProcess; uses: number; usedAt: number; idle: NodeJS.Timeout | undefined }

export type StylePoolOptions = {
  /** Most processes at a time. */
  most: number
  /** How long a process may be idle before it is ended, in ms. */
  idleMs: number
}

/** The processes that are kept, by key. Owner of each: those that are idle, or in the way, are ended. */
export class StylePool {
  readonly #options: StylePoolOptions
  readonly #kept = new Map<string, Kept>()
  readonly #ending = new Set<Promise<void>>()
  readonly #waiting = new Set<() => void>()
  #closed = false

  constructor(options: StylePoolOptions) {
    this.#options = options
  }

  /**
   * Lends the process of a key, started when there is none. When there are too many, the longest idle one makes room; when
   * all are busy, this waits.
   *
   * @param work Gets whether this is the process's first work.
   * @returns Null when it was stopped before its turn came.
   */
  async lend<T>(
    key: string,
    start: () => StyleProcess,
    work: (process: StyleProcess, isFirst: boolean) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | null> {
    const kept = await this.#obtain(key, start, signal)
    if (!kept) return null
    clearTimeout(kept.idle)
    const isFirst = kept.uses === 0
    kept.uses += 1
    const result = await work(kept.process, isFirst)
    kept.usedAt = performance.now()
    if (!kept.process.isUsable()) this.#drop(key, kept)
    else if (kept.process.isIdle()) this.#rest(key, kept)
    for (const wake of this.#waiting) wake()
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const [key, kept] of this.#kept) this.#drop(key, kept)
    for (const wake of this.#waiting) wake()
    await Promise.all(this.#ending)
  }

  async #obtain(key: string, start: () => StyleProcess, signal: AbortSignal): Promise<Kept | null> {
    while (!this.#closed && !signal.aborted) {
      const known = this.#kept.get(key)
      if (known?.process.isUsable()) return known
      if (known) this.#drop(key, known)
      if (this.#makeRoom()) {
        const kept: Kept = { process: start(), uses: 0, usedAt: 0, idle: undefined }
        this.#kept.set(key, kept)
        return kept
      }
      await this.#someRest(signal)
    }
    return null
  }

  #makeRoom(): boolean {
    if (this.#kept.size < this.#options.most) return true
    const resting = [...this.#kept].filter(([, kept]) => kept.process.isIdle())
    const [oldest] = resting.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    if (oldest) this.#drop(...oldest)
    return oldest !== undefined
  }

  /** Waits until some process may have become idle, or the signal says to stop. */
  async #someRest(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#waiting.add(wake)
    signal.addEventListener('abort', wake, { once: true })
    await promise
    signal.removeEventListener('abort', wake)
    this.#waiting.delete(wake)
  }

  #rest(key: string, kept: Kept): void {
    clearTimeout(kept.idle)
    kept.idle = setTimeout(() => this.#drop(key, kept), this.#options.idleMs)
    kept.idle.unref()
  }

  #drop(key: string, kept: Kept): void {
    if (this.#kept.get(key) === kept) this.#kept.delete(key)
    clearTimeout(kept.idle)
    const end = kept.process.end().finally(() => this.#ending.delete(end))
    this.#ending.add(end)
  }
}
