import { refused, type ToolResult } from '@overskill/agent'
import { type Failure, type FailureCode, unreachable } from '@overskill/protocol'
import { foldPath, type Tree } from '@overskill/workspace'

type DraftFailure = Extract<FailureCode, 'invalid' | 'not_found' | 'conflict' | 'too_large' | 'wrong_type'>

/** A draft's failure in the tools' codes, with what to do next. */
const advice: Record<DraftFailure, { code: string; next: string }> = {
  invalid: { code: 'PATH_DENIED', next: 'Nothing was changed. Use another path.' },
  not_found: { code: 'NOT_FOUND', next: 'os-list-files shows what is there.' },
  conflict: { code: 'EXISTS', next: 'Nothing was changed. Choose another path, or delete that file first.' },
  too_large: {
    code: 'TOO_LARGE',
    next: 'Nothing was changed. Split it into smaller files, or remove what is not needed.',
  },
  wrong_type: { code: 'BINARY', next: 'It can be renamed, copied or deleted, but not read or edited as text.' },
}

const isDraftFailure = (code: FailureCode): code is DraftFailure => code in advice

/** The result for a failure of the draft. */
export function refusedBy(failure: Failure): ToolResult {
  if (!isDraftFailure(failure.code)) return unreachable(failure as never)
  const { code, next } = advice[failure.code]
  return refused(code, `${failure.detail} ${next}`)
}

const nameOf = (path: string): string => foldPath(path.split('/').at(-1) ?? path)

/** Shared pairs of neighbouring letters, 0 to 1. */
function likeness(a: string, b: string): number {
  const pairs = (text: string): string[] =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2))
  const [of, among] = [pairs(a), new Set(pairs(b))]
  return of.length + among.size === 0 ? 0 : (2 * of.filter((pair) => among.has(pair)).length) / (of.length + among.size)
}

/** Up to three existing paths that may have been meant, likeliest first. */
function similarPaths(path: string, tree: Tree): string[] {
  const scored = [...tree.keys()].map((other) => ({
    other,
    score: likeness(nameOf(path), nameOf(other)) + likeness(foldPath(path), foldPath(other)) / 4,
  }))
  return scored
    .filter(({ score }) => score > 0.6)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ other }) => other)
}

/** The result for a file that is not there: says what is there instead. */
export function noSuchFile(path: string, tree: Tree): ToolResult {
  const inside = [...tree.keys()].filter((other) => other.startsWith(`${path}/`))
  if (inside.length > 0) {
    return refused('NOT_FOUND', `${path} is a folder with ${inside.length} files, such as ${inside[0]}: name a file.`)
  }
  const similar = similarPaths(path, tree)
  const hint = similar.length > 0 ? `Similar: ${similar.join(', ')}.` : 'os-list-files shows what is there.'
  return refused('NOT_FOUND', `There is no file ${path}. ${hint}`)
}
