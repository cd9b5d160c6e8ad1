import { createHash } from 'node:crypto'
import type { TreeEntry } from './store.ts'

/** sha-256 of the bytes, 64 lower-case hex digits: the name of a blob. */
export const hashBytes = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** The tree entry that says this content. */
export const entryOf = (content: Uint8Array): TreeEntry => ({
  hash: hashBytes(content),
  bytes: content.byteLength,
})

/** Text as bytes. A lone surrogate cannot be UTF-8: it becomes U+FFFD and `replaced` says so (B.5 37). */
export function encodeText(text: string): { content: Uint8Array; replaced: boolean } {
  return { content: new TextEncoder().encode(text), replaced: !text.isWellFormed() }
}

/**
 * The text of the bytes, exactly (a byte order mark is kept), or undefined when they are binary: not UTF-8, or with a
 * NUL in them. Encoding the text again gives the same bytes.
 */
export function decodeText(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined // the decoder's way to say: not UTF-8
  }
}
