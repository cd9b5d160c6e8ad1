import { hash } from 'node:crypto'
import { posix } from 'node:path'

/** One file of the result. `path` starts with `/`. */
export type OutputFile = { path: string; content: Uint8Array; immutable: boolean }

/** The files made so far, by path. The same content under the same name is kept once. */
export type Output = {
  /** Adds a file named by its content: `src/logo.png` → `/assets/logo-3f9a….png`. */
  addHashed(name: string, content: Uint8Array): string
  add(file: OutputFile): void
  files(): Iterable<OutputFile>
}

export function gatherOutput(): Output {
  const files = new Map<string, OutputFile>()
  return {
    addHashed(name, content) {
      const extension = posix.extname(name)
      const stem = posix.basename(name, extension).replaceAll(/[^\w.-]/g, '_') || 'file'
      const path = `/assets/${stem}-${contentHash(content, 10)}${extension}`
      files.set(path, { path, content, immutable: true })
      return path
    },
    add(file) {
      files.set(file.path, file)
    },
    files: () => files.values(),
  }
}

/** The first `length` digits (hex) of a content's sha-256. */
export const contentHash = (content: Uint8Array | string, length: number): string =>
  hash('sha256', content, 'hex').slice(0, length)
