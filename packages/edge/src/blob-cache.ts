import type { Encoding } from './content-encoding.ts'
import type { ContentStore } from './content-store.ts'

export type BlobCacheLimits = { blobBytes: number; totalBytes: number }

/** A blob in a coded form, with the key that it is kept under: made once, so that a look-up makes no text. */
export type BlobRef = { hash: string; encoding: Encoding; key: string }

/**
 * Small blobs in memory. Hits are synchronous and write one field; when room is needed, those that were not asked for since
 * the last time go first, oldest before younger (second chance).
 */
export interface BlobCache {
  /** The blob's bytes if they are in memory. */
  get(ref: BlobRef): Buffer | undefined
  /** Reads a blob and keeps it; concurrent loads of one blob read it once. Rejects as the store does. */
  load(ref: BlobRef): Promise<Buffer>
  /** Whether a blob of this size is kept in memory rather than streamed. */
  holds(bytes: number): boolean
  readonly bytes: number
}

type Held = { blob: Buffer; wasAsked: boolean }

export const blobRef = (hash: string, encoding: Encoding): BlobRef => ({ hash, encoding, key: `${hash}.${encoding}` })

export function createBlobCache(
  store: Pick<ContentStore, 'read'>,
  { blobBytes, totalBytes }: BlobCacheLimits,
): BlobCache {
  const held = new Map<string, Held>() // in the order in which they came, or had their second chance
  const loading = new Map<string, Promise<Buffer>>()
  let heldBytes = 0

  const makeRoom = () => {
    for (const [key, entry] of held) {
      if (heldBytes <= totalBytes) return
      held.delete(key)
      if (entry.wasAsked) held.set(key, { ...entry, wasAsked: false })
      else heldBytes -= entry.blob.byteLength
    }
  }

  return {
    get({ key }) {
      const entry = held.get(key)
      if (!entry) return undefined
      entry.wasAsked = true
      return entry.blob
    },
    async load({ key, hash, encoding }) {
      const underWay = loading.get(key)
      if (underWay) return underWay
      const reading = store.read(hash, encoding)
      loading.set(key, reading)
      try {
        const blob = await reading
        if (!held.has(key)) {
          held.set(key, { blob, wasAsked: false })
          heldBytes += blob.byteLength
          makeRoom()
        }
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
