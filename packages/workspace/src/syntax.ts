import { parseScript, type ScriptLanguage, scriptLanguage } from './parse-script.ts'
import { mostLevels } from './script-levels.ts'

/** Where a file cannot be read by its language's parser. Line and column count from 1; the column in UTF-16 units. */
export type SyntaxProblem = { line: number; column: number; message: string; frame: string }

/** Most problems that are told of one file: later ones are mostly echoes of the first. */
const mostProblems = 5

/**
 * What the parser of the file's language has against it; empty when it parses, and for languages without a parser here. Only real
 * parsers judge (L9): oxc for scripts, `JSON.parse` for JSON, except configuration files that allow comments.
 */
export function checkSyntax(path: string, text: string): SyntaxProblem[] {
  const language = scriptLanguage(path)
  if (language) return checkScript(path, text, language)
  const isJson = /\.(json|webmanifest)$/i.test(path) && !/(^|\/)(ts|js)config[^/]*\.json$|(^|\/)\.vscode\//i.test(path)
  return isJson ? checkJson(text) : []
}

function checkScript(path: string, text: string, language: ScriptLanguage): SyntaxProblem[] {
  const sourceType = /\.c[jt]s$/i.test(path) ? 'commonjs' : 'module'
  const script = parseScript(path, text, language, { sourceType, showSemanticErrors: true })
  if (!script.parsed) return script.tooDeepAt === undefined ? [] : [tooDeep(text, script.tooDeepAt)] // else the build knows
  return script.parsed.errors
    .filter((error) => String(error.severity) === 'Error')
    .slice(0, mostProblems)
    .map((error) => {
      // Of a name declared twice, the second place is the one to change; the parser names the first one first.
      const label = error.labels.find(({ message }) => message?.includes('redeclared')) ?? error.labels[0]
      const hint = [label?.message, error.helpMessage].filter(Boolean).join('; ')
      return problemAt(text, label?.start ?? 0, hint ? `${error.message} (${hint})` : error.message)
    })
}

function tooDeep(text: string, line: number): SyntaxProblem {
  const message = `This file nests more than ${mostLevels} levels deep; split it.`
  return { line, column: 1, message, frame: codeFrame(text, line, 1) }
}

function checkJson(text: string): SyntaxProblem[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    const plain = message.replace(/ (in|after) JSON at position \d+.*$/s, '').replace(/, "?.*is not valid JSON$/s, '')
    return [problemAt(text, position === undefined ? firstStrange(text, message) : Number(position), plain)]
  }
}

/** V8 gives no position for a text that ends too early, nor for a strange first token. */
const firstStrange = (text: string, message: string): number =>
  message.includes('end of JSON') ? text.length : Math.max(0, text.search(/\S/))

function problemAt(text: string, offset: number, message: string): SyntaxProblem {
  const before = text.slice(0, offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  return { line, column, message, frame: codeFrame(text, line, column) }
}

/** The line with its two neighbours on each side, numbered, and a caret under the column. Long lines are cut around it. */
export function codeFrame(text: string, line: number, column: number): string {
  const lines = text.split('\n')
  const from = Math.max(1, line - 2)
  const to = Math.min(lines.length, line + 2)
  const width = String(to).length
  const cut = Math.max(0, column - 80)
  const rows: string[] = []
  for (let n = from; n <= to; n += 1) {
    const shown = (lines[n - 1] ?? '')
      .replace(/\r$/, '')
      .replaceAll('\t', ' ')
      .slice(cut, cut + 140)
    rows.push(`${n === line ? '>' : ' '} ${String(n).padStart(width)} | ${shown}`.trimEnd())
    if (n === line) rows.push(`  ${' '.repeat(width)} | ${' '.repeat(column - 1 - cut)}^`)
  }
  return rows.join('\n')
}
