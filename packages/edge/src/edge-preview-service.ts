import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Artifact } from '@overskill/builder'
import { fail, must, ok, type Environment, type HostTarget, type Outcome } from '@overskill/protocol'
import { createAppNameTable, type AppNames } from './app-names.ts'
import { createBlobCache } from './blob-cache.ts'
import { openContentStore } from './content-store.ts'
import { createDeploymentPointers, type PointerKey } from './deployment-pointers.ts'
import { createFront, type Served } from './front.ts'
import { createOlderFiles, type OlderFiles } from './older-files.ts'
import { securityHeaders } from './security-headers.ts'
import { createSite, type EnvironmentValues, type Site } from './site.ts'
import type { SweepResult } from './sweep.ts'

/** What an app environment is to serve. `fence` is larger than that of every change before (ARCHITECTURE 4). */
export type DeploymentPointer = PointerKey & {
  artifactHash: string
  fence: number
  environmentValues?: EnvironmentValues
  /** Artifacts of the deployments before, newest first: their hashed files stay reachable. Left out: what this edge knows. */
  previous?: readonly string[]
}

export type FencedKey = PointerKey & { fence: number }

export type EdgeOptions = {
  /** Folder of the content store. */
  contentDir: string
  /** Origins that may frame apps, besides an app itself: every address at which the studio can be opened. */
  studioOrigins: readonly string[]
  /** Address of a published app, without a path: where former slugs lead. */
  publishedUrl: (slug: string) => string
  /** Told what went wrong while serving; the browser got a 500. Never what a request did wrong. */
  onError: (error: unknown) => void
  memory?: { blobBytes: number; totalBytes: number }
}

/**
 * Artifacts in, running apps at host names out. It holds pointers in memory and content on disk; which deployment is live is
 * the database's truth, told by `load` and `switchTo`. A request sees one deployment, whole.
 */
export interface EdgePreviewService {
  /** Takes an artifact in, durably. Idempotent. Throws when `contents` are not what the artifact says. */
  store(artifact: Artifact, contents: ReadonlyMap<string, Uint8Array>): Promise<void>
  /** Whether a whole artifact is stored. */
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
  /** Answers a request to an app's host (preview or published; any other target is an address without an app). */
  handle(request: IncomingMessage, response: ServerResponse, target: HostTarget): void
  /** Deletes content that neither `keep` nor any pointer needs. */
  collectGarbage(keep: Iterable<string>): Promise<SweepResult>
}

const defaultMemory = { blobBytes: 256 * 1024, totalBytes: 128 * 1024 * 1024 }

/** How many deployments back an open page finds its chunks. */
const previousKept = 5

/** An artifact this young is kept in any case: its deployment may not be a row yet. */
const youngMs = 3_600_000

/** What a pointer points to. Its site is read at the switch, or at the first request after a start. */
type Target = {
  pointer: DeploymentPointer
  previous: readonly string[]
  older: OlderFiles
  ready?: Served
  reading?: Promise<Served> | undefined
}

/** Opens the content store and starts with no app and no pointer: `load` brings them. */
export async function createEdgePreviewService(options: EdgeOptions): Promise<EdgePreviewService> {
  const store = await openContentStore(options.contentDir)
  const cache = createBlobCache(store, options.memory ?? defaultMemory)
  const names = createAppNameTable()
  const pointers = createDeploymentPointers<Target>()
  const security: Record<Environment, ReturnType<typeof securityHeaders>> = {
    preview: securityHeaders('preview', options.studioOrigins),
    production: securityHeaders('production', options.studioOrigins),
  }

  async function readSite(pointer: DeploymentPointer): Promise<Site | undefined> {
    const manifest = await store.manifest(pointer.artifactHash)
    if (!manifest) return undefined
    const values = pointer.environmentValues ?? {}
    return createSite({ manifest, values, security: security[pointer.environment], store })
  }

  function servedBy(target: Target): Served | Promise<Served> {
    const { pointer, older } = target
    if (target.ready) return target.ready
    target.reading ??= readSite(pointer)
      .then((site) => (target.ready = { site: must(site, `Artifact ${pointer.artifactHash}`), older }))
      .finally(() => (target.reading = undefined)) // a failure is not remembered
    return target.reading
  }

  function targetOf(pointer: DeploymentPointer): Target {
    const before = pointers.get(pointer)
    const known = pointer.previous ?? (before ? [before.pointer.artifactHash, ...before.previous] : [])
    const previous = [...new Set(known)].filter((hash) => hash !== pointer.artifactHash).slice(0, previousKept)
    return { pointer, previous, older: createOlderFiles(previous, security[pointer.environment], store) }
  }

  const superseded = () => fail('conflict', 'A newer change of this deployment has been made.')

  return {
    store: (artifact, contents) => store.store(artifact, contents),
    has: (artifactHash) => store.has(artifactHash),
    missing: (hashes) => store.missing(hashes),
    async switchTo(pointer) {
      if (!pointers.accepts(pointer, pointer.fence)) return superseded()
      const site = await readSite(pointer)
      if (!site) return fail('not_found', 'This build is no longer stored.')
      const target = targetOf(pointer) // now: what went on line meanwhile is a deployment before
      target.ready = { site, older: target.older }
      return pointers.move(pointer, pointer.fence, target) ? ok(undefined) : superseded()
    },
    remove: ({ fence, ...key }) => (pointers.move(key, fence, undefined) ? ok(undefined) : superseded()),
    putApp: (app) => names.put(app),
    dropApp: (app) => names.drop(app),
    load(apps, loaded, down = []) {
      for (const app of apps) names.put(app)
      for (const pointer of loaded) pointers.move(pointer, pointer.fence, targetOf(pointer))
      for (const { fence, ...key } of down) pointers.move(key, fence, undefined)
    },
    handle: createFront({
      names,
      find(key) {
        const target = pointers.get(key)
        return target && servedBy(target)
      },
      isDown: (key) => pointers.isDown(key),
      blobs: { store, cache },
      security,
      publishedUrl: options.publishedUrl,
      onError: options.onError,
    }),
    collectGarbage(keep) {
      const pointed = [...pointers.targets()].flatMap(({ pointer, previous }) => [pointer.artifactHash, ...previous])
      return store.sweep({ artifacts: [...keep, ...pointed], youngMs })
    },
  }
}
