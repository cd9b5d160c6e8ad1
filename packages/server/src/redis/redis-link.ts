import { Redis } from 'ioredis'
import type { Log } from '../log.ts'

/**
 * The connections of this process to Redis, and whether Redis answers. Redis holds nothing that cannot be lost; while it is
 * away everything goes on without it.
 */
export type RedisLink = {
  /** For commands: fails at once while Redis is away, and after 200 ms when it does not answer. */
  commands: Redis
  /** A connection that waits for Redis as long as it takes, for who listens. Its owner disconnects it. */
  listener(): Redis
  /** Names in Redis begin with this: other installations may use the same Redis. */
  prefix: string
  isAway(): boolean
  /** A command was not answered: until the next one is, Redis counts as away. */
  suspect(): void
  /** Called every half second while Redis is away, and once when it is back. */
  onRound(listener: (state: 'away' | 'back') => void): void
  close(): void
}

export type RedisLinkOptions = { url: string; prefix: string; log: Log }

const probeEveryMs = 500
const longestPauseMs = 1_000

/** With these, a command fails in no time when there is no connection (measured: with others it hangs for ever). */
const failFast = { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 200, connectTimeout: 500 }
const retryStrategy = (attempt: number): number => Math.min(50 * attempt, longestPauseMs)

export function openRedisLink({ url, prefix, log }: RedisLinkOptions): RedisLink {
  const commands = new Redis(url, { ...failFast, retryStrategy })
  const listeners = new Set<(state: 'away' | 'back') => void>()
  let isAway = true // until it has answered once
  let isSaid = false

  const away = (): void => {
    isAway = true
    if (isSaid) return
    isSaid = true
    log.warn('Redis does not answer: work starts in the process that is asked, and other processes notice it later')
  }
  const probe = async (): Promise<void> => {
    if (!isAway) return
    try {
      await commands.ping()
    } catch {
      away()
      for (const hear of listeners) hear('away')
      return
    }
    isAway = false
    if (isSaid) log.info('Redis answers again')
    isSaid = false
    for (const hear of listeners) hear('back')
  }
  commands.on('error', () => {}) // `close` follows, and says so
  commands.on('close', away)
  commands.on('ready', () => void probe())
  const probing = setInterval(() => void probe(), probeEveryMs)

  return {
    commands,
    prefix,
    listener: () =>
      new Redis(url, { maxRetriesPerRequest: null, retryStrategy, connectTimeout: 500 }).on('error', () => {}),
    isAway: () => isAway,
    suspect: away,
    onRound: (listener) => void listeners.add(listener),
    close() {
      clearInterval(probing)
      commands.off('close', away)
      commands.disconnect()
    },
  }
}
