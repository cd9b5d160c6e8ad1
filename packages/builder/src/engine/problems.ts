import type { BuildError } from '@overskill/protocol'
import { APP_ROOT, parseAppId, type AppFiles } from './app-files.ts'

/** What is wrong with the app, gathered while it is built: each with file, line and frame where they are known. */
export type Problems = {
  /** In the order of files and lines, whichever was found first. */
  readonly list: readonly BuildError[]
  add(problem: BuildError): void
  /** Adds a problem at the first place in the file where one of the texts occurs. `missing`: a package whose adding mends it. */
  addAt(path: string, needles: readonly string[], message: string, missing?: string): void
}

const MAX_PROBLEMS = 20
const MAX_MESSAGE = 1_000

export function gatherProblems(files: AppFiles): Problems {
  const list: BuildError[] = []
  const seen = new Set<string>()
  const add = (problem: BuildError): void => {
    const key = `${problem.file}:${problem.line}:${problem.column}:${problem.message}`
    if (seen.has(key) || list.length >= MAX_PROBLEMS) return
    seen.add(key)
    list.push({ ...problem, message: problem.message.slice(0, MAX_MESSAGE) })
  }
  const placed = (problem: BuildError): string =>
    `${problem.file ?? ''}:${String(problem.line ?? 0).padStart(8, '0')}:${String(problem.column ?? 0).padStart(8, '0')}`
  return {
    get list() {
      return list.toSorted((a, b) => (placed(a) < placed(b) ? -1 : 1))
    },
    add,
    addAt(path, needles, message, missing) {
      const text = files.text(path) ?? ''
      const at = needles.map((needle) => text.indexOf(needle)).find((index) => index !== -1)
      add({ file: path, message, ...(at === undefined ? {} : placeOf(text, at)), ...(missing && { missing }) })
    },
  }
}

/** Line and column (both from 1) of an offset, and the lines around it with a mark. */
export function placeOf(text: string, offset: number): { line: number; column: number; frame: string } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - (before.lastIndexOf('\n') + 1) + 1
  return { line, column, frame: frameAt(text, line, column) }
}

/** The lines around a place, numbered, with a caret below the column. Long lines are cut. */
export function frameAt(text: string, line: number, column: number): string {
  const lines = text.split('\n')
  const from = Math.max(1, line - 2)
  const to = Math.min(lines.length, line + 2)
  const width = String(to).length
  const out: string[] = []
  for (let number = from; number <= to; number += 1) {
    out.push(`${String(number).padStart(width)} | ${(lines[number - 1] ?? '').slice(0, 200)}`)
    if (number === line) out.push(`${' '.repeat(width)} | ${' '.repeat(Math.min(column - 1, 200))}^`)
  }
  return out.join('\n')
}

type BundlerLog = {
  code?: string
  message?: string
  id?: string
  loc?: { file?: string; line: number; column: number }
}

/** What the bundler reports, in our words: app paths, no host paths, no colours. */
export function addBundlerErrors(problems: Problems, error: unknown, files: AppFiles): void {
  const logs = ((error as { errors?: unknown }).errors ?? [error]) as BundlerLog[]
  for (const log of logs) {
    const raw = plainText(log.message ?? 'The bundler failed.')
    const message = plainMessage(raw)
    const place = log.loc ?? placeInMessage(raw)
    const file = parseAppId(place?.file ?? log.id ?? '')?.path
    if (!file) problems.add({ message })
    else if (!place) problems.add({ file, message })
    else {
      const text = files.text(file)
      const column = place.column + 1
      problems.add({
        file,
        line: place.line,
        column,
        message,
        ...(text ? { frame: frameAt(text, place.line, column) } : {}),
      })
    }
  }
}

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
const CODE = /^\[[A-Z_]+\] /

/** A tool's message without its colours and its own code in front. */
export const plainText = (message: string): string => message.replaceAll(COLOURS, '').replace(CODE, '')

/** The bundler draws `╭─[ path:line:column ]` into its messages. */
function placeInMessage(message: string): { file: string; line: number; column: number } | undefined {
  const match = /\[\s*(\/?@app\/[^\]\n]+?):(\d+):(\d+)\s*\]/.exec(message)
  if (!match?.[1]) return undefined
  const file = match[1].startsWith('/') ? match[1] : `/${match[1]}`
  return { file, line: Number(match[2]), column: Number(match[3]) - 1 }
}

/** The first lines up to the drawing, with our virtual root and every absolute path of the host taken out. */
function plainMessage(message: string): string {
  const head = message.split('\n').filter((line) => !/^\s*(\d+\s*)?[╭│╰─┬·]/u.test(line))
  return withoutHostPaths(head.join('\n').trim() || 'The bundler failed.')
}

/** No path of this machine leaves the engine: packages are named from `node_modules/` on, app files from the root. */
export function withoutHostPaths(text: string): string {
  return text
    .replaceAll(/(?:\.\.\/)*\/?@app\//g, '')
    .replaceAll(/(?:[.\w-]*\/)+node_modules\//g, 'node_modules/')
    .replaceAll(/(^|[\s"'`([])\/(?:work|tmp|home|root|usr|var|opt|Users|private)\/[^\s"'`)\]]*/g, '$1(path)')
}

export const isAppId = (id: string): boolean => id.startsWith(`${APP_ROOT}/`)
