import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Manifest } from './manifest.ts'

/** What a sweep leaves: these artifacts, and any stored within the last `youngMs`, whose deployment may not be a row yet. */
export type KeptContent = { artifacts: Iterable<string>; youngMs: number }

export type SweepResult = { artifacts: number; blobs: number; bytes: number }

type Sweep = {
  folders: { blobs: string; artifacts: string }
  kept: KeptContent
  /** Grows while the sweep runs: what a store counts on is never deleted. */
  inUse: ReadonlySet<string>
  /** Filled with each deletion while it runs. */
  deleting: Map<string, Promise<void>>
  readManifest: (artifactHash: string) => Promise<Manifest | undefined>
}

/** Mark and sweep: manifests first, so that one that is seen never names a blob that is gone. */
export async function sweep({ folders, kept, inUse, deleting, readManifest }: Sweep): Promise<SweepResult> {
  const result: SweepResult = { artifacts: 0, blobs: 0, bytes: 0 }
  const keptArtifacts = new Set(kept.artifacts)
  const marked = new Set<string>()
  const doomed: string[] = []
  const remove = async (hash: string, path: string) => {
    const removal = rm(path, { force: true })
    deleting.set(hash, removal)
    await removal.finally(() => deleting.delete(hash))
  }
  for (const name of await readdir(folders.artifacts)) {
    if (!name.endsWith('.json')) continue
    const hash = basename(name, '.json')
    const isYoung = Date.now() - (await stat(join(folders.artifacts, name))).mtimeMs < kept.youngMs
    if (!keptArtifacts.has(hash) && !isYoung) doomed.push(hash)
    else for (const file of (await readManifest(hash))?.files ?? []) marked.add(file.hash)
  }
  for (const hash of doomed) {
    if (inUse.has(hash)) {
      for (const file of (await readManifest(hash))?.files ?? []) marked.add(file.hash)
      continue
    }
    await remove(hash, join(folders.artifacts, `${hash}.json`))
    result.artifacts += 1
  }
  for (const shard of await readdir(folders.blobs)) {
    for (const name of await readdir(join(folders.blobs, shard))) {
      const hash = name.slice(0, 64)
      const path = join(folders.blobs, shard, name)
      const { size } = await stat(path)
      if (marked.has(hash) || inUse.has(hash)) continue
      await remove(hash, path)
      result.blobs += 1
      result.bytes += size
    }
  }
  return result
}
