import { maskSecrets, maskUrl } from '@overskill/builder'
import { type CodePlace, fail, ok, type Outcome, type PostReports, type PreviewReport } from '@overskill/protocol'
import { and, desc, eq } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { events } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'
import { createPreviewProblems } from './preview-problems.ts'
import { createReportShelf, type KeptReport } from './report-shelf.ts'

/** What a tool may read of an app's preview. */
export type ReportReader = {
  /** What its pages told lately, the latest first. */
  list(): readonly KeptReport[]
  /** When a file of the app last changed, in ms since 1970; undefined when none has. */
  lastEditAt(): Promise<number | undefined>
}

/**
 * What previewed pages tell of themselves. All of it is said by an app's page and may be anything: it is mapped to the app's
 * files, freed of what looks secret, kept for tools within bounds, and what is wrong becomes events.
 */
export type PreviewReports = {
  /** Takes reports of a page; answers them mapped. `rate_limited`: the app told too much just now. */
  take(app: string, posted: PostReports): Promise<Outcome<PreviewReport[]>>
  of(app: string): ReportReader
  drop(app: string): void
}

export type PreviewReportsOptions = {
  db: Database
  log: EventLog
  /** Places of an app's files for places of the scripts that a host of it serves, null for others. */
  locate: Record<KeptReport['host'], (app: string, places: readonly CodePlace[]) => Promise<(CodePlace | null)[]>>
  urlOf: (app: string, host: KeptReport['host']) => string
  now?: () => number
}

/** A page sends at most a hundred a second, and may be open in a few tabs. */
const reportsPerSecond = 300
const mostAtOnce = 2_000
const mostApps = 1_000

export function createPreviewReports({
  db,
  log,
  locate,
  urlOf,
  now = Date.now,
}: PreviewReportsOptions): PreviewReports {
  const shelf = createReportShelf()
  const problems = createPreviewProblems({ db, log, urlOf, now })
  const allowances = createAllowances(now)
  return {
    async take(app, { host, reports }) {
      if (!allowances.take(app, reports.length))
        return fail('rate_limited', 'This page reports too much; wait a moment.')
      const places = reports.flatMap((report) => ('stack' in report ? (report.stack ?? []) : []))
      const mapped = places.length > 0 ? await locate[host](app, places) : []
      const known = places.map((place, index) => mapped[index] ?? place)
      const clean = reports.map((report) => withoutSecrets(withPlaces(report, known)))
      for (const report of clean) shelf.put(app, host, report, now())
      await problems.tell(app, host, clean)
      return ok(clean)
    },
    of: (app) => ({ list: () => shelf.list(app), lastEditAt: () => lastEditAt(db, app) }),
    drop(app) {
      shelf.drop(app)
      problems.drop(app)
    },
  }
}

/** Takes as many from the front of `places` as the report has. */
function withPlaces(report: PreviewReport, places: CodePlace[]): PreviewReport {
  if (!('stack' in report) || !report.stack) return report
  return { ...report, stack: places.splice(0, report.stack.length) }
}

/** The page has done so already, if it is the page that we wrote. */
function withoutSecrets(report: PreviewReport): PreviewReport {
  if (report.kind === 'blank') return report
  if (report.kind !== 'request') return { ...report, text: maskSecrets(report.text) }
  const { url, body } = report
  return { ...report, url: maskUrl(url), ...(body !== undefined && { body: maskSecrets(body) }) }
}

/** How many reports each app may still send now; what is not used grows back. */
function createAllowances(now: () => number): { take(app: string, count: number): boolean } {
  const left = new Map<string, { count: number; at: number }>()
  return {
    take(app, count) {
      const last = left.get(app) ?? { count: mostAtOnce, at: now() }
      const grown = Math.min(mostAtOnce, last.count + ((now() - last.at) / 1_000) * reportsPerSecond)
      const enough = grown >= count
      left.delete(app)
      left.set(app, { count: enough ? grown - count : grown, at: now() })
      const [oldest] = left.keys()
      if (left.size > mostApps && oldest !== undefined) left.delete(oldest)
      return enough
    },
  }
}

async function lastEditAt(db: Database, app: string): Promise<number | undefined> {
  const [row] = await db
    .select({ at: events.at })
    .from(events)
    .where(and(eq(events.app, app), eq(events.type, 'files.changed')))
    .orderBy(desc(events.seq))
    .limit(1)
  return row?.at.getTime()
}
