import { readFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeDurably } from './durable-file.ts'
import { isMissingFile, sizeOf } from './file-size.ts'
import { Manifest } from './manifest.ts'

/** Manifests on disk: `<artifact hash>.json`. One that is there has all its blobs. */
export interface ManifestFiles {
  read(artifactHash: string): Promise<Manifest | undefined>
  write(manifest: Manifest): Promise<void>
  /** Makes a manifest young again for the next sweep. Says whether it is there. */
  touch(artifactHash: string): Promise<boolean>
}

export function openManifestFiles(dir: string, temporaryDir: string): ManifestFiles {
  const pathOf = (artifactHash: string) => join(dir, `${artifactHash}.json`)

  /** Undefined instead of a failure where the manifest is not there. */
  async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading
    } catch (error) {
      if (isMissingFile(error)) return undefined
      throw error
    }
  }

  return {
    async read(artifactHash) {
      const text = await unlessMissing(readFile(pathOf(artifactHash), 'utf8'))
      return text === undefined ? undefined : Manifest.parse(JSON.parse(text))
    },
    async write(manifest) {
      await writeDurably(pathOf(manifest.hash), Buffer.from(JSON.stringify(manifest)), temporaryDir)
      await syncFolder(dir)
    },
    async touch(artifactHash) {
      const now = new Date()
      try {
        await utimes(pathOf(artifactHash), now, now)
        return true
      } catch (error) {
        if (isMissingFile(error)) return false
        return (await sizeOf(pathOf(artifactHash))) !== undefined // where nothing can be written, no sweep deletes either
      }
    },
  }
}
