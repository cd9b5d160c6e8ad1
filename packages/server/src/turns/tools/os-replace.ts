import { defineTool, done, refused, type ToolResult } from '@overskill/agent'
import { checkSyntax, editText, type TextEdit, unifiedPatch } from '@overskill/workspace'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { guardContent, guardTarget } from './guard-content.ts'
import { missingReport } from './missing-report.ts'
import { noSuchFile, refusedBy } from './refusals.ts'
import { syntaxReport } from './syntax-report.ts'
import type { ToolWork } from './work.ts'

const maxLineShown = 300
const maxHunkLength = 6_000

const numbered = (fromLine: number, lines: readonly string[]): string =>
  lines.map((line, i) => `${fromLine + i}\t${line.slice(0, maxLineShown)}`).join('\n')

/** The refusal of an edit that found no place, more than one, or nothing to do. */
function noEdit(path: string, edit: Exclude<TextEdit, { ok: true }>): ToolResult {
  if (edit.code === 'NO_CHANGE') {
    return refused('NO_CHANGE', `The edit would leave ${path} as it is: old_string and new_string say the same.`)
  }
  if (edit.code === 'AMBIGUOUS') {
    const { lines } = edit
    const shown = `${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ' …' : ''}`
    return refused(
      'AMBIGUOUS',
      `old_string is in ${path} ${lines.length} times, at lines ${shown}. Nothing was changed. Give more lines around it so that it is there once, or set replace_all to change every place.`,
    )
  }
  if (edit.nearest.length === 0) {
    return refused(
      'NO_MATCH',
      `old_string is not in ${path}, nor anything like it. Nothing was changed. Look at the file with os-view.`,
    )
  }
  const regions = edit.nearest.map(({ fromLine, lines }) => numbered(fromLine, lines)).join('\n--\n')
  return refused(
    'NO_MATCH',
    `old_string is not in ${path}. Nothing was changed. The nearest places as they are now (line number, tab, text):\n${regions}\nRepeat the call with the text as it stands here, without the numbers.`,
  )
}

const parses = (path: string, text: string): boolean => checkSyntax(path, text).length === 0

const stepNote = (step: string): string => (step === 'exact' ? '' : ` (matched by ${step}; check the result)`)

export const osReplace = defineTool({
  name: 'os-replace',
  description:
    'Changes a part of a file: old_string, which must be in the file exactly once, is replaced by new_string. Use it for edits of existing files; for new files, or when most of the file changes, use os-write. ' +
    'Copy old_string from the file as it is now, whole lines with their indentation, without line numbers, and long enough to be unique; replace_all changes every place instead, to rename something. ' +
    'Never abbreviate either string. When it fails, the answer shows the nearest text as it is now. Example: {"file_path": "src/App.tsx", "old_string": "<h1>Books</h1>", "new_string": "<h1>Shelf</h1>"}.',
  input: z.object({
    file_path: z.string().describe('Path relative to the app root'),
    old_string: z.string().min(1).describe('The text to replace, exactly as it stands in the file'),
    new_string: z.string().describe('What comes in its place; empty to remove it'),
    replace_all: z.boolean().optional().describe('Replace every place instead of the only one'),
  }),
  effect: 'transactional',
  changes: true,
  eager: true,
  keys: ({ file_path }) => writesFile(file_path),
  async run({ file_path, old_string, new_string, replace_all }, work: ToolWork) {
    const { draft } = work
    const before = await draft.readText(file_path)
    if (!before.ok) {
      return before.failure.code === 'not_found' ? noSuchFile(file_path, draft.tree()) : refusedBy(before.failure)
    }
    const edit = editText(before.value, old_string, new_string, replace_all)
    if (!edit.ok) return noEdit(file_path, edit)
    const refusal = guardTarget(file_path) ?? guardContent(file_path, edit.text, before.value)
    if (refusal) return refusal
    if (edit.step !== 'exact' && parses(file_path, before.value) && !parses(file_path, edit.text)) {
      return refused(
        'NO_MATCH',
        `old_string is not exactly in ${file_path}, and put where it fits by ${edit.step} (line ${edit.lines[0]}) the file would no longer parse. Nothing was changed. Look at the file with os-view and repeat the call with its exact text.`,
      )
    }
    const written = await draft.write(file_path, edit.text)
    if (!written.ok) return refusedBy(written.failure)
    const { path, added, removed, warnings } = written.value
    const places = edit.lines.length === 1 ? `at line ${edit.lines[0]}` : `in ${edit.lines.length} places`
    const what = `Edited ${path} ${places}: +${added} -${removed}${stepNote(edit.step)}.`
    const hunks = unifiedPatch(before.value, edit.text, 3, maxHunkLength)
    const warned = warnings.map((warning) => ` Warning: ${warning}`).join('')
    const reports = `${syntaxReport(path, edit.text)}${await missingReport(path, edit.text, work)}`
    return done(`${what}${warned}\n${hunks}${reports}`, { added, removed })
  },
})
