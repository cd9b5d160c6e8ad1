import type { BuildError } from '@overskill/protocol'
import type { SourceTree } from './artifact.ts'
import type { ChildAnswer } from './build-child.ts'
import { nestingOf } from './nesting.ts'
import { isRead, megabytes } from './tree-limits.ts'

export type EndReason = Extract<ChildAnswer, { kind: 'ended' }>['reason']

/** What is said of a build that somebody stopped. */
export const STOPPED = 'The build was stopped.'

/** A file larger than this is named as what a build may have failed on, in bytes. */
const LARGE_BYTES = 1_000_000

/** Brackets in brackets: far more than people write, and less than a parser can take. */
const DEEP_LEVELS = 500

/** Why a build was ended, in words for the app's author: what happened, where it may lie, what to do. */
export function wordsForEnd(
  reason: EndReason,
  tree: SourceTree,
  limits: { limitMs: number; memoryBytes: number },
): BuildError {
  const words: Record<EndReason, string> = {
    timeout: `The build took longer than ${limits.limitMs / 1000} s and was ended.`,
    aborted: STOPPED,
    memory: `The build used more than ${megabytes(limits.memoryBytes)} of memory and was ended.`,
    crashed: 'The build process ended unexpectedly, twice.',
  }
  if (reason === 'aborted') return { message: words.aborted }
  const { file, advice } = suspect(tree)
  return { ...(file ? { file } : {}), message: `${words[reason]} ${advice}` }
}

function suspect(tree: SourceTree): { file?: string; advice: string } {
  const read = [...tree].filter(([path]) => isRead(path))
  const [largest] = read.toSorted(([, a], [, b]) => b.length - a.length)
  if (largest && largest[1].length > LARGE_BYTES) {
    const advice = `The largest file is ${largest[0]} (${megabytes(largest[1].length)}): make it smaller, or put its data into public/ and fetch it.`
    return { file: largest[0], advice }
  }
  const depths = read.map(([path, bytes]) => ({ path, depth: nestingOf(bytes) }))
  const [deepest] = depths.toSorted((a, b) => b.depth - a.depth)
  if (deepest && deepest.depth > DEEP_LEVELS)
    return { file: deepest.path, advice: `${deepest.path} nests ${deepest.depth} levels deep: take it apart.` }
  return { advice: 'Undo the last change, or do it in a simpler way.' }
}
