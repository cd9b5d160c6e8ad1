import type { FileEntry } from '@overskill/protocol'

export type TreeFolder = { kind: 'folder'; name: string; path: string; children: TreeNode[] }
export type TreeFile = { kind: 'file'; name: string; path: string; bytes: number }
export type TreeNode = TreeFolder | TreeFile

/** Paths as folders in folders: folders first, each by name. */
export function treeOf(files: readonly FileEntry[]): TreeNode[] {
  const root: TreeFolder = { kind: 'folder', name: '', path: '', children: [] }
  const folders = new Map<string, TreeFolder>([['', root]])
  const folderAt = (path: string): TreeFolder => {
    const found = folders.get(path)
    if (found) return found
    const slash = path.lastIndexOf('/')
    const made: TreeFolder = { kind: 'folder', name: path.slice(slash + 1), path, children: [] }
    folders.set(path, made)
    folderAt(slash < 0 ? '' : path.slice(0, slash)).children.push(made)
    return made
  }
  for (const { path, bytes } of files) {
    const slash = path.lastIndexOf('/')
    const parent = folderAt(slash < 0 ? '' : path.slice(0, slash))
    parent.children.push({ kind: 'file', name: path.slice(slash + 1), path, bytes })
  }
  for (const folder of folders.values()) folder.children.sort(byKindAndName)
  return root.children
}

/** The files, and those with unsaved changes that are no longer among them: one must be able to go back to what was typed. */
export function withUnsaved(files: readonly FileEntry[], unsaved: ReadonlySet<string>): readonly FileEntry[] {
  const known = new Set(files.map(({ path }) => path))
  const gone = [...unsaved].filter((path) => !known.has(path))
  return [...files, ...gone.map((path) => ({ path, hash: '', bytes: 0 }))]
}

const byKindAndName = (one: TreeNode, other: TreeNode): number =>
  one.kind === other.kind ? one.name.localeCompare(other.name) : one.kind === 'folder' ? -1 : 1

/**
 * Files whose path has all words of the search, best first: those whose own name has them, then shorter paths.
 * An empty search finds nothing.
 */
export function findFiles(files: readonly FileEntry[], search: string): FileEntry[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return []
  const rank = ({ path }: FileEntry): number => {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
    return (wanted.every((word) => name.includes(word)) ? 0 : 1000) + path.length
  }
  return files
    .filter(({ path }) => wanted.every((word) => path.toLowerCase().includes(word)))
    .toSorted((one, other) => rank(one) - rank(other))
}
