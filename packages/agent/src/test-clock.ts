import type { Clock } from './clock.ts'

/** For tests only: a clock that is moved by hand. */
export type TestClock = Clock & {
  /** Moves time on and fires what is due, in order. */
  advance(ms: number): void
  /** Resolves once somebody waits for exactly this long from now on. */
  whenWaiting(ms: number): Promise<void>
}

export function createTestClock(): TestClock {
  let now = 1_790_000_000_000
  const timers = new Set<{ at: number; run: () => void }>()
  const watchers = new Set<{ ms: number; resolve: () => void }>()
  const look = () => {
    for (const watcher of watchers) {
      if (![...timers].some(({ at }) => at - now === watcher.ms)) continue
      watchers.delete(watcher)
      watcher.resolve()
    }
  }
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      look()
      return () => timers.delete(timer)
    },
    advance(ms) {
      const until = now + ms
      while (true) {
        const [next] = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = until
    },
    whenWaiting: (ms) =>
      new Promise((resolve) => {
        watchers.add({ ms, resolve })
        look()
      }),
  }
}
