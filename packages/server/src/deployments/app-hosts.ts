import type { AppNames, EdgePreviewService } from '@overskill/edge'
import { must } from '@overskill/protocol'
import { and, eq, gt, inArray, isNotNull, isNull, sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { apps, pointers, slugs } from '../database/schema.ts'

/** Keeps the edge's names and pointers as the database has them. */
export type AppHosts = {
  /** An app came, went, changed its address, or shows something else. Never rejects; a failure is told and the next change mends it. */
  refresh(app: string): Promise<void>
  /** At start: every app and every pointer. */
  load(): Promise<void>
  /** From now on: looks every second for what other processes changed, whatever the bus says. */
  follow(): void
  close(): Promise<void>
}

export type AppHostsOptions = { db: Database; edge: EdgePreviewService; onError: (error: unknown) => void }

const lookEveryMs = 1_000
/** How far a look goes back before the last one: a change counts from its commit, later than the time that it carries. */
const overlap = '10 seconds'

export function createAppHosts({ db, edge, onError }: AppHostsOptions): AppHosts {
  const refreshing = new Map<string, Promise<boolean>>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const renew = async (app: string): Promise<void> => {
    const [names] = await readNames(db, app)
    if (names) edge.putApp(names)
    else edge.dropApp(app)
    for (const row of await db.select().from(pointers).where(eq(pointers.app, app))) {
      if (row.artifact === null) edge.remove(row)
      else await edge.switchTo({ ...row, artifactHash: row.artifact }) // refused: a newer one is there already
    }
  }
  /** One that waits to begin stands for all that ask meanwhile. Resolves to whether the edge is as the database says. */
  const refresh = (app: string): Promise<boolean> => {
    const waiting = refreshing.get(app)
    if (waiting) return waiting
    const next = Promise.resolve()
      .then(() => {
        refreshing.delete(app)
        return renew(app)
      })
      .then(
        () => true,
        (error: unknown) => {
          onError(error)
          return false
        },
      )
    refreshing.set(app, next)
    return next
  }

  return {
    refresh: async (app) => void (await refresh(app)),
    load: () => loadAll(db, edge),
    follow() {
      let seen = new Map<string, string>()
      let since: string | undefined // by the clock of the database
      const look = async (): Promise<void> => {
        const { changes, at } = await readChanges(db, since)
        const done = new Map<string, string>()
        for (const { app, state } of changes) {
          if (seen.get(app) === state || (await refresh(app))) done.set(app, state)
        }
        seen = done
        if (done.size === changes.length) since = at // what failed is looked for again
      }
      timer = setInterval(() => {
        looking = looking.then(look).catch(onError)
      }, lookEveryMs)
    },
    async close() {
      clearInterval(timer)
      await looking
    },
  }
}

async function loadAll(db: Database, edge: Pick<EdgePreviewService, 'load'>): Promise<void> {
  const rows = await db.select().from(pointers)
  const live = rows.flatMap(({ app, environment, artifact, fence }) =>
    artifact === null ? [] : [{ app, environment, artifactHash: artifact, fence }],
  )
  const down = rows.filter(({ artifact }) => artifact === null)
  edge.load(await readNames(db), live, down)
}

/** The names of every app that is there, or of one. */
async function readNames(db: Database, only?: string): Promise<AppNames[]> {
  const rows = await db
    .select({ app: apps.id, slug: apps.slug })
    .from(apps)
    .where(and(isNull(apps.deletedAt), only === undefined ? undefined : eq(apps.id, only)))
  if (rows.length === 0) return []
  const isThere = inArray(
    slugs.app,
    rows.map(({ app }) => app),
  )
  const former = await db
    .select()
    .from(slugs)
    .where(and(isNotNull(slugs.reservedUntil), gt(slugs.reservedUntil, new Date()), isThere))
  return rows.map((row) => ({
    ...row,
    formerSlugs: former.filter(({ app }) => app === row.app).map(({ slug }) => slug),
  }))
}

type Changes = { changes: { app: string; state: string }[]; at: string }

/** Apps whose names or pointers changed since, each with what it is by now. */
async function readChanges(db: Database, since: string | undefined): Promise<Changes> {
  const from = raw`coalesce(${since ?? null}::timestamptz, now()) - ${overlap}::interval`
  const clock = await db.execute<{ at: string }>(raw`select now()::text as at`)
  const found = await db.execute<{ app: string; state: string }>(raw`
    with changed as (
      select id as app from apps where updated_at > ${from} union select app from pointers where changed_at > ${from}
    )
    select apps.id as app, concat_ws(' ', apps.slug, apps.deleted_at is null, string_agg(pointers.fence::text, ' ' order by pointers.fence)) as state
    from changed join apps on apps.id = changed.app left join pointers on pointers.app = apps.id group by apps.id`)
  return { changes: found.rows, at: must(clock.rows[0], 'The time').at }
}
