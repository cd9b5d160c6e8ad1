import { defineTool, done, refused } from '@overskill/agent'
import { decodeText, splitLines } from '@overskill/workspace'
import { z } from 'zod'
import { readsFile } from './file-keys.ts'
import { noSuchFile, refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

const defaultLines = 250
const maxLines = 2_000
const maxLineLength = 2_000
/** Characters shown: few unless a range was asked for by its end. */
const maxLength = { default: 20_000, range: 80_000 }

const image = /\.(png|jpe?g|gif|webp|avif|ico|bmp)$/i

/** Numbered lines from `from`, as many as fit; a long line is cut and says so. */
function numberedLines(
  lines: readonly string[],
  from: number,
  to: number,
  most: number,
): { text: string; last: number } {
  const rows: string[] = []
  let length = 0
  for (let n = from; n <= to; n += 1) {
    const line = (lines[n - 1] ?? '').replace(/\r$/, '')
    const shown = line.length > maxLineLength ? `${line.slice(0, maxLineLength)}… (${line.length} characters)` : line
    length += shown.length + 8
    if (rows.length > 0 && length > most) break
    rows.push(`${n}\t${shown}`)
  }
  return { text: rows.join('\n'), last: from + rows.length - 1 }
}

export const osView = defineTool({
  name: 'os-view',
  description:
    'Shows a file of the app as numbered lines. Use it before editing a file that you have not seen in its present form; not to find something in many files, which os-search-files does. ' +
    'Without a range it shows the first 250 lines; start_line and end_line (both counted from 1, at most 2,000 lines) choose others, and the answer says how many there are. ' +
    'The number and the tab before a line are not part of the file. Example: {"file_path": "src/App.tsx", "start_line": 40, "end_line": 80}.',
  input: z.object({
    file_path: z.string().describe('Path relative to the app root'),
    start_line: z.int().min(1).optional().describe('First line to show, from 1'),
    end_line: z.int().min(1).optional().describe('Last line to show'),
  }),
  effect: 'transactional',
  changes: false,
  keys: ({ file_path }) => readsFile(file_path),
  async run({ file_path, start_line, end_line }, { draft }: ToolWork) {
    const content = await draft.read(file_path)
    if (!content.ok) {
      return content.failure.code === 'not_found' ? noSuchFile(file_path, draft.tree()) : refusedBy(content.failure)
    }
    const bytes = content.value.byteLength
    const text = decodeText(content.value)
    if (text === undefined) {
      const kind = image.test(file_path) ? 'an image' : 'a binary file'
      return done(`${file_path} is ${kind} of ${bytes} bytes; its content cannot be shown here.`)
    }
    const lines = splitLines(text)
    if (lines.length === 0) return done(`${file_path} is empty.`)
    const from = start_line ?? 1
    if (from > lines.length) {
      return refused('OUT_OF_RANGE', `${file_path} has ${lines.length} lines; start_line ${from} lies behind its end.`)
    }
    const wanted = end_line ?? from + defaultLines - 1
    if (wanted < from) return refused('OUT_OF_RANGE', `end_line ${wanted} lies before start_line ${from}.`)
    const to = Math.min(wanted, lines.length, from + maxLines - 1)
    const most = end_line === undefined ? maxLength.default : maxLength.range
    const { text: rows, last } = numberedLines(lines, from, to, most)
    const more = last < lines.length ? ` More follows: continue with start_line ${last + 1}.` : ''
    const ends = text.includes('\r\n') ? ' Its line ends are CRLF.' : ''
    return done(`${file_path}: lines ${from}-${last} of ${lines.length}, ${bytes} bytes.${more}${ends}\n${rows}`)
  },
})
