import { defineTool, done, read } from '@overskill/agent'
import type { PreviewReport } from '@overskill/protocol'
import { z } from 'zod'
import type { KeptReport } from '../../previews/report-shelf.ts'
import { describeOccurrence, describePlaces, fencePageData } from './page-data.ts'
import type { ToolWork } from './work.ts'

const levels = ['debug', 'log', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

const mostRows = 100
const usualRows = 30

export const osReadConsoleLogs = defineTool({
  name: 'os-read-console-logs',
  description:
    'Reads what the app wrote to the console while the person had its preview open, with uncaught errors and blank pages, each with the places in the files of the app. ' +
    'Use it when the person says that something does not work, or to find the cause of an error in the running app; it shows no build errors. ' +
    'The latest come first, and the same message is one row with its count. level leaves out what is less serious; since_last_edit leaves out what is older than your last change of a file. ' +
    'Nothing there is no error: it may be that the preview was not open. At most 100 rows. Example: {"level": "error", "since_last_edit": true}.',
  input: z.object({
    search: z.string().max(200).optional().describe('Only rows that have this text in them; case is ignored'),
    level: z.enum(levels).optional().describe('Only this level and more serious ones'),
    limit: z.int().min(1).max(mostRows).optional().describe(`Most rows to answer; ${usualRows} if left out`),
    since_last_edit: z.boolean().optional().describe('Only what came after the last change of a file'),
  }),
  effect: 'transactional',
  changes: false,
  keys: () => [read('logs')],
  async run({ search, level, limit, since_last_edit }, { reports }: ToolWork) {
    const now = Date.now()
    const after = since_last_edit ? await reports.lastEditAt() : undefined
    const least = levels.indexOf(level ?? 'debug')
    const fits = ({ report, lastAt }: KeptReport): boolean =>
      report.kind !== 'request' && levels.indexOf(levelOf(report)) >= least && lastAt >= (after ?? 0)
    const rows = reports
      .list()
      .filter(fits)
      .map((kept) => rowOf(kept, now))
      .filter((row) => row.toLowerCase().includes(search?.toLowerCase() ?? ''))
    if (rows.length === 0) {
      const narrowed = search || level || since_last_edit ? ' that fits' : ''
      return done(
        `The previewed page has told nothing${narrowed}. It tells only what happens while the person has the preview open.`,
      )
    }
    const shown = rows.slice(0, limit ?? usualRows)
    return done(fencePageData(`${shown.length} of ${rows.length} messages of the previewed page`, shown))
  },
})

function levelOf(report: PreviewReport): Level {
  return report.kind === 'console' ? report.level : 'error'
}

function rowOf(kept: KeptReport, now: number): string {
  const { report } = kept
  const when = describeOccurrence(kept, now)
  if (report.kind === 'blank') return `blank (${when}) The page shows nothing.`
  if (report.kind === 'request') return ''
  const name = report.kind === 'uncaught' ? 'uncaught' : report.level
  return `${name} (${when}) ${report.text}${describePlaces(report.stack)}`
}
