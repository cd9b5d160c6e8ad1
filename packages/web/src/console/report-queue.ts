import type { PostReports, PreviewReport } from '@overskill/protocol'

/** The server takes a batch as soon as there are so many, or after so long. */
const batch = 50
const waitMs = 100
/** More than this in waiting and the oldest are left out: the server does not keep up, or is away. */
const mostWaiting = 500

type Host = PostReports['host']
type Waiting = { page: number; host: Host; report: PreviewReport }

export type ReportQueue = {
  push: (page: number, host: Host, report: PreviewReport) => void
  /** Leaves out what waits. */
  forget: () => void
}

type ReportQueueOptions = {
  /** Tells the server, and gives the same with places in the app's files. A rejection is an answer too. */
  post: (host: Host, reports: PreviewReport[]) => Promise<PreviewReport[]>
  /** Takes what came of a batch: as the server gave it back, or as the page said it when the server did not. */
  take: (page: number, reports: PreviewReport[]) => void
  dropped: (page: number, count: number) => void
}

/** Brings what pages report to the server in batches, one after the other, so that they come back in their order. */
export function createReportQueue({ post, take, dropped }: ReportQueueOptions): ReportQueue {
  let waiting: Waiting[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isPosting = false

  /** As many as may go together: reports of one page. */
  const nextBatch = (): Waiting[] => {
    const first = waiting[0]
    const end = waiting.findIndex(({ page }, index) => index === batch || page !== first?.page)
    return waiting.splice(0, end === -1 ? waiting.length : end)
  }

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (isPosting) return
    isPosting = true
    while (waiting.length > 0) {
      const some = nextBatch()
      const [first] = some
      if (!first) break
      const reports = some.map(({ report }) => report)
      const mapped = await post(first.host, reports).catch(() => reports)
      take(first.page, mapped)
    }
    isPosting = false
  }

  return {
    push(page, host, report) {
      waiting.push({ page, host, report })
      if (waiting.length > mostWaiting) {
        waiting.shift()
        dropped(page, 1)
      }
      if (waiting.length >= batch) void flush()
      else timer ??= setTimeout(() => void flush(), waitMs)
    },
    forget() {
      clearTimeout(timer)
      timer = undefined
      waiting = []
    },
  }
}
