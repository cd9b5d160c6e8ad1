import { fail, must, ok, type Environment, type Outcome } from '@overskill/protocol'
import type { ContentStore } from './content-store.ts'
import { createDeploymentPointers, type FencedKey, type PointerKey } from './deployment-pointers.ts'
import { createOlderFiles, type OlderFiles } from './older-files.ts'
import type { SecurityHeaders } from './security-headers.ts'
import { createSite, type EnvironmentValues, type Site } from './site.ts'

/** What an app environment is to serve. `fence` is larger than that of every change before (ARCHITECTURE 4). */
export type DeploymentPointer = FencedKey & {
  artifactHash: string
  environmentValues?: EnvironmentValues
  /** Artifacts of the deployments before, newest first: their hashed files stay reachable. Left out: what this edge knows. */
  previous?: readonly string[]
}

/** What an app environment serves: its site, and the hashed files of the deployments before. */
export type Served = { site: Site; older: OlderFiles }

/** Which site each app environment serves. Outcomes as `EdgePreviewService` words them. */
export interface SiteDirectory {
  /** Undefined where nothing is deployed. A promise only until the site has been read for the first time. */
  find(key: PointerKey): Served | Promise<Served> | undefined
  /** Whether it was taken off line, as opposed to never deployed. */
  isDown(key: PointerKey): boolean
  switchTo(pointer: DeploymentPointer): Promise<Outcome<void>>
  remove(change: FencedKey): Outcome<void>
  load(pointers: Iterable<DeploymentPointer>, down: Iterable<FencedKey>): void
  /** Artifacts that any pointer needs, those of the deployments before included. */
  artifacts(): Iterable<string>
}

/** How many deployments back an open page finds its chunks. */
const previousKept = 5

type Target = {
  pointer: DeploymentPointer
  previous: readonly string[]
  older: OlderFiles
  ready?: Served
  reading?: Promise<Served> | undefined
}

export function createSiteDirectory(
  store: Pick<ContentStore, 'manifest' | 'read'>,
  security: Record<Environment, SecurityHeaders>,
): SiteDirectory {
  const pointers = createDeploymentPointers<Target>()

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

  return {
    find(key) {
      const target = pointers.get(key)
      return target && servedBy(target)
    },
    isDown: (key) => pointers.isDown(key),
    async switchTo(pointer) {
      if (!pointers.accepts(pointer, pointer.fence)) return superseded()
      const site = await readSite(pointer)
      if (!site) return fail('not_found', 'This build is no longer stored.')
      const target = targetOf(pointer) // now: what went on line meanwhile is a deployment before
      target.ready = { site, older: target.older }
      return pointers.move(pointer, pointer.fence, target) ? ok(undefined) : superseded()
    },
    remove: (change) => (pointers.move(change, change.fence, undefined) ? ok(undefined) : superseded()),
    load(loaded, down) {
      for (const pointer of loaded) pointers.move(pointer, pointer.fence, targetOf(pointer))
      for (const change of down) pointers.move(change, change.fence, undefined)
    },
    *artifacts() {
      for (const { pointer, previous } of pointers.targets()) yield* [pointer.artifactHash, ...previous]
    },
  }
}

const superseded = () => fail('conflict', 'A newer change of this deployment has been made.')
