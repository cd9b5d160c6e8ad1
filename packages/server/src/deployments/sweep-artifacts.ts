import type { EdgePreviewService } from '@overskill/edge'
import { sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'

/** How many deployments of an environment keep what they show: a page lists as many. */
const keptDeployments = 30

/** After so long nothing of a deleted app is kept but what its address pointed to last: whoever brings it back has its page. */
const deletedFor = '30 days'

/**
 * Artifacts that may still be asked for: what pointers name; of apps that are there, or were until lately, the newest deployments
 * of each environment and all of production; and whatever is under way. What else a rollback names is built again.
 */
export async function readKeptArtifacts(db: Database): Promise<string[]> {
  const found = await db.execute<{ artifact: string }>(raw`
    with ranked as (
      select app, environment, artifact, status,
        row_number() over (partition by app, environment order by fence desc) as nth
      from deployments where artifact is not null
    )
    select artifact from pointers where artifact is not null
    union
    select ranked.artifact from ranked join apps on apps.id = ranked.app
    where ranked.status in ('queued', 'building', 'uploading')
      or ((apps.deleted_at is null or apps.deleted_at > now() - ${deletedFor}::interval)
        and (ranked.environment = 'production' or ranked.nth <= ${keptDeployments}))`)
  return found.rows.map(({ artifact }) => artifact)
}

/**
 * One round: takes from this process's edge what no deployment needs any more. Other processes have edges of their own, and what
 * is missing in one is got from the database again where that is shared, else built again.
 */
export async function sweepArtifacts(
  { db, edge }: { db: Database; edge: Pick<EdgePreviewService, 'collectGarbage'> },
  signal: AbortSignal,
): Promise<void> {
  const kept = await readKeptArtifacts(db)
  if (kept.length === 0) return // a database that names nothing may be another one than this folder was filled from
  await edge.collectGarbage(kept, signal)
}

const firstAfterMs = 10 * 60_000
const everyMs = 6 * 60 * 60_000

/** Rounds by the clock, until it is closed: none overlaps another, and none keeps the process alive. */
export type Rounds = { close(): Promise<void> }

/** Begins ten minutes from now, when the start is over, and goes on every six hours. A round that fails is told; the next one is tried. */
export function startRounds(round: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): Rounds {
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const next = (afterMs: number): void => {
    timer = setTimeout(() => {
      running = round(closing.signal)
        .catch(onError)
        .finally(() => {
          if (!closing.signal.aborted) next(everyMs)
        })
    }, afterMs).unref()
  }
  next(firstAfterMs)
  return {
    async close() {
      closing.abort()
      clearTimeout(timer)
      await running
    },
  }
}
