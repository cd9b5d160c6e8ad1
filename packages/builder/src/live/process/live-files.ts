import { openAppFiles, type AppFiles } from '../../engine/app-files.ts'

/** A tree as the page has it, or as it was last written: path → content. Never changed once made. */
export type LiveTree = ReadonlyMap<string, Uint8Array>

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a === b || Buffer.compare(a, b) === 0

/** The paths in which two trees differ. */
export function changedPaths(before: LiveTree, after: LiveTree): string[] {
  const changed: string[] = []
  for (const [path, content] of after) {
    const old = before.get(path)
    if (!old || !sameBytes(old, content)) changed.push(path)
  }
  for (const path of before.keys()) if (!after.has(path)) changed.push(path)
  return changed
}

/** A tree in which equal contents are the same object as before, so that what was found out about them holds. */
export function keepIdentity(before: LiveTree, after: LiveTree): LiveTree {
  const kept = new Map<string, Uint8Array>()
  for (const [path, content] of after) {
    const old = before.get(path)
    kept.set(path, old && sameBytes(old, content) ? old : content)
  }
  return kept
}

/**
 * `after` without what is to blame: those files are as they were. All of it is undone when that is not enough to blame.
 *
 * @param lacks Whether the end of a file may be the cause.
 */
export function withoutBlamed(
  before: LiveTree,
  after: LiveTree,
  { blamed, lacks }: { blamed: ReadonlySet<string>; lacks: boolean },
): LiveTree {
  const next = new Map(after)
  let undone = false
  const undo = (path: string): void => {
    const old = before.get(path)
    if (old === next.get(path)) return
    undone = true
    if (old) next.set(path, old)
    else next.delete(path)
  }
  for (const path of blamed) undo(path)
  if (lacks) for (const path of before.keys()) if (!next.has(path)) undo(path)
  return undone ? next : before
}

/** The files of a tree, texts decoded when they are asked for. */
export const openTree = (tree: LiveTree): AppFiles => openAppFiles(tree)
