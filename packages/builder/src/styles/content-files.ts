import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { SourceTree } from '../artifact.ts'

export type ContentFile = { hash: string; content: Uint8Array }

/** Longer files are no source that somebody wrote classes in, in bytes. */
const MAX_CONTENT_BYTES = 2 * 1024 * 1024

const BINARY = new Set(
  'png jpg jpeg gif webp avif ico bmp tiff heic woff woff2 ttf otf eot mp3 mp4 webm ogg wav mov m4a pdf zip gz tgz zst wasm glb gltf bin lockb'
    .split(' ')
    .map((extension) => `.${extension}`),
)
const LOCKS = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/

const hashes = new WeakMap<Uint8Array, string>()

/** The files of a tree in which classes may be, with a hash of each. A file's bytes must not change. */
export function findContent(tree: SourceTree): Map<string, ContentFile> {
  const found = new Map<string, ContentFile>()
  for (const [path, content] of tree) {
    if (content.byteLength > MAX_CONTENT_BYTES || BINARY.has(extname(path).toLowerCase()) || LOCKS.test(path)) continue
    const hash = hashes.get(content) ?? createHash('sha256').update(content).digest('base64url').slice(0, 24)
    hashes.set(content, hash)
    found.set(path, { hash, content })
  }
  return found
}
