import type { Chunk } from './chunk.ts'

/** Puts the page's environment values behind a worker's address: a worker has no page to read them from. */
export const WORKER_ENVIRONMENT = `'#' + encodeURIComponent(JSON.stringify(globalThis.__ENV__ ?? {}))`

/** First in each worker: its environment values, from its own address. */
export const WORKER_PRELUDE = `globalThis.__ENV__ ??= Object.freeze(JSON.parse(decodeURIComponent(self.location.hash.slice(1)) || '{}'))`

/** The workers of one build: each script is bundled once, into one file. */
export type Workers = {
  /** The address of the worker made of this script. `ancestors`: the workers that it is asked from. */
  urlOf(path: string, ancestors: readonly string[]): Promise<string | null>
  chunks(): readonly Chunk[]
}

/** @param bundle Bundles the script into one chunk; null when that failed (the problem is recorded). */
export function gatherWorkers(bundle: (path: string, ancestors: readonly string[]) => Promise<Chunk | null>): Workers {
  const started = new Map<string, Promise<Chunk | null>>()
  const chunks: Chunk[] = []
  const run = async (path: string, ancestors: readonly string[]): Promise<Chunk | null> => {
    const chunk = await bundle(path, [...ancestors, path])
    if (chunk) chunks.push(chunk)
    return chunk
  }
  return {
    chunks: () => chunks,
    async urlOf(path, ancestors) {
      if (ancestors.includes(path)) return null // a worker that makes itself: it would wait for itself here
      const known = started.get(path) ?? run(path, ancestors)
      started.set(path, known)
      const chunk = await known
      return chunk ? `/${chunk.fileName}` : null
    },
  }
}
