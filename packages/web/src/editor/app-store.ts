import type { AppEvent, Snapshot } from '@overskill/protocol'
import { followApp, type StreamStatus } from '../api/app-stream.ts'
import type { Problem } from '../api/problem.ts'
import { applyToApp, beginFrom, type AppState } from './app-state.ts'

export type StoreState = { status: StreamStatus; problem: Problem | undefined; app: AppState | undefined }

export type AppStore = {
  get: () => StoreState
  subscribe: (onChange: () => void) => () => void
  /** Connects; the returned function disconnects. */
  open: () => () => void
}

/**
 * The one place in the page that holds an app's state. Events fold in as they come; listeners are told once a frame,
 * so that eight files growing at once cost one drawing.
 *
 * @param onEvents Told which events came, before the listeners are.
 */
export function createAppStore(app: string, onEvents: (types: ReadonlySet<string>) => void): AppStore {
  let current: StoreState = { status: 'connecting', problem: undefined, app: undefined }
  let next = current
  const listeners = new Set<() => void>()
  let scheduled = false

  const publish = (): void => {
    scheduled = false
    if (next === current) return
    current = next
    for (const listener of listeners) listener()
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    // A hidden page gets no frames, but its title and live regions must still be right when it comes back.
    if (document.hidden) setTimeout(publish, 100)
    else requestAnimationFrame(publish)
  }
  const change = (changes: Partial<StoreState>): void => {
    next = { ...next, ...changes }
    schedule()
  }

  const sink = {
    snapshot: (snapshot: Snapshot) => {
      change({ app: beginFrom(snapshot) })
      onEvents(new Set(['files.changed', 'version.created']))
    },
    events: (events: AppEvent[]) => {
      if (!next.app) return
      change({ app: events.reduce(applyToApp, next.app) })
      onEvents(new Set(events.map((event) => event.type)))
    },
    status: (status: StreamStatus, problem?: Problem) => {
      if (status !== next.status || problem !== next.problem) change({ status, problem })
    },
  }

  return {
    get: () => current,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    open: () => followApp(app, sink).close,
  }
}
