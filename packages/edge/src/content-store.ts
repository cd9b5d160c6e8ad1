import { mkdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '@overskill/builder'
import { openBlobFiles } from './blob-files.ts'
import type { Encoding } from './content-encoding.ts'
import { createContentHolds } from './content-holds.ts'
import { writeDurably } from './durable-file.ts'
import { openManifestFiles } from './manifest-files.ts'
import { readArtifact, type Manifest, type StoredFile } from './manifest.ts'
import { settleAll } from './settle-all.ts'
import { sweep, type KeptContent, type SweepResult } from './sweep.ts'

/**
 * Artifacts and their files on disk, named by content (`blobs/ab/<sha-256>[.br|.gz]`, `artifacts/<hash>.json`). Whatever a
 * name shows is whole: files appear by rename, after fsync, and an artifact's manifest only when all its blobs are durable.
 * One process writes to a folder; any number may read.
 */
export interface ContentStore {
  /**
   * Stores an artifact. Idempotent; what is there already is not written again, so `contents` may leave out blobs that
   * `missing` did not name. Throws when a content is not what its hash says, or is neither here nor there.
   */
  store(artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void>
  /** Whether the whole artifact is stored. Who asks counts on it: it is young from now on. */
  has(artifactHash: string): Promise<boolean>
  /** Those of the content hashes that are not stored yet. */
  missing(hashes: Iterable<string>): Promise<string[]>
  /** What `missing` did not name is not swept before this work ends. */
  holding<T>(work: () => Promise<T>): Promise<T>
  /** What an artifact consists of, which is young from now on; undefined when it is not stored. */
  manifest(artifactHash: string): Promise<Manifest | undefined>
  /** A blob's bytes in a coded form that its manifest names. Rejects with ENOENT when it is not stored. */
  read(hash: string, encoding: Encoding): Promise<Buffer>
  /** A blob opened for reading; the caller closes it. */
  open(hash: string, encoding: Encoding): Promise<FileHandle>
  /** Writes a byte durably and takes it away again. Rejects where that fails: disk full, read-only, gone. */
  probe(): Promise<void>
  /** Deletes what no kept artifact needs. Safe beside running stores. */
  sweep(kept: KeptContent): Promise<SweepResult>
}

/** How many blobs of an artifact are written side by side. */
const writers = 12

/** Opens the store in a folder, making it where needed. Left-overs of a process that was killed while writing go away. */
export async function openContentStore(dir: string): Promise<ContentStore> {
  const folders = { blobs: join(dir, 'blobs'), artifacts: join(dir, 'artifacts'), temporary: join(dir, 'tmp') }
  await rm(folders.temporary, { recursive: true, force: true })
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  const blobs = openBlobFiles(folders.blobs, folders.temporary)
  const manifests = openManifestFiles(folders.artifacts, folders.temporary)
  const holds = createContentHolds()

  /** Whether an artifact is there; then it stays for whoever asked. */
  const isKept = async (artifactHash: string): Promise<boolean> => {
    await holds.claim(artifactHash)
    return manifests.touch(artifactHash)
  }

  async function storeArtifact(manifest: Manifest, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const claims = manifest.files.map(({ hash }) => holds.claim(hash))
    const [isThere] = await Promise.all([isKept(manifest.hash), ...claims])
    if (isThere) return
    const coded = new Map<string, StoredFile['coded']>()
    const waiting = [...new Map(manifest.files.map((file) => [file.hash, file])).values()]
    const work = async () => {
      for (let file = waiting.pop(); file; file = waiting.pop()) {
        coded.set(file.hash, await blobs.write(file, contents.get(file.hash)))
      }
    }
    await settleAll(Array.from({ length: writers }, work))
    const files = manifest.files.map((file) => ({ ...file, coded: coded.get(file.hash) ?? {} }))
    await manifests.write({ ...manifest, files })
  }

  return {
    store: (artifact, contents) => holds.holding(async () => storeArtifact(readArtifact(artifact), contents)),
    has: (artifactHash) => holds.holding(() => isKept(artifactHash)),
    async missing(hashes) {
      const isThere = async (hash: string): Promise<boolean> => {
        await holds.claim(hash)
        return blobs.has(hash)
      }
      const asked = [...new Set(hashes)]
      const there = await holds.holding(() => Promise.all(asked.map(isThere)))
      return asked.filter((_, index) => !there[index])
    },
    holding: (work) => holds.holding(work),
    manifest: (artifactHash) =>
      holds.holding(async () => ((await isKept(artifactHash)) ? manifests.read(artifactHash) : undefined)),
    read: (hash, encoding) => blobs.read(hash, encoding),
    open: (hash, encoding) => blobs.open(hash, encoding),
    async probe() {
      const path = join(folders.artifacts, 'probe')
      await writeDurably(path, Buffer.from('.'), folders.temporary)
      await rm(path)
    },
    sweep: (kept) =>
      holds.holding(() => sweep({ folders, kept, ...holds, readManifest: (hash) => manifests.read(hash) })),
  }
}
