import { applyToSnapshot, type AppEvent, type BuildError, type Snapshot } from '@overskill/protocol'

/** What the model call of a turn is waiting for before it is tried again. */
export type Retrying = { turn: string; attempt: number; of: number; reason: string; retryAt: string }

/**
 * All that the editor draws about an app: the shared fold, and what only a page that watches needs.
 * A pure function of events; React only draws it.
 */
export type AppState = {
  snapshot: Snapshot
  /** The errors of versions that did not build, as far as they were seen happening. */
  buildErrors: ReadonlyMap<number, BuildError[]>
  retrying: Retrying | undefined
  /** The build under way. */
  building: number | undefined
}

export const beginFrom = (snapshot: Snapshot): AppState => ({
  snapshot,
  buildErrors: new Map(),
  retrying: undefined,
  building: undefined,
})

/** The state after an event; one seen before changes nothing. */
export function applyToApp(state: AppState, event: AppEvent): AppState {
  if (event.seq <= state.snapshot.seq) return state
  const seen = { ...state, snapshot: applyToSnapshot(state.snapshot, event) }
  switch (event.type) {
    case 'turn.retrying': {
      const { turn, attempt, of, reason, retryAt } = event
      return { ...seen, retrying: { turn, attempt, of, reason, retryAt } }
    }
    case 'step.started':
    case 'block.started':
    case 'turn.completed':
    case 'turn.failed':
    case 'turn.stopped':
      return seen.retrying ? { ...seen, retrying: undefined } : seen
    case 'build.started':
      return { ...seen, building: event.version }
    case 'build.completed':
      return { ...seen, building: undefined }
    case 'build.failed':
      return {
        ...seen,
        building: undefined,
        buildErrors: new Map(state.buildErrors).set(event.version, event.errors ?? []),
      }
    default:
      return seen
  }
}
