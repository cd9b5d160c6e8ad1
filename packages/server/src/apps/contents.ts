import { must } from '@overskill/protocol'
import type { BlobStore, Tree } from '@overskill/workspace'
import { LRUCache } from 'lru-cache'
import type { Database } from '../database/database.ts'
import { readBlobs } from './files.ts'

/** Contents of apps' files by hash, for reading only. */
export type Contents = BlobStore & {
  /** Of a whole tree, by path; in one query at most. */
  readAll(tree: Tree): Promise<Map<string, Uint8Array>>
}

/** Most of it that stays in memory, in bytes, and the longest content that is kept at all. */
const keptBytes = 32 * 1024 * 1024
const longestKept = 256 * 1024

/**
 * What was read lately stays in memory, for all apps: a hash names its content for ever, and every app begins with the same files.
 * Only stored contents are read here; what a transaction has just written it reads by itself (`createBlobStore`).
 */
export function createContents(db: Database): Contents {
  const recent = new LRUCache<string, Uint8Array>({
    maxSize: keptBytes,
    sizeCalculation: ({ byteLength }) => byteLength + 100,
    maxEntrySize: longestKept,
  })
  const readEach = async (hashes: Iterable<string>): Promise<Map<string, Uint8Array>> => {
    const wanted = [...new Set(hashes)]
    const known = new Map(wanted.map((hash) => [hash, recent.get(hash)]))
    const stored = await readBlobs(
      db,
      wanted.filter((hash) => !known.get(hash)),
    )
    for (const [hash, content] of stored) recent.set(hash, new Uint8Array(content)) // a copy: small ones are parts of larger buffers
    return new Map(wanted.map((hash) => [hash, must(known.get(hash) ?? stored.get(hash), `Blob ${hash}`)]))
  }
  return {
    async read(hash) {
      return recent.get(hash) ?? must((await readEach([hash])).get(hash), `Blob ${hash}`)
    },
    async readAll(tree) {
      const contents = await readEach([...tree.values()].map(({ hash }) => hash))
      return new Map([...tree].map(([path, { hash }]) => [path, must(contents.get(hash), `Blob ${hash}`)]))
    },
  }
}
