import type { ToolResult } from '@overskill/agent'
import type { FileChange } from '@overskill/protocol'
import { applyStaged, checkPlace, type StagedFile, type Tree } from '@overskill/workspace'
import type { ToolWork } from './tools/work.ts'

/** One call's `ToolWork`, and what it staged besides files. */
export type StagedWork = ToolWork & { named?: { name: string; description: string | undefined } }

/** What of a finished call is stored, shown and told to the model. */
export type SettledWork = { result: ToolResult; staged: readonly StagedFile[]; changes: FileChange[] }

/** What a finished call may commit: nothing of one that failed, and nothing that a call beside it has made impossible. */
export function settleWork(given: ToolResult, work: StagedWork | undefined, tree: Tree): SettledWork {
  const nothing = { staged: [], changes: [] }
  if (!given.ok || !work) return { result: given, ...nothing }
  const staged = work.draft.staged()
  const without = applyStaged(
    tree,
    staged.filter(({ entry }) => !entry),
  )
  for (const { path, entry } of staged) {
    const place = entry && !tree.has(path) ? checkPlace(path, without) : undefined
    if (place && !place.ok) {
      const text = `ERROR PATH_DENIED: ${place.failure.detail}`
      return { result: { ok: false, status: 'error', code: 'PATH_DENIED', text } satisfies ToolResult, ...nothing }
    }
  }
  return { result: given, staged, changes: work.draft.changes() }
}
