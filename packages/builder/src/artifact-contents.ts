import { readFileSync } from 'node:fs'
import { must } from '@overskill/protocol'

/** Bytes, or the path of a file that holds them and never changes. */
export type ContentSource = Uint8Array | { file: string }

/**
 * An artifact's contents by hash. Vendor files stay on disk until someone asks: most stores have them already.
 * Reading one that has vanished from the cache throws.
 */
export class ArtifactContents implements ReadonlyMap<string, Uint8Array> {
  readonly #sources: Map<string, ContentSource>

  constructor(sources: Iterable<readonly [string, ContentSource]>) {
    this.#sources = new Map(sources)
  }

  get size(): number {
    return this.#sources.size
  }

  has(hash: string): boolean {
    return this.#sources.has(hash)
  }

  get(hash: string): Uint8Array | undefined {
    const source = this.#sources.get(hash)
    if (!source || source instanceof Uint8Array) return source
    return new Uint8Array(readFileSync(source.file))
  }

  keys(): MapIterator<string> {
    return this.#sources.keys()
  }

  *entries(): MapIterator<[string, Uint8Array]> {
    for (const hash of this.#sources.keys()) yield [hash, must(this.get(hash), 'A listed content')]
  }

  *values(): MapIterator<Uint8Array> {
    for (const [, content] of this.entries()) yield content
  }

  forEach(visit: (content: Uint8Array, hash: string, map: ReadonlyMap<string, Uint8Array>) => void): void {
    for (const [hash, content] of this.entries()) visit(content, hash, this)
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries()
  }
}
