import type { AppNames, DeploymentPointer, EdgePreviewService } from '@overskill/edge'
import type { Database } from '../database/database.ts'
import { type HostRow, type PointerRow, readChanges, readHosts } from './app-hosts-rows.ts'

/** Keeps the edge's names and pointers as the database has them. */
export type AppHosts = {
  /** An app came, went, changed its address, or shows something else. Never rejects; a failure is told and the next change mends it. */
  refresh(app: string): Promise<void>
  /** The same before a page of an app is answered: one that was not there a moment ago is not looked for again. */
  refreshForPage(app: string): Promise<void>
  /** At start: every app and every pointer. */
  load(): Promise<void>
  /**
   * From now on: looks every second for what changed without being heard of here: what other processes did, and what was stored
   * while its answer was lost.
   */
  follow(): void
  close(): Promise<void>
}

export type AppHostsOptions = {
  db: Database
  edge: EdgePreviewService
  onError: (error: unknown) => void
  /** In ms, from whenever. */
  now?: () => number
}

const lookEveryMs = 1_000

export function createAppHosts({ db, edge, onError, now = () => performance.now() }: AppHostsOptions): AppHosts {
  const absent = createAbsentApps(now)
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  /** Resolves to whether the edge is as the database says. */
  const refresh = oneAtATime(async (app) => {
    try {
      const [row] = await readHosts(db, app)
      if (row?.isThere) edge.putApp(namesOf(row))
      else edge.dropApp(app)
      absent.note(app, !row?.isThere)
      for (const pointer of row?.pointers ?? []) await point(edge, pointer)
      return true
    } catch (error) {
      onError(error)
      return false
    }
  })

  return {
    refresh: async (app) => void (await refresh(app)),
    async refreshForPage(app) {
      if (!absent.has(app)) await refresh(app)
    },
    load: () => loadAll(db, edge),
    follow() {
      const look = createLook(db, refresh)
      let isTold = false // a database that is away is said once
      const tell = (error: unknown): void => {
        if (!isTold) onError(error)
        isTold = true
      }
      timer = setInterval(() => {
        looking ??= look()
          .then(() => void (isTold = false), tell)
          .finally(() => void (looking = undefined))
      }, lookEveryMs)
    },
    async close() {
      clearInterval(timer)
      await looking
    },
  }
}

async function point(edge: Pick<EdgePreviewService, 'switchTo' | 'remove'>, row: PointerRow): Promise<void> {
  const pointer = pointerOf(row)
  if (pointer) await edge.switchTo(pointer) // refused: a newer one is there already
  else edge.remove(row)
}

async function loadAll(db: Database, edge: Pick<EdgePreviewService, 'load'>): Promise<void> {
  const rows = await readHosts(db)
  const there = rows.filter(({ isThere }) => isThere)
  const pointers = rows.flatMap((row) => row.pointers)
  const live = pointers.flatMap((row) => pointerOf(row) ?? [])
  const down = pointers.filter((row) => pointerOf(row) === undefined)
  edge.load(there.map(namesOf), live, down)
}

const namesOf = ({ app, slug, formerSlugs }: HostRow): AppNames => ({ app, slug, formerSlugs })

const pointerOf = ({ artifact, ...row }: PointerRow): DeploymentPointer | undefined =>
  artifact === null ? undefined : { ...row, artifactHash: artifact }

/** Refreshes the apps that changed since the last look, each as often as it changed. */
function createLook(db: Database, refresh: (app: string) => Promise<boolean>): () => Promise<void> {
  let seen = new Map<string, string>()
  let since: string | undefined // by the clock of the database
  return async () => {
    const { changes, at } = await readChanges(db, since)
    const done = new Map<string, string>()
    for (const { app, state } of changes) {
      if (seen.get(app) === state || (await refresh(app))) done.set(app, state)
    }
    seen = done
    if (done.size === changes.length) since = at // what failed is looked for again
  }
}

/**
 * Work for a key runs one at a time, so that an older reading never ends last. Who asks while it runs shares the next one, which
 * begins when that has ended: what runs may have read too early for him. `work` must not reject.
 */
function oneAtATime<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  type Round = { running: Promise<T>; next?: Promise<T> }
  const rounds = new Map<string, Round>()
  const begin = (key: string): Promise<T> => {
    const round: Round = { running: work(key) }
    rounds.set(key, round)
    void round.running.then(() => void (round.next === undefined && rounds.delete(key)))
    return round.running
  }
  return (key) => {
    const round = rounds.get(key)
    return round ? (round.next ??= round.running.then(() => begin(key))) : begin(key)
  }
}

const absentMs = 1_000
const mostAbsent = 1_000

/** Apps that were looked for and not found, for a second each, and the latest thousand at most: anybody may ask for any name. */
function createAbsentApps(now: () => number) {
  const until = new Map<string, number>()
  return {
    has: (app: string): boolean => (until.get(app) ?? -Infinity) > now(),
    note(app: string, isAbsent: boolean): void {
      until.delete(app)
      if (!isAbsent) return
      until.set(app, now() + absentMs)
      const [oldest] = until.keys()
      if (until.size > mostAbsent && oldest !== undefined) until.delete(oldest)
    },
  }
}
