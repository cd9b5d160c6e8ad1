import { read, type ResourceKey, write } from '@overskill/agent'
import { foldersOf, foldPath, normalisePath } from '@overskill/workspace'

/** A file's key in the folded form of its path: names that differ only in case are one resource, so the second of two calls sees the first. */
const named = (path: string): string => `file:${foldPath(path)}`

/** The keys of a call that reads a file. None for a path that is refused anyway. */
export function readsFile(input: string): ResourceKey[] {
  const path = normalisePath(input)
  return path.ok ? [read(named(path.value))] : []
}

/**
 * The keys of a call that makes, changes or removes a file. Its folders are read: a call that writes a file where this one needs a
 * folder waits, while writers of neighbours do not wait for each other.
 */
export function writesFile(input: string): ResourceKey[] {
  const path = normalisePath(input)
  if (!path.ok) return []
  return [write(named(path.value)), ...foldersOf(path.value).map((folder) => read(named(folder)))]
}
