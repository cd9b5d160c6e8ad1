import type { Field } from '../sample/fields.ts'
import type { Noun } from '../sample/nouns.ts'
import { sampleValue } from '../sample/sample-rows.ts'
import { quoted } from '../sample/words.ts'
import { fieldLine } from './collection.ts'
import type { FileEdit } from './templates.ts'

export const fieldsPath = 'src/data/fields.ts'

/** Where a collection keeps its sample rows, read off the import in its field list; undefined if it says none. */
export function samplePathIn(fieldsCode: string): string | undefined {
  const name = /from ['"]@\/data\/(sample-[\w-]+)['"]/.exec(fieldsCode)?.[1]
  return name && `src/data/${name}.ts`
}

export const hasField = (code: string, { key }: Field) => new RegExp(String.raw`\bkey: ?['"]${key}['"]`).test(code)

/** Adds a field at the end of the list, unless one of that key is there. */
export const addFieldEdit = (field: Field): FileEdit => ({
  path: fieldsPath,
  apply(code) {
    const start = /export const fields\b[^=]*=\s*\[/.exec(code)
    if (!start || hasField(code, field)) return code
    return insertAtEnd(code, start.index + start[0].length - 1, `${fieldLine(field)}\n`)
  },
})

/** Gives each sample row a value for a new field. */
export const addSampleEdit = (
  path: string,
  field: Field,
  noun: Pick<Noun, 'one' | 'examples' | 'statuses'>,
): FileEdit => ({
  path,
  apply(code) {
    let edited = code
    for (let row = 0; row < 20; row++) {
      const start = new RegExp(String.raw`\bsample\(\s*${row + 1}\s*,\s*\{`).exec(edited)
      if (!start) continue
      const open = start.index + start[0].length - 1
      const inside = edited.slice(open, closingAt(edited, open))
      if (new RegExp(String.raw`\b${field.key}\s*:`).test(inside)) continue
      edited = insertAtEnd(edited, open, `    ${field.key}: ${sampleValue(field, row, noun)},\n`)
    }
    return edited
  },
})

/** The app's name where its pages read it. */
export const nameEdit = (name: string): FileEdit => ({
  path: 'src/data/app.ts',
  apply: (code) =>
    code.replace(/^(\s*name:\s*)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/m, (_, start: string) => start + quoted(name)),
})

/** Puts a line before the bracket that closes the one at `open`, with a comma after what stood last. */
function insertAtEnd(code: string, open: number, line: string): string {
  const close = closingAt(code, open)
  if (close === -1) return code
  const inside = code.slice(open + 1, close)
  const body = inside.trimEnd()
  const comma = body === '' || body.endsWith(',') ? '' : ','
  const indent = /\n([ \t]*)$/.exec(inside)?.[1] ?? ''
  return `${code.slice(0, open + 1)}${body}${comma}\n${line}${indent}${code.slice(close)}`
}

/** Where the bracket at `open` closes, strings and comments passed over; -1 if it does not. */
function closingAt(code: string, open: number): number {
  let depth = 0
  const token = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[[\]{}()]/g
  token.lastIndex = open
  for (let found = token.exec(code); found; found = token.exec(code)) {
    if ('[{('.includes(found[0])) depth++
    else if (')]}'.includes(found[0]) && --depth === 0) return found.index
  }
  return -1
}
