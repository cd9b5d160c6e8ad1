import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Artifact } from '@overskill/builder'
import { assert, type Check, type HostTarget, type Outcome } from '@overskill/protocol'
import { type ArtifactSource, withSource } from './artifact-source.ts'
import { createAppNameTable, type AppNames } from './app-names.ts'
import { createBlobCache } from './blob-cache.ts'
import { openContentStore, type ContentStore } from './content-store.ts'
import type { FencedKey, PointerKey } from './deployment-pointers.ts'
import { createFront } from './front.ts'
import { securityHeaders } from './security-headers.ts'
import { createSiteDirectory, type DeploymentPointer } from './site-directory.ts'
import type { SweepResult } from './sweep.ts'

export type EdgeOptions = {
  /** Folder of the content store. */
  contentDir: string
  /** Where artifacts come from that this edge does not have yet. Absent: what is not stored here does not exist. */
  source?: ArtifactSource
  /** Origins that may frame apps, besides an app itself: every address at which the studio can be opened. */
  studioOrigins: readonly string[]
  /** Address of a published app, without a path: where former slugs lead. */
  publishedUrl: (slug: string) => string
  /**
   * Text of a classic script that runs before all others in the pages of previews, and in no other page. Nothing in it may end
   * its element. No part of an artifact: hashes are the same with and without it.
   */
  previewScript?: string
  /** Told what went wrong while serving; the browser got a 500. Never what a request did wrong. */
  onError: (error: unknown) => void
  /** Largest blob that is kept in memory, all of them together, and how many sites. */
  memory?: { blobBytes: number; totalBytes: number; sites?: number }
}

/**
 * Artifacts in, running apps at host names out. It holds pointers in memory and content on disk; which deployment is live is
 * the database's truth, told by `load` and `switchTo`. A request sees one deployment, whole.
 */
export interface EdgePreviewService {
  /** Takes an artifact in, durably. Idempotent. Throws when `contents` are not what the artifact says. */
  store(artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void>
  /** Whether a whole artifact is stored. Where it is, no sweep of the next hour takes it. */
  has(artifactHash: string): Promise<boolean>
  /** Content hashes that `store` would need the contents of. */
  missing(hashes: Iterable<string>): Promise<string[]>
  /**
   * Serves a stored artifact at its host from the next request on. `conflict`: a newer change of this app environment has
   * been made (nothing changed). `not_found`: the artifact is not stored.
   */
  switchTo(pointer: DeploymentPointer): Promise<Outcome<void>>
  /** Serves nothing there: 404 from the next request on. `conflict` as above. */
  remove(change: FencedKey): Outcome<void>
  /** Makes an app's hosts known, or its names changed. */
  putApp(names: AppNames): void
  /** Every host of the app answers 404. Its deployments come back with `putApp`. */
  dropApp(app: string): void
  /**
   * What the database holds, at start; `down` = what was taken off line. Sites are read when they are first asked for.
   */
  load(apps: Iterable<AppNames>, pointers: Iterable<DeploymentPointer>, down?: Iterable<FencedKey>): void
  /**
   * Content of a file that an app environment serves now, or that a deployment before it served under a name of its own.
   * Undefined when there is none.
   */
  read(key: PointerKey, path: string): Promise<Uint8Array | undefined>
  /** Answers a request to an app's host (preview or published; any other target is an address without an app). */
  handle(request: IncomingMessage, response: ServerResponse, target: HostTarget): void
  /** Whether it can take an artifact in: `down`, with the reason, when its folder cannot be written. Never rejects. */
  check(): Promise<Check>
  /**
   * Deletes content that neither `keep` nor any pointer needs, of artifacts that nobody stored or asked for within an hour.
   * @param signal Ends it early; the next one goes on.
   */
  collectGarbage(keep: Iterable<string>, signal?: AbortSignal): Promise<SweepResult>
}

const defaultMemory = { blobBytes: 256 * 1024, totalBytes: 128 * 1024 * 1024 }

/** An artifact this young is kept in any case: its deployment may not be a row yet. */
const youngMs = 3_600_000

/** Opens the content store and starts with no app and no pointer: `load` brings them. */
export async function createEdgePreviewService(options: EdgeOptions): Promise<EdgePreviewService> {
  const stored = await openContentStore(options.contentDir)
  const store = options.source ? withSource(stored, options.source) : stored
  const security = {
    preview: securityHeaders('preview', options.studioOrigins),
    production: securityHeaders('production', options.studioOrigins),
  }
  const names = createAppNameTable()
  const { previewScript } = options
  assert(!/<\/script|<!--/i.test(previewScript ?? ''), 'The script of previews stays within its element')
  const kinds = {
    preview: { security: security.preview, script: previewScript },
    production: { security: security.production },
  }
  const sites = createSiteDirectory(store, kinds, options.memory?.sites)
  const blobs = { store, cache: createBlobCache(store, options.memory ?? defaultMemory) }
  const { publishedUrl, onError } = options
  return {
    store: (artifact, contents) => store.store(artifact, contents),
    has: (artifactHash) => store.has(artifactHash),
    missing: (hashes) => store.missing(hashes),
    switchTo: (pointer) => sites.switchTo(pointer),
    remove: (change) => sites.remove(change),
    putApp: (app) => names.put(app),
    dropApp: (app) => names.drop(app),
    load(apps, pointers, down = []) {
      for (const app of apps) names.put(app)
      sites.load(pointers, down)
    },
    async read(key, path) {
      const served = await sites.find(key)
      const file = served?.site.find(path) ?? (await served?.older.find(path))
      return file && (file.bodies?.identity ?? store.read(file.name, 'identity'))
    },
    handle: createFront({ names, sites, blobs, security, publishedUrl, onError }),
    check: () => check(store),
    collectGarbage: (keep, signal) => store.sweep({ artifacts: [...keep, ...sites.artifacts()], youngMs, signal }),
  }
}

async function check(store: Pick<ContentStore, 'probe'>): Promise<Check> {
  const from = performance.now()
  try {
    await store.probe()
    return { status: 'ok', ms: performance.now() - from }
  } catch (error) {
    return { status: 'down', detail: error instanceof Error ? error.message : String(error) }
  }
}
