import type { Artifact } from '@overskill/builder'
import type { ArtifactSource, EdgePreviewService } from '@overskill/edge'
import { must } from '@overskill/protocol'
import { eq, inArray } from 'drizzle-orm'
import { storeBlobs } from '../apps/files.ts'
import type { Database } from '../database/database.ts'
import { artifacts, blobs } from '../database/schema.ts'
import type { ArtifactStore } from './build-tree.ts'

/**
 * Artifacts of an installation of several processes: each has its own edge and its own disk, and gets from the database what
 * another one built. An artifact is there before any edge has it, so whatever a pointer names can be got by all.
 */
export function createSharedArtifacts(db: Database): {
  source: ArtifactSource
  /** Stores for all, then at this process's edge. */
  storeWith(edge: Pick<EdgePreviewService, 'has' | 'store'>): ArtifactStore
} {
  const share = async (artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void> => {
    const files = artifact.files.map(
      ({ hash, path }) => [hash, must(contents.get(hash), `The content of ${path}`)] as const,
    )
    await db.transaction(async (sql) => {
      await storeBlobs(sql, files)
      await sql.insert(artifacts).values({ hash: artifact.hash, artifact }).onConflictDoNothing()
    })
  }
  const find = (hash: string) => db.query.artifacts.findFirst({ where: eq(artifacts.hash, hash) })
  const isShared = async (hash: string): Promise<boolean> => (await find(hash)) !== undefined
  return {
    async source(hash, missing) {
      const row = await find(hash)
      if (!row) return undefined
      const wanted = await missing(row.artifact.files.map((file) => file.hash))
      const found = wanted.length === 0 ? [] : await db.select().from(blobs).where(inArray(blobs.hash, wanted))
      return { artifact: row.artifact, contents: new Map(found.map((blob) => [blob.hash, blob.content])) }
    },
    storeWith: (edge) => ({
      /** One that only this edge has is built again, so that all get it. */
      has: async (hash) => (await isShared(hash)) && edge.has(hash),
      async store(artifact, contents) {
        await share(artifact, contents)
        await edge.store(artifact, contents)
      },
    }),
  }
}
