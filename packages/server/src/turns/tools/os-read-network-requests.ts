import { defineTool, done, read } from '@overskill/agent'
import { z } from 'zod'
import type { KeptReport } from '../../previews/report-shelf.ts'
import { describeOccurrence, fencePageData } from './page-data.ts'
import type { ToolWork } from './work.ts'

const mostRows = 100
const usualRows = 30

export const osReadNetworkRequests = defineTool({
  name: 'os-read-network-requests',
  description:
    'Reads the requests that the app made while the person had its preview open (fetch, XMLHttpRequest, and pictures, scripts and styles that did not load): method, address, status, time, and of a failure the beginning of the body. ' +
    'Use it when data does not appear or is not saved. status is failed (no answer, or 400 and above), ok, a number such as 404, or a class such as 5xx; 0 means that no answer came. ' +
    'The latest come first, and the same request is one row with its count. Keys and tokens are masked, headers are never kept. Nothing there is no error: it may be that the preview was not open. Example: {"status": "failed", "search": "/rest/"}.',
  input: z.object({
    search: z.string().max(200).optional().describe('Only rows that have this text in them; case is ignored'),
    status: z
      .string()
      .regex(/^(?:failed|ok|0|[1-5]\d\d|[1-5]xx)$/)
      .optional()
      .describe('failed, ok, a number such as 404, or a class such as 5xx'),
    limit: z.int().min(1).max(mostRows).optional().describe(`Most rows to answer; ${usualRows} if left out`),
  }),
  effect: 'transactional',
  changes: false,
  keys: () => [read('logs')],
  async run({ search, status, limit }, { reports }: ToolWork) {
    const now = Date.now()
    const rows = reports
      .list()
      .flatMap((kept) => rowOf(kept, status, now))
      .filter((row) => row.toLowerCase().includes(search?.toLowerCase() ?? ''))
    if (rows.length === 0) {
      const narrowed = search || status ? ' that fits' : ''
      return done(
        `The previewed page has made no request${narrowed}. It tells only what happens while the person has the preview open.`,
      )
    }
    const shown = rows.slice(0, limit ?? usualRows)
    return done(fencePageData(`${shown.length} of ${rows.length} requests of the previewed page`, shown))
  },
})

/** One row; none when the report is no request, or its status is not what is wanted. */
function rowOf(kept: KeptReport, wanted: string | undefined, now: number): string[] {
  const { report } = kept
  if (report.kind !== 'request' || !isWanted(report.status, wanted)) return []
  const { method, url, status, ms, body } = report
  const end = status === 0 ? 'no answer' : String(status)
  return [`${method} ${url} ${end} ${Math.round(ms)} ms (${describeOccurrence(kept, now)})${body ? `\n${body}` : ''}`]
}

function isWanted(status: number, wanted: string | undefined): boolean {
  const isFailure = status === 0 || status >= 400
  if (wanted === undefined) return true
  if (wanted === 'failed' || wanted === 'ok') return isFailure === (wanted === 'failed')
  return wanted.endsWith('xx') ? String(status)[0] === wanted[0] && status >= 100 : String(status) === wanted
}
