/** An app whose log goes on beyond what somebody waits at, and the number of its last event. */
export type Grown = { app: string; seq: number }

export type EventPollOptions = {
  /** From the answer to a look to the next one. */
  everyMs: number
  /** Apps with readers that wait, each with the lowest number that one of them stands at. */
  waiting: () => ReadonlyMap<string, number>
  /** Those of them that have more in the table. May reject: the store is away. */
  look: (waiting: ReadonlyMap<string, number>) => Promise<readonly Grown[]>
  ring: (app: string, seq: number) => void
  /** Calls `run` once after `ms`, unless the returned function is called before. Absent: a timer that keeps no process alive. */
  after?: (ms: number, run: () => void) => () => void
}

/** Looks into the table, for all readers of this process together, for what no wake-up told them of. */
export type EventPoll = {
  /** Somebody waits: there are looks from now on, until a time at which nobody does. */
  begin(): void
  close(): void
}

/**
 * One look at a time, and one question for all apps. What a look finds is rung when the next one has been answered: most of it
 * is just being told, by the answer to the commit or by the bus, and then its thousand readers need not ask the table for it.
 */
export function createEventPoll(options: EventPollOptions): EventPoll {
  const { everyMs, waiting, look, ring, after = unheldTimer } = options
  let isOn = false
  let isClosed = false
  let found: readonly Grown[] = []
  let cancel = (): void => {}

  const turn = async (): Promise<void> => {
    const asked = waiting()
    if (asked.size === 0) {
      isOn = false
      found = []
      return
    }
    const grown = await look(asked).catch(() => undefined) // the store is away: the look after finds it
    if (isClosed) return
    if (grown) {
      for (const { app, seq } of found) ring(app, seq)
      found = grown
    }
    cancel = after(everyMs, () => void turn())
  }

  return {
    begin() {
      if (isOn || isClosed) return
      isOn = true
      cancel = after(everyMs, () => void turn())
    },
    close() {
      isClosed = true
      cancel()
    },
  }
}

function unheldTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}
