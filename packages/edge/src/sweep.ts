import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Manifest } from './manifest.ts'

/**
 * What a sweep leaves: these artifacts, and any that was stored or asked for within the last `youngMs`, whose deployment may not
 * be a row yet. `signal` ends it early: what it had not come to stays until the next one.
 */
export type KeptContent = { artifacts: Iterable<string>; youngMs: number; signal?: AbortSignal | undefined }

export type SweepResult = { artifacts: number; blobs: number; bytes: number }

type Sweep = {
  folders: { blobs: string; artifacts: string }
  kept: KeptContent
  /** Grows while the sweep runs: what a store or a reader counts on is never deleted. */
  claimed: ReadonlySet<string>
  /** Filled with each deletion while it runs. */
  deleting: Map<string, Promise<void>>
  readManifest: (artifactHash: string) => Promise<Manifest | undefined>
}

/** Mark and sweep: manifests first, so that one that is seen never names a blob that is gone. */
export async function sweep({ folders, kept, claimed, deleting, readManifest }: Sweep): Promise<SweepResult> {
  const result: SweepResult = { artifacts: 0, blobs: 0, bytes: 0 }
  const keptArtifacts = new Set(kept.artifacts)
  const marked = new Set<string>()
  const doomed: string[] = []
  const remove = async (hash: string, path: string) => {
    const removal = rm(path, { force: true })
    deleting.set(hash, removal)
    await removal.finally(() => deleting.delete(hash))
  }
  const pathOf = (hash: string) => join(folders.artifacts, `${hash}.json`)
  const isYoung = async (hash: string) => Date.now() - (await stat(pathOf(hash))).mtimeMs < kept.youngMs
  const mark = async (hash: string) => {
    for (const file of (await readManifest(hash))?.files ?? []) marked.add(file.hash)
  }
  for (const name of await readdir(folders.artifacts)) {
    if (kept.signal?.aborted) return result
    if (!name.endsWith('.json')) continue
    const hash = basename(name, '.json')
    if (!keptArtifacts.has(hash) && !(await isYoung(hash))) doomed.push(hash)
    else await mark(hash)
  }
  for (const hash of doomed) {
    if (kept.signal?.aborted) return result
    if ((await isYoung(hash)) || claimed.has(hash)) {
      await mark(hash)
      continue
    }
    await remove(hash, pathOf(hash))
    result.artifacts += 1
  }
  for (const shard of await readdir(folders.blobs)) {
    for (const name of await readdir(join(folders.blobs, shard))) {
      if (kept.signal?.aborted) return result
      const hash = name.slice(0, 64)
      const path = join(folders.blobs, shard, name)
      const { size } = await stat(path)
      if (marked.has(hash) || claimed.has(hash)) continue
      await remove(hash, path)
      result.blobs += 1
      result.bytes += size
    }
  }
  return result
}
