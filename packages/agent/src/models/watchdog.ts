import { timeLimitMs } from '@overskill/protocol'
import type { Clock } from '../clock.ts'

/** Longest silences of a stream, in ms. */
export type SilenceLimits = {
  headersMs: number // from the request to the answer's headers
  idleMs: number // without any byte: the connection is dead
  contentMs: number // with pings only: the model is stuck
}

export const defaultSilenceLimits: SilenceLimits = {
  headersMs: timeLimitMs('headers'),
  idleMs: timeLimitMs('silence'),
  contentMs: timeLimitMs('noContent'),
}

/** Aborts `signal` when a stream has been silent for too long. `close` must be called at the end. */
export type Watchdog = {
  signal: AbortSignal
  /** What was silent, once it has barked. */
  reason(): string | undefined
  /** Bytes came: the connection lives. The first ones end the wait for headers. */
  alive(): void
  /** The model itself said something. */
  content(): void
  close(): void
}

/** Watches one request, from now on. Only one timer runs at a time: a bark looks how long the silence really was. */
export function createWatchdog(limits: SilenceLimits, clock: Clock): Watchdog {
  const controller = new AbortController()
  let limitMs = limits.headersMs
  let aliveAt = clock.now()
  let contentAt = aliveAt
  let reason: string | undefined
  let cancel = () => {}

  const look = (): void => {
    const now = clock.now()
    const idleLeft = aliveAt + limitMs - now
    const contentLeft = contentAt + limits.contentMs - now
    const left = Math.min(idleLeft, contentLeft)
    if (left > 0) {
      cancel = clock.after(left, look)
      return
    }
    reason =
      idleLeft <= 0
        ? `Nothing came for ${Math.round(limitMs / 1000)} s.`
        : `Only signs of life and no content came for ${Math.round(limits.contentMs / 1000)} s.`
    controller.abort()
  }
  look()

  return {
    signal: controller.signal,
    reason: () => reason,
    alive() {
      aliveAt = clock.now()
      if (limitMs === limits.idleMs) return
      limitMs = limits.idleMs
      cancel()
      look()
    },
    content() {
      contentAt = clock.now()
    },
    close: () => cancel(),
  }
}
