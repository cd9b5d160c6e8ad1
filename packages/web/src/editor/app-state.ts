import {
  applyToSnapshot,
  deploymentMoves,
  isFinal,
  type AppEvent,
  type BuildError,
  type Deployment,
  type InstallProgress,
  type Snapshot,
} from '@overskill/protocol'

/** Something under way: when it began, and when it is ended at the latest. */
export type Waited = { startedAt: string; deadline: string | undefined }

/** What the model call of a turn is waiting for before it is tried again. */
export type Retrying = { turn: string; attempt: number; of: number; reason: string; waitMs: number }

export type PageError = Extract<AppEvent, { type: 'preview.error' }>['error']

/** What the page at `url` has met since it last changed: how much, and the one that says most. `first`: number of the first. */
export type PageErrors = { url: string; first: number; count: number; told: PageError }

/** Packages on their way into the app, or why they did not come. */
export type Install = { names: string[]; progress: InstallProgress | undefined; problem: string | undefined }

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
  building: { version: number; waited: Waited } | undefined
  /** How often files changed while this page watched. */
  changes: number
  /** The turn whose files have changed. */
  writing: string | undefined
  /** A change of files by a person that is not at the preview address yet; its version once that is made. */
  edit: { version: number | undefined } | undefined
  pageErrors: PageErrors | undefined
  install: Install | undefined
}

export const beginFrom = (snapshot: Snapshot): AppState => ({
  snapshot,
  buildErrors: new Map(),
  retrying: undefined,
  building: undefined,
  changes: 0,
  writing: undefined,
  edit: undefined,
  pageErrors: undefined,
  install: undefined,
})

/** The state after an event; one seen before changes nothing. */
export function applyToApp(state: AppState, event: AppEvent): AppState {
  if (event.seq <= state.snapshot.seq) return state
  const seen = { ...state, snapshot: applyToSnapshot(state.snapshot, event) }
  switch (event.type) {
    case 'turn.retrying': {
      const { turn, attempt, of, reason } = event
      // By the server's own clock, which may differ from this one.
      const waitMs = Date.parse(event.retryAt) - Date.parse(event.at)
      return { ...seen, retrying: { turn, attempt, of, reason, waitMs } }
    }
    case 'step.started':
    case 'block.started':
    case 'turn.completed':
    case 'turn.failed':
    case 'turn.stopped':
      return seen.retrying ? { ...seen, retrying: undefined } : seen
    case 'build.started':
      return {
        ...seen,
        building: { version: event.version, waited: { startedAt: event.at, deadline: event.deadline } },
      }
    case 'build.completed':
      return { ...seen, building: undefined }
    case 'build.failed':
      return {
        ...seen,
        building: undefined,
        buildErrors: new Map(state.buildErrors).set(event.version, event.errors ?? []),
      }
    default:
      return applyToPage(seen, event)
  }
}

/** What an event says about the page in the preview and what it is made of. */
function applyToPage(seen: AppState, event: AppEvent): AppState {
  switch (event.type) {
    case 'files.changed': {
      const changed = { ...seen, changes: seen.changes + 1, pageErrors: undefined, install: withoutProblem(seen) }
      return 'turn' in event.origin
        ? { ...changed, writing: event.origin.turn }
        : { ...changed, edit: seen.edit ?? { version: undefined } }
    }
    case 'version.created':
      return event.version.origin === 'turn' ? seen : { ...seen, edit: { version: event.version.number } }
    case 'deployment.stage':
    case 'deployment.completed':
    case 'deployment.failed': {
      const built = endsBuild(event.deployment, seen) ? { ...seen, building: undefined } : seen
      return seen.edit && endsEdit(event.deployment, seen) ? { ...built, edit: undefined } : built
    }
    case 'preview.ready':
      return seen.pageErrors ? { ...seen, pageErrors: undefined } : seen
    case 'preview.error':
      return { ...seen, pageErrors: withError(seen.pageErrors, event) }
    case 'packages.progress':
      return { ...seen, install: { names: event.names, progress: event.progress, problem: undefined } }
    case 'packages.ended': {
      const { names, problem } = event
      return { ...seen, install: problem === undefined ? undefined : { names, progress: undefined, problem } }
    }
    default:
      return seen
  }
}

const withoutProblem = ({ install }: AppState): Install | undefined =>
  install?.problem === undefined ? install : undefined

/** Whether the build under way was this deployment's: one that is given up has no other end. */
const endsBuild = ({ status, version }: Deployment, { building }: AppState): boolean =>
  building?.version === version && isFinal(deploymentMoves, status)

/** Whether this deployment is what became of the change: at the preview address, failed, or given way to something else. */
function endsEdit({ environment, status, version }: Deployment, { edit, snapshot }: AppState): boolean {
  const edited = edit?.version ?? snapshot.app.version ?? 0
  if (environment !== 'preview') return false
  return status === 'superseded' ? version === edited : (status === 'live' || status === 'failed') && version >= edited
}

const weight: Record<PageError['kind'], number> = { uncaught: 3, blank: 2, request: 1, console: 0 }

/** Only one is told: the first of the kind that says most. Those of another address say nothing about this page. */
function withError(
  before: PageErrors | undefined,
  { seq, url, error }: Extract<AppEvent, { type: 'preview.error' }>,
): PageErrors {
  if (before?.url !== url) return { url, first: seq, count: 1, told: error }
  const told = weight[error.kind] > weight[before.told.kind] ? error : before.told
  return { ...before, count: before.count + 1, told }
}
