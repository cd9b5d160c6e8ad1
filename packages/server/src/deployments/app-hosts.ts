import type { AppNames, EdgePreviewService } from '@overskill/edge'
import { and, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { apps, pointers, slugs } from '../database/schema.ts'

/** Keeps the edge's names and pointers as the database has them. */
export type AppHosts = {
  /** An app came, went, or changed its address. Never rejects; a failure is told and the next change mends it. */
  refresh(app: string): Promise<void>
  /** At start: every app and every pointer. */
  load(): Promise<void>
}

export type AppHostsOptions = { db: Database; edge: EdgePreviewService; onError: (error: unknown) => void }

export function createAppHosts({ db, edge, onError }: AppHostsOptions): AppHosts {
  const read = async (only?: string): Promise<AppNames[]> => {
    const rows = await db
      .select({ app: apps.id, slug: apps.slug })
      .from(apps)
      .where(and(isNull(apps.deletedAt), only === undefined ? undefined : eq(apps.id, only)))
    if (rows.length === 0) return []
    const former = await db
      .select()
      .from(slugs)
      .where(
        and(
          isNotNull(slugs.reservedUntil),
          gt(slugs.reservedUntil, new Date()),
          inArray(
            slugs.app,
            rows.map(({ app }) => app),
          ),
        ),
      )
    return rows.map((row) => ({
      ...row,
      formerSlugs: former.filter(({ app }) => app === row.app).map(({ slug }) => slug),
    }))
  }

  return {
    async refresh(app) {
      try {
        const [names] = await read(app)
        if (names) edge.putApp(names)
        else edge.dropApp(app)
      } catch (error) {
        onError(error)
      }
    },

    async load() {
      const rows = await db.select().from(pointers)
      const live = rows.flatMap(({ artifact, ...row }) =>
        artifact === null
          ? []
          : [{ app: row.app, environment: row.environment, artifactHash: artifact, fence: row.fence }],
      )
      edge.load(
        await read(),
        live,
        rows.filter(({ artifact }) => artifact === null),
      )
    },
  }
}
