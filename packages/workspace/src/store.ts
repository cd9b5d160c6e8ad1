/** An entry of a tree: path → content hash (sha-256, hex) and size in bytes. */
export type TreeEntry = { hash: string; bytes: number }

/** The files of one moment. Never changed: an edit makes another one. Keys are normalised paths (`paths.ts`). */
export type Tree = ReadonlyMap<string, TreeEntry>

/** Content by hash. Reading one that is not there is a mistake of ours, and throws. */
export interface BlobStore {
  read(hash: string): Promise<Uint8Array>
}
