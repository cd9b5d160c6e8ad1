import type { ModelFault } from './model.ts'

/** Hard caps of one turn. Lengths of time in ms. */
export type TurnLimits = {
  steps: number // model replies
  retries: number // requests sent again, in the whole turn
  tries: number // of one request, the first included
  parallelCalls: number
  maxTokens: number // of one reply
  writtenFiles: number
  sameCall: number // steps that hold the same call with the same arguments
  longestWaitMs: number // between two tries
  repairs: number // times that faults of its work are given back to the model
  turnMs?: number
}

export const defaultLimits: TurnLimits = {
  steps: 50,
  retries: 6,
  tries: 4,
  parallelCalls: 8,
  maxTokens: 32_000,
  writtenFiles: 200,
  sameCall: 3,
  longestWaitMs: 60_000,
  repairs: 3,
}

/** How long to wait before try number `attempt` (2 is the first retry): as told, else 1, 2, 4 … s with jitter. */
export function retryWaitMs(fault: ModelFault, attempt: number, random: () => number, longestMs: number): number {
  const told = fault.retryAfterMs
  const wait = told ?? 1000 * 2 ** (attempt - 2) * (0.5 + random() / 2)
  return Math.round(Math.min(wait, longestMs))
}

/**
 * Notices a model that goes round in circles: the same call with the same arguments in several steps. A call that only reads
 * starts afresh after something was changed, because then it may well say something new.
 */
export class RepeatedCalls {
  readonly #limit: number
  readonly #seen = new Map<string, { steps: number; changes: boolean }>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes the calls of one step. Returns the name of a call that has come too often. */
  take(calls: readonly { name: string; inputText: string; changes: boolean; changed: boolean }[]): string | undefined {
    const changed = calls.some((call) => call.changed)
    const own = new Map(calls.map((call) => [`${call.name} ${call.inputText}`, call]))
    if (changed) for (const [key, { changes }] of this.#seen) if (!changes && !own.has(key)) this.#seen.delete(key)
    for (const [key, call] of own) {
      const steps = changed && !call.changes ? 1 : (this.#seen.get(key)?.steps ?? 0) + 1
      this.#seen.set(key, { steps, changes: call.changes })
      if (steps >= this.#limit) return call.name
    }
    return undefined
  }
}
