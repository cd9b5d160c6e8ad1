import type { CodePlace, PreviewReport } from '@overskill/protocol'

/** A report as it is kept: the same again only raises its count. */
export type KeptReport = {
  report: PreviewReport
  host: 'live' | 'preview'
  count: number
  /** When it came last, in ms since 1970, by our clock. */
  lastAt: number
}

/** What previewed pages told lately, in memory only: what is older, or too much, gives way. */
export type ReportShelf = {
  put(app: string, host: KeptReport['host'], report: PreviewReport, at: number): void
  /** An app's, the latest first. */
  list(app: string): readonly KeptReport[]
  drop(app: string): void
}

/** `characters`: of all apps together; they are what takes memory. */
export type ShelfLimits = { apps: number; reportsPerApp: number; charactersPerApp: number; characters: number }

const defaultLimits: ShelfLimits = {
  apps: 200,
  reportsPerApp: 500,
  charactersPerApp: 400_000,
  characters: 16_000_000,
}

type Shelf = { kept: Map<string, KeptReport>; characters: number }

export function createReportShelf(limits: ShelfLimits = defaultLimits): ReportShelf {
  const shelves = new Map<string, Shelf>() // the app that was heard of the longest ago first; so are an app's reports
  let total = 0
  const drop = (app: string): void => {
    total -= shelves.get(app)?.characters ?? 0
    shelves.delete(app)
  }
  return {
    put(app, host, report, at) {
      const shelf = shelves.get(app) ?? { kept: new Map(), characters: 0 }
      total -= shelf.characters
      shelves.delete(app)
      shelves.set(app, shelf)
      add(shelf, { report, host, count: 1, lastAt: at }, limits)
      total += shelf.characters
      for (const oldest of shelves.keys()) {
        if ((shelves.size <= limits.apps && total <= limits.characters) || oldest === app) break
        drop(oldest)
      }
    },
    list: (app) => [...(shelves.get(app)?.kept.values() ?? [])].toReversed(),
    drop,
  }
}

function add(shelf: Shelf, given: KeptReport, limits: ShelfLimits): void {
  const key = `${given.host} ${fingerprintOf(given.report)}`
  const before = shelf.kept.get(key)
  if (before) remove(shelf, key)
  shelf.kept.set(key, { ...given, count: (before?.count ?? 0) + 1 })
  shelf.characters += weightOf(given.report)
  for (const oldest of shelf.kept.keys()) {
    if (shelf.kept.size <= limits.reportsPerApp && shelf.characters <= limits.charactersPerApp) break
    remove(shelf, oldest)
  }
}

function remove(shelf: Shelf, key: string): void {
  const kept = shelf.kept.get(key)
  if (!kept) return
  shelf.kept.delete(key)
  shelf.characters -= weightOf(kept.report)
}

/** About how much memory a report takes, in characters. */
function weightOf(report: PreviewReport): number {
  if (report.kind === 'blank') return 100
  if (report.kind === 'request') return 200 + report.url.length + (report.body?.length ?? 0)
  const places = report.stack ?? []
  return 200 + report.text.length + places.reduce((sum, { file }) => sum + 50 + file.length, 0)
}

/** What makes two reports the same: what happened and where, not when and not how fast. */
export function fingerprintOf(report: PreviewReport): string {
  if (report.kind === 'blank') return 'blank'
  if (report.kind === 'request') return `request ${report.method} ${report.status} ${report.url}`
  const level = report.kind === 'console' ? report.level : ''
  return `${report.kind} ${level} ${placeText(report.stack?.[0])} ${report.text}`
}

const placeText = (place: CodePlace | undefined): string => (place ? `${place.file}:${place.line}:${place.column}` : '')
