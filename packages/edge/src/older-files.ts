import type { ContentStore } from './content-store.ts'
import type { SecurityHeaders } from './security-headers.ts'
import { isImmutable, serveStored, type ServedFile } from './served-file.ts'

/**
 * Files of the deployments before, for pages that were opened then. Only those named by their content: anything else would
 * mix two versions.
 */
export interface OlderFiles {
  /** Rejects when a manifest cannot be read; asks again the next time. */
  find(path: string): Promise<ServedFile | undefined>
}

/** @param previous Artifact hashes, newest first. Read when a file is first asked for, then kept. */
export function createOlderFiles(
  previous: readonly string[],
  security: SecurityHeaders,
  store: Pick<ContentStore, 'manifest'>,
): OlderFiles {
  let reading: Promise<ReadonlyMap<string, ServedFile>> | undefined
  const read = async () => {
    const manifests = await Promise.all(previous.map((hash) => store.manifest(hash)))
    const files = new Map<string, ServedFile>()
    for (const file of manifests.flatMap((manifest) => manifest?.files ?? [])) {
      if (isImmutable(file) && !files.has(file.path)) files.set(file.path, serveStored(file, security))
    }
    return files
  }
  return {
    async find(path) {
      try {
        return (await (reading ??= read())).get(path)
      } catch (error) {
        reading = undefined
        throw error
      }
    },
  }
}
