import { addDropped, addReports, beginPage, emptyLog, type PageLog } from './page-log.ts'
import { createReportQueue, type ReportQueue } from './report-queue.ts'

/** Told what the pages report about themselves. */
export type ReportSink = {
  /** A page begins; gives the number under which it reports. */
  begin: () => number
  report: ReportQueue['push']
  dropped: (page: number, count: number) => void
}

export type LogStore = ReportSink & {
  get: () => PageLog
  subscribe: (onChange: () => void) => () => void
  clear: () => void
  /** Whether what earlier pages said is kept when a page begins. */
  keep: (keep: boolean) => void
  /** Leaves out what the server has not been told yet. */
  forget: () => void
}

/** What the page in the preview has said, as the drawer shows it: everything goes by the server, which knows the places. */
export function createLogStore(post: Parameters<typeof createReportQueue>[0]['post'], keepAtFirst: boolean): LogStore {
  let log = emptyLog
  let keeps = keepAtFirst
  let page = 0
  const listeners = new Set<() => void>()
  const change = (next: PageLog): void => {
    if (next === log) return
    log = next
    for (const listener of listeners) listener()
  }
  const isRead = (of: number): boolean => of === page || keeps
  // What was left out stands behind what came before it, which is still on its way.
  let missing = 0
  const dropped = (of: number, count: number): void => {
    if (isRead(of)) missing += count
  }
  const queue = createReportQueue({
    post,
    take: (of, reports) => {
      if (!isRead(of)) return
      const next = addReports(log, reports)
      change(missing > 0 ? addDropped(next, missing) : next)
      missing = 0
    },
    dropped,
  })
  return {
    begin() {
      page += 1
      missing = 0
      change(beginPage(log, keeps))
      return page
    },
    report: queue.push,
    dropped,
    get: () => log,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    clear: () => change({ ...emptyLog, nextId: log.nextId }),
    keep: (keep) => {
      keeps = keep
    },
    forget: queue.forget,
  }
}
