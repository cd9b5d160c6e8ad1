import { startLiveChild, type LiveChild, type LiveChildOptions } from './live-child.ts'

export type ShardLimits = {
  /** Apps that one process may hold. */
  appsPerProcess: number
  /** A process that holds more memory than this, in bytes, is replaced; its apps open again when they are asked for. */
  memoryBytes: number
}

/** A process and the apps in it. */
export type Shard = { child: LiveChild; apps: Set<string> }

const MEMORY_CHECK_MS = 2_000

/** Keeps the processes with live pages: starts them when there is none with room, ends those that grew too large. */
export class LiveShards {
  readonly #options: LiveChildOptions
  readonly #limits: ShardLimits
  readonly #onGone: (shard: Shard) => void
  readonly #shards = new Set<Shard>()
  readonly #memory: NodeJS.Timeout
  #starting: Promise<Shard> | null = null

  /** @param onGone Hears of a process, and which apps it held, when it ended by itself, or was ended for its memory. */
  constructor(options: LiveChildOptions, limits: ShardLimits, onGone: (shard: Shard) => void) {
    this.#options = options
    this.#limits = limits
    this.#onGone = onGone
    this.#memory = setInterval(() => this.#endLarge(), MEMORY_CHECK_MS)
    this.#memory.unref()
  }

  /** A process with room for one more app. Rejects when none can be started. */
  async obtain(app: string): Promise<Shard> {
    const free = [...this.#shards].find(
      ({ child, apps }) => child.isUsable() && apps.size < this.#limits.appsPerProcess,
    )
    const shard = free ?? (await this.#start())
    shard.apps.add(app)
    return shard
  }

  async end(): Promise<void> {
    clearInterval(this.#memory)
    await this.#starting?.catch(() => null)
    await Promise.all([...this.#shards].map(({ child }) => child.end()))
  }

  /** Many who ask at once wait for the same process. */
  #start(): Promise<Shard> {
    if (this.#starting) return this.#starting
    const starting = startLiveChild(this.#options).then((child) => {
      const shard: Shard = { child, apps: new Set() }
      this.#shards.add(shard)
      void child.gone.then(() => {
        this.#shards.delete(shard)
        this.#onGone(shard)
      })
      return shard
    })
    this.#starting = starting.finally(() => (this.#starting = null))
    return this.#starting
  }

  #endLarge(): void {
    for (const { child, apps } of this.#shards) {
      const bytes = child.residentBytes()
      if (bytes <= this.#limits.memoryBytes) continue
      this.#options.log.warn('A process of live pages grew too large and is replaced', { bytes, apps: apps.size })
      void child.end()
    }
  }
}
