import { createHash } from 'node:crypto'
import type { Tree, TreeEntry } from './store.ts'

const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A tree of these files, in the order of their paths. A path that comes twice keeps its last entry. */
export function treeFromEntries(entries: Iterable<readonly [string, TreeEntry]>): Tree {
  return new Map([...new Map(entries)].toSorted(([a], [b]) => byPath(a, b)))
}

/** Content hash of a whole tree (sha-256, hex): the same files give the same hash, in whatever order they came. */
export function treeHash(tree: Tree): string {
  const hash = createHash('sha256')
  for (const path of [...tree.keys()].toSorted(byPath)) hash.update(`${path}\0${tree.get(path)?.hash}\n`)
  return hash.digest('hex')
}

/** Size of all files together, in bytes. */
export const treeBytes = (tree: Tree): number => tree.values().reduce((sum, entry) => sum + entry.bytes, 0)

/** One path that an edit sets (`entry`) or takes away (null). `content` is there when the blob may be new to the store. */
export type StagedFile = { path: string; entry: TreeEntry | null; content?: Uint8Array }

/** The tree after an edit. Paths that the edit does not name stay as they are. */
export function applyStaged(tree: Tree, staged: Iterable<StagedFile>): Tree {
  const files = new Map(tree)
  for (const { path, entry } of staged) {
    if (entry) files.set(path, entry)
    else files.delete(path)
  }
  return treeFromEntries(files)
}

/** How one path differs between two trees. `entry` is that of the newer tree; for a deleted file, of the older. */
export type TreeChange = {
  path: string
  action: 'created' | 'changed' | 'deleted' | 'renamed'
  from?: string
  entry: TreeEntry
}

/**
 * What leads from one tree to the other, in the order of paths. A file counts as renamed when exactly this content left one path and
 * came to another; an empty file never does.
 */
export function diffTrees(before: Tree, after: Tree): TreeChange[] {
  const gone = new Map<string, string[]>()
  for (const [path, { hash, bytes }] of before) {
    if (!after.has(path) && bytes > 0) gone.set(hash, [...(gone.get(hash) ?? []), path])
  }
  const changes: TreeChange[] = []
  const moved = new Set<string>()
  for (const [path, entry] of after) {
    const old = before.get(path)
    if (old?.hash === entry.hash) continue
    const from = old ? undefined : gone.get(entry.hash)?.shift()
    if (from !== undefined) {
      moved.add(from)
      changes.push({ path, action: 'renamed', from, entry })
    } else changes.push({ path, action: old ? 'changed' : 'created', entry })
  }
  for (const [path, entry] of before) {
    if (!after.has(path) && !moved.has(path)) changes.push({ path, action: 'deleted', entry })
  }
  return changes.toSorted((a, b) => byPath(a.path, b.path))
}
