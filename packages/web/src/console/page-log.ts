import type { CodePlace, PreviewReport } from '@overskill/protocol'

/** As much as one reads; older rows go. */
export const mostRows = 1_000

export type Level = 'debug' | 'log' | 'info' | 'warn' | 'error'

export type ConsoleRow = {
  id: number
  kind: 'console' | 'uncaught' | 'blank'
  level: Level
  text: string
  stack: readonly CodePlace[]
  /** Milliseconds since 1970, by the page's clock. */
  at: number
  /** How often the same was said in a row. */
  count: number
}

export type RequestRow = {
  id: number
  kind: 'request'
  method: string
  url: string
  status: number
  ms: number
  body: string | undefined
  at: number
}

/** Something about the list itself: the page was loaded anew, or this many messages were left out. */
export type MarkRow = { id: number; kind: 'reloaded' | 'dropped'; count: number }

/** What the previewed page has said, oldest first. */
export type PageLog = {
  console: readonly (ConsoleRow | MarkRow)[]
  network: readonly (RequestRow | MarkRow)[]
  nextId: number
}

export const emptyLog: PageLog = { console: [], network: [], nextId: 1 }

export const isMark = (row: ConsoleRow | RequestRow | MarkRow): row is MarkRow =>
  row.kind === 'reloaded' || row.kind === 'dropped'

/** The log after these reports, in their order. */
export function addReports(log: PageLog, reports: readonly PreviewReport[]): PageLog {
  const console = [...log.console]
  const network = [...log.network]
  let { nextId } = log
  for (const report of reports) {
    if (report.kind === 'request') {
      network.push({ id: nextId, ...report, body: report.body })
    } else {
      const row = rowOf(nextId, report)
      const last = console.at(-1)
      if (last && !isMark(last) && isSame(last, row))
        console[console.length - 1] = { ...last, count: last.count + 1, at: row.at }
      else console.push(row)
    }
    nextId += 1
  }
  return { console: console.slice(-mostRows), network: network.slice(-mostRows), nextId }
}

/** The log when the page begins anew: empty, or with a line where it began. */
export function beginPage(log: PageLog, keep: boolean): PageLog {
  if (!keep) return { ...emptyLog, nextId: log.nextId }
  const mark: MarkRow = { id: log.nextId, kind: 'reloaded', count: 1 }
  return {
    console: log.console.length > 0 ? [...log.console, mark].slice(-mostRows) : [],
    network: log.network.length > 0 ? [...log.network, mark].slice(-mostRows) : [],
    nextId: log.nextId + 1,
  }
}

/** Says that messages are missing here, in one line however often that is said in a row. */
export function addDropped(log: PageLog, count: number): PageLog {
  const last = log.console.at(-1)
  if (last?.kind === 'dropped')
    return { ...log, console: log.console.with(-1, { ...last, count: last.count + count } as MarkRow) }
  const mark: MarkRow = { id: log.nextId, kind: 'dropped', count }
  return { ...log, console: [...log.console, mark].slice(-mostRows), nextId: log.nextId + 1 }
}

/** How many errors and warnings the log holds, repeats counted. */
export function countProblems({ console }: PageLog): { errors: number; warnings: number } {
  const counts = { errors: 0, warnings: 0 }
  for (const row of console) {
    if (isMark(row)) continue
    if (row.level === 'error') counts.errors += row.count
    if (row.level === 'warn') counts.warnings += row.count
  }
  return counts
}

export type LevelFilter = 'all' | 'problems' | Level

/** The rows of a level that have the text anywhere in them; marks only where nothing is looked for. */
export function findRows(rows: PageLog['console'], level: LevelFilter, text: string): PageLog['console'] {
  const wanted = text.trim().toLowerCase()
  if (level === 'all' && wanted === '') return rows
  return rows.filter((row) => {
    if (isMark(row)) return false
    const hasLevel =
      level === 'all' || (level === 'problems' ? row.level === 'error' || row.level === 'warn' : row.level === level)
    const [place] = row.stack
    return (
      hasLevel && (row.text.toLowerCase().includes(wanted) || (place?.file.toLowerCase().includes(wanted) ?? false))
    )
  })
}

export type RequestFilter = 'all' | 'failed'

export const isFailedRequest = ({ status }: RequestRow): boolean => status === 0 || status >= 400

export function findRequests(rows: PageLog['network'], filter: RequestFilter, text: string): PageLog['network'] {
  const wanted = text.trim().toLowerCase()
  if (filter === 'all' && wanted === '') return rows
  return rows.filter(
    (row) =>
      !isMark(row) &&
      (filter === 'all' || isFailedRequest(row)) &&
      `${row.method} ${row.url} ${row.status}`.toLowerCase().includes(wanted),
  )
}

/** Whether a place is in a file of the app, and not an address or something of a package. */
export const isInApp = ({ file }: CodePlace): boolean =>
  !/^(?:[a-z][\w+.-]*:|\/)/i.test(file) && !file.split('/').includes('node_modules')

export const placeText = ({ file, line, column }: CodePlace): string => `${file}:${line}:${column}`

function rowOf(id: number, report: Exclude<PreviewReport, { kind: 'request' }>): ConsoleRow {
  const row = { id, kind: report.kind, at: report.at, count: 1 }
  if (report.kind === 'blank') return { ...row, level: 'error', text: '', stack: [] }
  const level = report.kind === 'console' ? report.level : 'error'
  return { ...row, level, text: report.text, stack: report.stack ?? [] }
}

const isSame = (one: ConsoleRow, other: ConsoleRow): boolean =>
  one.kind === other.kind &&
  one.level === other.level &&
  one.text === other.text &&
  one.stack[0]?.file === other.stack[0]?.file &&
  one.stack[0]?.line === other.stack[0]?.line
