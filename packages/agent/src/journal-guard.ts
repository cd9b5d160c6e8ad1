import type { TurnJournal } from './turn-journal.ts'

export type GuardedJournal<Work> = {
  journal: TurnJournal<Work>
  /** Resolves once every fact so far is stored. Rejects with the journal's own error once the turn is lost. */
  stored(): Promise<void>
  /** Throws the journal's own error once the turn is lost. */
  assertOurs(): void
}

/**
 * A journal that stops for good at its first rejection: later calls reject with the same error and reach nothing. Promises
 * that nobody waits for are waited for by `stored`.
 * @param onLost Called once, at once.
 */
export function guardJournal<Work>(inner: TurnJournal<Work>, onLost: () => void): GuardedJournal<Work> {
  let lost: { error: unknown } | undefined
  const pending = new Set<Promise<unknown>>()

  const lose = (error: unknown): void => {
    if (lost) return
    lost = { error }
    onLost()
  }
  const assertOurs = (): void => {
    if (lost) throw lost.error
  }
  const durable = <T>(store: () => Promise<T>): Promise<T> => {
    const attempt = async () => {
      assertOurs()
      return await store()
    }
    const promise = attempt()
    pending.add(promise)
    promise.then(
      () => pending.delete(promise),
      (error: unknown) => {
        pending.delete(promise)
        lose(error)
      },
    )
    return promise
  }

  const journal: TurnJournal<Work> = {
    requestReady: (step, body, history) => durable(() => inner.requestReady(step, body, history)),
    blockStarted(step, index, kind, call) {
      if (!lost) inner.blockStarted(step, index, kind, call)
    },
    delta(step, index, text) {
      if (!lost) inner.delta(step, index, text)
    },
    blockStopped: (step, index, block) => durable(() => inner.blockStopped(step, index, block)),
    callQueued: (call, input) => durable(() => inner.callQueued(call, input)),
    callStarted: (call, input) => durable(() => inner.callStarted(call, input)),
    callRunning: (call) => durable(() => inner.callRunning(call)),
    work: (call) => durable(() => inner.work(call)),
    callFinished: (call, result, work, ms) => durable(() => inner.callFinished(call, result, work, ms)),
    blockCut: (step, index, why, kept) => durable(() => inner.blockCut(step, index, why, kept)),
    requestEnded: (step, spent) => durable(() => inner.requestEnded(step, spent)),
    stepFinished: (step, end) => durable(() => inner.stepFinished(step, end)),
    retrying: (attempt, of, reason, retryAtMs) => durable(() => inner.retrying(attempt, of, reason, retryAtMs)),
    notice: (level, code, text, actions, fault) => durable(() => inner.notice(level, code, text, actions, fault)),
    rollBack: (step) => durable(() => inner.rollBack(step)),
  }
  return {
    journal,
    assertOurs,
    async stored() {
      await Promise.allSettled(pending)
      assertOurs()
    },
  }
}
