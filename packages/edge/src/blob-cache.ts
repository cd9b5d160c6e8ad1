import type { Encoding } from './content-encoding.ts'
import type { ContentStore } from './content-store.ts'
import { createSecondChance } from './second-chance.ts'

export type BlobCacheLimits = { blobBytes: number; totalBytes: number }

/** A blob in a coded form, with the key that it is kept under: made once, so that a look-up makes no text. */
export type BlobRef = { hash: string; encoding: Encoding; key: string }

/** Small blobs in memory. Hits are synchronous. */
export interface BlobCache {
  /** The blob's bytes if they are in memory. */
  get(ref: BlobRef): Buffer | undefined
  /** Reads a blob and keeps it; concurrent loads of one blob read it once. Rejects as the store does. */
  load(ref: BlobRef): Promise<Buffer>
  /** Whether a blob of this size is kept in memory rather than streamed. */
  holds(bytes: number): boolean
  readonly bytes: number
}

export const blobRef = (hash: string, encoding: Encoding): BlobRef => ({ hash, encoding, key: `${hash}.${encoding}` })

export function createBlobCache(
  store: Pick<ContentStore, 'read'>,
  { blobBytes, totalBytes }: BlobCacheLimits,
): BlobCache {
  const held = createSecondChance<string, Buffer>(totalBytes)
  const loading = new Map<string, Promise<Buffer>>()
  return {
    get: ({ key }) => held.get(key),
    async load({ key, hash, encoding }) {
      const underWay = loading.get(key)
      if (underWay) return underWay
      const reading = store.read(hash, encoding)
      loading.set(key, reading)
      try {
        const blob = await reading
        held.put(key, blob, blob.byteLength)
        return blob
      } finally {
        loading.delete(key)
      }
    },
    holds: (bytes) => bytes <= blobBytes,
    get bytes() {
      return held.weight
    },
  }
}
