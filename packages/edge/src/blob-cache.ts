import type { ContentStore } from './content-store.ts'
import type { Encoding } from './content-encoding.ts'

export type BlobCacheLimits = { blobBytes: number; totalBytes: number }

/** Small blobs in memory, least recently used out first. Hits are synchronous. */
export interface BlobCache {
  /** The blob's bytes if they are in memory. */
  get(hash: string, encoding: Encoding): Buffer | undefined
  /** Reads a blob and keeps it; concurrent loads of one blob read it once. Rejects as the store does. */
  load(hash: string, encoding: Encoding): Promise<Buffer>
  /** Whether a blob of this size is kept in memory rather than streamed. */
  holds(bytes: number): boolean
  readonly bytes: number
}

export function createBlobCache(
  store: Pick<ContentStore, 'read'>,
  { blobBytes, totalBytes }: BlobCacheLimits,
): BlobCache {
  const blobs = new Map<string, Buffer>()
  const loading = new Map<string, Promise<Buffer>>()
  let heldBytes = 0

  const keep = (key: string, blob: Buffer) => {
    if (blobs.has(key)) return
    blobs.set(key, blob)
    heldBytes += blob.byteLength
    for (const [oldest, { byteLength }] of blobs) {
      if (heldBytes <= totalBytes) break
      blobs.delete(oldest)
      heldBytes -= byteLength
    }
  }

  return {
    get(hash, encoding) {
      const key = hash + encoding
      const blob = blobs.get(key)
      if (blob) {
        blobs.delete(key) // a Map keeps the order of insertion: last is youngest
        blobs.set(key, blob)
      }
      return blob
    },
    async load(hash, encoding) {
      const key = hash + encoding
      const underWay = loading.get(key)
      if (underWay) return underWay
      const reading = store.read(hash, encoding)
      loading.set(key, reading)
      try {
        const blob = await reading
        keep(key, blob)
        return blob
      } finally {
        loading.delete(key)
      }
    },
    holds: (bytes) => bytes <= blobBytes,
    get bytes() {
      return heldBytes
    },
  }
}
