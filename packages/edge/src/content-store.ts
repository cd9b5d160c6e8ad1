import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rm, stat, utimes, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '@overskill/builder'
import { assert, must } from '@overskill/protocol'
import { compress, compressions, isCompressible, type Encoding } from './content-encoding.ts'
import { syncFolder, writeDurably } from './durable-file.ts'
import { Manifest, readArtifact, type StoredFile } from './manifest.ts'
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
  /** Whether the whole artifact is stored. */
  has(artifactHash: string): Promise<boolean>
  /** Those of the content hashes that are not stored yet. */
  missing(hashes: Iterable<string>): Promise<string[]>
  /** What an artifact consists of; undefined when it is not stored. */
  manifest(artifactHash: string): Promise<Manifest | undefined>
  /** A blob's bytes in a coded form that its manifest names. Rejects with ENOENT when it is not stored. */
  read(hash: string, encoding: Encoding): Promise<Buffer>
  /** A blob opened for reading; the caller closes it. */
  open(hash: string, encoding: Encoding): Promise<FileHandle>
  /** Deletes what no kept artifact needs. Safe beside running stores. */
  sweep(kept: KeptContent): Promise<SweepResult>
}

const suffix: Record<Encoding, string> = { identity: '', br: '.br', gzip: '.gz' }

/** How many blobs of an artifact are written side by side. */
const writers = 12

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Opens the store in a folder, making it where needed. Left-overs of a process that was killed while writing go away. */
export async function openContentStore(dir: string): Promise<ContentStore> {
  const folders = { blobs: join(dir, 'blobs'), artifacts: join(dir, 'artifacts'), temporary: join(dir, 'tmp') }
  await rm(folders.temporary, { recursive: true, force: true })
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })

  /** Hashes that a store counts on while a sweep is under way. */
  const inUse = new Set<string>()
  /** Deletions under way, by hash: a store waits for one before it looks. */
  const deleting = new Map<string, Promise<void>>()
  let sweeps = 0
  let stores = 0

  const folderOf = (hash: string) => join(folders.blobs, hash.slice(0, 2))
  const blobPath = (hash: string, encoding: Encoding) => join(folderOf(hash), `${hash}${suffix[encoding]}`)
  const manifestPath = (artifactHash: string) => join(folders.artifacts, `${artifactHash}.json`)
  const isStored = async (hash: string) => (await sizeOf(blobPath(hash, 'identity'))) !== undefined

  async function storeBlob(file: StoredFile, content: Uint8Array | undefined): Promise<StoredFile> {
    await deleting.get(file.hash)
    if (await isStored(file.hash)) return { ...file, coded: await codedSizes(file.hash) }
    const bytes = must(content, `The content of ${file.path}`)
    assert(createHash('sha256').update(bytes).digest('hex') === file.hash, `The content of ${file.path} has its hash`)
    assert(bytes.byteLength === file.bytes, `The content of ${file.path} has its size`)
    await mkdir(folderOf(file.hash), { recursive: true, mode: 0o700 })
    const coded: StoredFile['coded'] = {}
    if (isCompressible(file.type, file.bytes)) {
      await Promise.all(
        compressions.map(async (encoding) => {
          const body = await compress(bytes, encoding)
          if (!body) return
          coded[encoding] = body.byteLength
          await writeDurably(blobPath(file.hash, encoding), body, folders.temporary)
        }),
      )
    }
    // Last: a blob that is there has its coded forms beside it.
    await writeDurably(blobPath(file.hash, 'identity'), bytes, folders.temporary)
    await syncFolder(folderOf(file.hash))
    return { ...file, coded }
  }

  async function codedSizes(hash: string): Promise<StoredFile['coded']> {
    const [br, gzip] = await Promise.all(compressions.map((encoding) => sizeOf(blobPath(hash, encoding))))
    return { ...(br !== undefined && { br }), ...(gzip !== undefined && { gzip }) }
  }

  async function storeArtifact(manifest: Manifest, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await deleting.get(manifest.hash)
    const known = await sizeOf(manifestPath(manifest.hash))
    if (known !== undefined) {
      const now = new Date()
      await utimes(manifestPath(manifest.hash), now, now) // young again for the next sweep
      return
    }
    const byHash = new Map(manifest.files.map((file) => [file.hash, file]))
    const stored = new Map<string, StoredFile['coded']>()
    const waiting = [...byHash.values()]
    const work = async () => {
      for (let file = waiting.pop(); file; file = waiting.pop())
        stored.set(file.hash, (await storeBlob(file, contents.get(file.hash))).coded)
    }
    await Promise.all(Array.from({ length: writers }, work))
    const files = manifest.files.map((file) => ({ ...file, coded: stored.get(file.hash) ?? {} }))
    const text = JSON.stringify({ ...manifest, files } satisfies Manifest)
    await writeDurably(manifestPath(manifest.hash), Buffer.from(text), folders.temporary)
    await syncFolder(folders.artifacts)
  }

  async function readManifest(artifactHash: string): Promise<Manifest | undefined> {
    try {
      return Manifest.parse(JSON.parse(await readFile(manifestPath(artifactHash), 'utf8')))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  return {
    async store(artifact, contents) {
      const manifest = readArtifact(artifact)
      stores += 1
      inUse.add(manifest.hash)
      for (const file of manifest.files) inUse.add(file.hash)
      try {
        await storeArtifact(manifest, contents)
      } finally {
        stores -= 1
        if (stores === 0 && sweeps === 0) inUse.clear()
      }
    },
    has: async (artifactHash) => (await sizeOf(manifestPath(artifactHash))) !== undefined,
    async missing(hashes) {
      const asked = [...new Set(hashes)]
      const there = await Promise.all(asked.map(isStored))
      return asked.filter((_, index) => !there[index])
    },
    manifest: readManifest,
    read: (hash, encoding) => readFile(blobPath(hash, encoding)),
    open: (hash, encoding) => open(blobPath(hash, encoding)),
    async sweep(kept) {
      sweeps += 1
      try {
        return await sweep({ folders, kept, inUse, deleting, readManifest })
      } finally {
        sweeps -= 1
        if (stores === 0 && sweeps === 0) inUse.clear()
      }
    },
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
