import type { Artifact } from '@overskill/builder'
import type { ContentStore } from './content-store.ts'

/** Where artifacts come from that were built elsewhere: undefined when there is no such artifact there either. */
export type ArtifactSource = (
  artifactHash: string,
  /** Those of content hashes that are not stored here: only their contents are needed. */
  missing: ContentStore['missing'],
) => Promise<{ artifact: Artifact; contents: ReadonlyMap<string, Uint8Array> } | undefined>

/** A store that gets an artifact from its source when it is first asked for. One that cannot be got is asked for again. */
export function withSource(store: ContentStore, source: ArtifactSource): ContentStore {
  const getting = new Map<string, Promise<boolean>>()

  const get = (hash: string): Promise<boolean> =>
    store.holding(async () => {
      const found = await source(hash, (hashes) => store.missing(hashes))
      if (found) await store.store(found.artifact, found.contents)
      return found !== undefined
    })
  const obtain = (hash: string): Promise<boolean> => {
    const running = getting.get(hash) ?? get(hash).finally(() => getting.delete(hash))
    getting.set(hash, running)
    return running
  }
  return {
    ...store,
    has: async (hash) => (await store.has(hash)) || obtain(hash),
    manifest: async (hash) => (await store.manifest(hash)) ?? ((await obtain(hash)) ? store.manifest(hash) : undefined),
  }
}
