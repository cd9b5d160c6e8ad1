import { MissingPackage, type AppCode } from './app-code.ts'
import type { StyleFault } from '../style-request.ts'

const MAX_MESSAGE = 2_000

/**
 * What went wrong, with its place as far as it is known.
 *
 * @param scripts Paths of the app's scripts that ran.
 * @param otherwise Where the fault is when nothing in it says so.
 */
export function faultOf(
  error: unknown,
  code: AppCode,
  scripts: readonly string[],
  otherwise: 'sheet' | 'script',
): StyleFault {
  const missing = findMissing(error)
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const text = (message || 'An error without words.').slice(0, MAX_MESSAGE)
  const script = scripts.map((path) => placeInStack(stack, path, code.fileOf(path))).find((place) => place !== null)
  const path = scripts[0]
  if (missing)
    return {
      where: 'script',
      ...(script ?? (path ? { path } : {})),
      message: missing.message,
      missing: missing.missing,
    }
  if (isCssError(error))
    return {
      where: 'sheet',
      ...(error.line ? { line: error.line } : {}),
      ...(error.column ? { column: error.column } : {}),
      message: error.reason.slice(0, MAX_MESSAGE),
    }
  if (script) return { where: 'script', ...script, message: text }
  return { where: otherwise, ...(otherwise === 'script' && path ? { path } : {}), message: text }
}

function findMissing(error: unknown): MissingPackage | null {
  let at: unknown = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at instanceof MissingPackage) return at
    at = at.cause
  }
  return null
}

type CssError = { name: 'CssSyntaxError'; reason: string; line?: number; column?: number }

const isCssError = (error: unknown): error is CssError =>
  error instanceof Error && error.name === 'CssSyntaxError' && 'reason' in error && typeof error.reason === 'string'

function placeInStack(
  stack: string,
  path: string,
  file: string,
): { path: string; line: number; column: number } | null {
  const at = stack.indexOf(`${file}:`)
  const match = at === -1 ? null : /^(\d+):(\d+)/.exec(stack.slice(at + file.length + 1))
  return match ? { path, line: Number(match[1]), column: Number(match[2]) } : null
}
