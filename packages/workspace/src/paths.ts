import { fail, limits, ok, type Outcome } from '@overskill/protocol'
import type { Tree } from './store.ts'

const maxSegmentBytes = 100

/** Controls, invisible format characters (they hide a name's true form), lone surrogates, line separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** What Windows refuses in names, and what a URL or a bundler's module id gives another meaning. */
const meaningful = /[<>:"|?*#%]/
/** Device names of Windows, which would make an exported app impossible to unpack there. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

const denied = (input: string, why: string): Outcome<never> => {
  const shown = JSON.stringify(input.length > 120 ? `${input.slice(0, 120)}…` : input)
  const message = `${shown} ${why}`
  return fail('invalid', message, [{ path: 'path', message }])
}

function segmentProblem(segment: string): string | undefined {
  const folded = segment.toLowerCase()
  if (segment === '') return 'has an empty part (two slashes, or one at the end).'
  if (segment === '.' || segment === '..') return 'has "." or ".." in it: write the path from the app root.'
  if (folded === 'node_modules') return 'lies in node_modules, which is not part of the app.'
  if (folded === '.git' || folded === 'git~1') return 'lies in .git, which is not part of the app.'
  if (folded.startsWith('.env')) return 'is an environment file: values are kept in the app settings, never in files.'
  if (/^\s|[\s.]$/.test(segment)) return 'has a part that begins with a space or ends with a space or a dot.'
  if (device.test(segment)) return 'has a part that Windows keeps for a device.'
  if (Buffer.byteLength(segment) > maxSegmentBytes) return `has a part longer than ${maxSegmentBytes} bytes.`
  return undefined
}

/**
 * A path as the tree keeps it: relative to the app root, forward slashes, NFC, nothing that leaves the app. The input is never
 * repaired beyond NFC: what is accepted is what was written. Failure `invalid` says what is wrong, worded for both the
 * model and a person.
 */
export function normalisePath(input: string): Outcome<string> {
  const path = input.normalize('NFC')
  if (path === '') return denied(input, 'is empty: name a file, such as "src/App.tsx".')
  if (path.length > limits.pathLength) return denied(input, `is longer than ${limits.pathLength} characters.`)
  if (unseen.test(path)) return denied(input, 'has a control or invisible character in it.')
  if (path.includes('\\')) return denied(input, 'has a backslash: folders are separated by "/".')
  if (path.startsWith('/') || path.startsWith('~') || /^[a-z]:/i.test(path)) {
    return denied(input, 'is absolute: write it relative to the app root, such as "src/App.tsx".')
  }
  const bad = meaningful.exec(path)
  if (bad) return denied(input, `has the character ${bad[0]} in it, which file names of an app cannot have.`)
  // The compatibility form too: full-width dots and slashes become plain ones in whatever folds them.
  for (const segment of [...path.split('/'), ...path.normalize('NFKC').split(/[\\/]/)]) {
    const problem = segmentProblem(segment)
    if (problem) return denied(input, problem)
  }
  return ok(path)
}

/** A path as a disk that ignores case sees it. Two paths with the same folded form cannot be in one tree. */
export const foldPath = (path: string): string => path.normalize('NFKC').toLowerCase()

/** The folders a path lies in, outermost first: `a/b/c.ts` → `a`, `a/b`. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'))
}

/**
 * Whether a file of this (normalised) path can be in the tree beside the others. Not when a file or folder differs from it only
 * in case, when a file stands where it needs a folder, or a folder stands where it is.
 */
export function checkPlace(path: string, tree: Tree): Outcome<string> {
  if (tree.has(path)) return ok(path)
  const parts = path.split('/')
  const folded = parts.map(foldPath)
  for (const other of tree.keys()) {
    const others = other.split('/')
    let same = 0
    while (same < parts.length && same < others.length && foldPath(others[same] ?? '') === folded[same]) {
      if (others[same] !== parts[same]) {
        const twin = others.slice(0, same + 1).join('/')
        return denied(path, `differs only in upper and lower case from ${twin}, which exists: use that spelling.`)
      }
      same += 1
    }
    if (same === parts.length) return denied(path, `is a folder: ${other} is in it.`)
    if (same === others.length) return denied(path, `cannot be made: ${other} is a file, not a folder.`)
  }
  return ok(path)
}
