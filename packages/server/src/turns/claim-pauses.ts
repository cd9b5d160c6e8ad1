const shortestMs = 2_000
const longestMs = 15_000

/** Apps whose turn the store failed: it is left alone for a while, so that a store that stays away is not asked without a pause. */
export type ClaimPauses = {
  /** A pause of 2 s; twice the last one, up to 15 s, where the turn failed again soon after it. */
  begin(app: string, turn: string): void
  /** Whether nothing of this app is to be claimed yet. */
  holds(app: string): boolean
  /** Somebody asked something of this turn: it does not wait any more. */
  end(turn: string): void
}

/** @param now a clock in ms. */
export function createClaimPauses(now: () => number): ClaimPauses {
  const pauses = new Map<string, { turn: string; ms: number; until: number }>() // by app
  const isRecent = ({ until }: { until: number }): boolean => now() < until + longestMs

  return {
    begin(app, turn) {
      for (const [old, pause] of pauses) if (!isRecent(pause)) pauses.delete(old)
      const before = pauses.get(app)
      const ms = before?.turn === turn ? Math.min(2 * before.ms, longestMs) : shortestMs
      pauses.set(app, { turn, ms, until: now() + ms })
    },
    holds: (app) => now() < (pauses.get(app)?.until ?? 0),
    end(turn) {
      for (const [app, pause] of pauses) if (pause.turn === turn) pauses.delete(app)
    },
  }
}
