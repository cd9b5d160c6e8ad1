import { createHash } from 'node:crypto'
import type { NewAppEvent, PreviewReport } from '@overskill/protocol'
import { cutText } from '@overskill/protocol'
import { and, desc, eq, gt, inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { deployments, events, pointers } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'
import { fingerprintOf, type KeptReport } from './report-shelf.ts'

/** Tells every page of an app what is wrong in its preview, as `preview.error` events, sparingly. */
export type PreviewProblems = {
  tell(app: string, host: KeptReport['host'], reports: readonly PreviewReport[]): Promise<void>
  drop(app: string): void
}

export type PreviewProblemsOptions = {
  db: Database
  log: EventLog
  urlOf: (app: string, host: KeptReport['host']) => string
  now: () => number
}

const mostPerMinute = 10
const minuteMs = 60_000
/** Of one state of an app: whoever has not mended a hundred does not read the next, and a page can make up any number. */
const mostPerChange = 100
const mostApps = 200
const mostMessageCharacters = 1_000

/** What was told of an app: its problems, as hashes, since the event with this number, and when, within the last minute. */
type Told = {
  since: number
  problems: Set<string>
  times: number[]
  /** What is being told: the next waits for it, so that two pages do not tell the same. Never rejects. */
  telling: Promise<void>
}

export function createPreviewProblems({ db, log, urlOf, now }: PreviewProblemsOptions): PreviewProblems {
  const told = new Map<string, Told>()

  function knownOf(app: string): Told {
    const known = told.get(app) ?? { since: 0, problems: new Set(), times: [], telling: Promise.resolve() }
    told.delete(app)
    told.set(app, known)
    for (const oldest of told.keys()) if (told.size > mostApps) told.delete(oldest)
    return known
  }

  /** Problems count as new again once the app's files or what its preview shows changed. */
  async function freshOf(app: string, known: Told, problems: ReadonlyMap<string, PreviewReport>) {
    const changed = await lastChange(db, app, known.since)
    if (changed > known.since) {
      known.since = changed
      known.problems.clear()
    }
    known.times = known.times.filter((at) => now() - at < minuteMs)
    const room = Math.min(mostPerMinute - known.times.length, mostPerChange - known.problems.size)
    return [...problems].filter(([key]) => !known.problems.has(key)).slice(0, room)
  }

  /** What could not be stored counts as never told. */
  async function tellFresh(app: string, host: KeptReport['host'], known: Told, problems: Map<string, PreviewReport>) {
    const fresh = await freshOf(app, known, problems)
    if (fresh.length === 0) return
    const version = host === 'preview' ? await shownVersion(db, app) : undefined
    const place = { url: urlOf(app, host), ...(version !== undefined && { version }) }
    const appended = fresh.map(([, report]): NewAppEvent => ({
      type: 'preview.error',
      ...place,
      error: problemOf(report),
    }))
    await log.write((write) => write.append(app, appended))
    for (const [key] of fresh) known.problems.add(key)
    known.times.push(...fresh.map(() => now()))
  }

  return {
    async tell(app, host, reports) {
      const problems = new Map(reports.filter(isProblem).map((report) => [keyOf(host, report), report]))
      if (problems.size === 0) return
      const known = knownOf(app)
      const telling = known.telling.then(() => tellFresh(app, host, known, problems))
      known.telling = telling.catch(() => undefined) // whoever told it hears of it
      await telling
    },
    drop: (app) => void told.delete(app),
  }
}

/** Short, however much text a page made up. */
const keyOf = (host: KeptReport['host'], report: PreviewReport): string =>
  createHash('sha256')
    .update(`${host} ${fingerprintOf(report)}`)
    .digest('base64')

function isProblem(report: PreviewReport): boolean {
  if (report.kind === 'console') return report.level === 'error'
  return report.kind !== 'request' || report.status === 0 || report.status >= 400
}

function problemOf(report: PreviewReport): {
  kind: PreviewReport['kind']
  message: string
  file?: string
  line?: number
} {
  const message = cutText(messageOf(report), mostMessageCharacters)
  const place = 'stack' in report ? report.stack?.find(({ file }) => !isAddress(file)) : undefined
  return { kind: report.kind, message, ...(place && { file: place.file, line: place.line }) }
}

/** A place that is no file of the app is still an address of the page. */
export const isAddress = (file: string): boolean => /^[a-z][a-z+.-]*:/i.test(file)

function messageOf(report: PreviewReport): string {
  if (report.kind === 'blank') return 'The page shows nothing.'
  if (report.kind !== 'request') return report.text
  return `${report.method} ${report.url} ${report.status === 0 ? 'got no answer' : `answered ${report.status}`}`
}

/** The number of the last event after `after` that makes an old problem new: 0 when there is none. */
async function lastChange(db: Database, app: string, after: number): Promise<number> {
  const isChange = inArray(events.type, ['files.changed', 'preview.ready'])
  const [last] = await db
    .select({ seq: events.seq })
    .from(events)
    .where(and(eq(events.app, app), gt(events.seq, after), isChange))
    .orderBy(desc(events.seq))
    .limit(1)
  return last?.seq ?? 0
}

/** The version that the app's preview serves. */
async function shownVersion(db: Database, app: string): Promise<number | undefined> {
  const [row] = await db
    .select({ version: deployments.version })
    .from(pointers)
    .innerJoin(deployments, eq(pointers.deployment, deployments.id))
    .where(and(eq(pointers.app, app), eq(pointers.environment, 'preview')))
  return row?.version ?? undefined
}
