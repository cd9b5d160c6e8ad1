import { must } from '@overskill/protocol'
import { entryOf } from './blob.ts'
import type { BlobStore, Tree } from './store.ts'
import { treeFromEntries } from './tree.ts'

/** A tree and its blobs, kept in memory: for tests, and for trees that never touch a store. */
export function treeOf(files: Readonly<Record<string, string | Uint8Array>>): { tree: Tree; blobs: BlobStore } {
  const contents = new Map<string, Uint8Array>()
  const entries = Object.entries(files).map(([path, given]) => {
    const content = typeof given === 'string' ? new TextEncoder().encode(given) : given
    const entry = entryOf(content)
    contents.set(entry.hash, content)
    return [path, entry] as const
  })
  return {
    tree: treeFromEntries(entries),
    blobs: { read: async (hash) => must(contents.get(hash), `Blob ${hash}`) },
  }
}
