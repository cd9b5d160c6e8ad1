import type { AppNames, EdgePreviewService } from '@overskill/edge'
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
/** How far back a look goes: a change counts from its commit, later than the time that it carries. */
const overlap = '10 seconds'

export function createAppHosts({ db, edge, onError }: AppHostsOptions): AppHosts {
  const refreshing = new Map<string, Promise<void>>()
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
  /** One that waits to begin stands for all that ask meanwhile. */
  const refresh = (app: string): Promise<void> => {
    const waiting = refreshing.get(app)
    if (waiting) return waiting
    const next = Promise.resolve()
      .then(() => {
        refreshing.delete(app)
        return renew(app)
      })
      .catch(onError)
    refreshing.set(app, next)
    return next
  }

  return {
    refresh,
    load: () => loadAll(db, edge),
    follow() {
      const seen = new Map<string, string>()
      const look = async (): Promise<void> => {
        const changes = await readChanges(db)
        for (const { app, state } of changes) if (seen.get(app) !== state) await refresh(app)
        seen.clear()
        for (const { app, state } of changes) seen.set(app, state)
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

/** Apps whose names or pointers changed of late, each with what it is by now. */
async function readChanges(db: Database): Promise<{ app: string; state: string }[]> {
  const found = await db.execute<{ app: string; state: string }>(raw`
    select apps.id as app, concat_ws(' ', apps.slug, apps.deleted_at is null, string_agg(pointers.fence::text, ' ' order by pointers.fence)) as state
    from apps left join pointers on pointers.app = apps.id
    where apps.updated_at > now() - ${overlap}::interval
      or apps.id in (select app from pointers where changed_at > now() - ${overlap}::interval)
    group by apps.id`)
  return found.rows
}
