import type { Leases } from '../turns/leases.ts'
import type { TurnRow } from '../turns/turn-state.ts'

export type CleanupOptions = {
  leases: Leases
  /** How often it looks, in ms: well below a lease. */
  everyMs: number
  /** The turns that run in this process: they have an owner, however late their renewal is. */
  running: () => readonly string[]
  /** Somebody asked to stop this turn of ours. */
  onStop: (turn: string) => void
  /** Gives a turn whose owner is gone back to the queue; false when it has another by now. */
  release: (turn: TurnRow) => Promise<boolean>
  /** A turn whose owner is gone waits again. */
  onReleased: (app: string) => void
  /** In this app a turn waits and none runs: the floor below every wake that was lost (AD3). */
  onWaiting: (app: string) => void
  /** A turn of ours that makes no progress any more (A6). */
  onStuck: (turn: TurnRow) => void
  onError: (error: unknown) => void
}

export type Cleanup = {
  /** One round. `all`: also turns whose lease still runs, for a process that is alone on its data. */
  round(all: boolean): Promise<void>
  start(): void
  close(): Promise<void>
}

/**
 * Turns are swept by lease and heartbeat, never by age (A6): ours are renewed, those of dead owners go back to the queue, and
 * one that has shown nothing for 20 minutes is ended. A turn that works is never touched.
 */
export function createCleanupStuckMessages(options: CleanupOptions): Cleanup {
  const { leases, everyMs, running: runningTurns, onStop, onError } = options
  const timers: NodeJS.Timeout[] = []
  const underWay = new Map<() => Promise<void>, Promise<void>>()

  /** Each by itself, so that a look that takes long costs no lease; and one at a time: while it hangs, its next times are left out. */
  const every = (work: () => Promise<void>): void => {
    const next = (): void => {
      if (underWay.has(work)) return
      underWay.set(
        work,
        work()
          .catch(onError)
          .finally(() => underWay.delete(work)),
      )
    }
    timers.push(setInterval(next, everyMs))
  }
  const renew = async (): Promise<void> => {
    for (const turn of await leases.renew(runningTurns())) onStop(turn)
  }
  const round = async (all: boolean): Promise<void> => {
    for (const turn of await leases.abandoned(all)) {
      if (!runningTurns().includes(turn.id) && (await options.release(turn))) options.onReleased(turn.app)
    }
    for (const app of await leases.waiting()) options.onWaiting(app)
    for (const turn of await leases.stuck()) options.onStuck(turn)
  }

  return {
    round,
    start() {
      every(renew)
      every(() => round(false))
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(underWay.values())
    },
  }
}
