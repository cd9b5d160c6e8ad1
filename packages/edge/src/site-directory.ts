import { fail, must, ok, type Environment, type Outcome } from '@overskill/protocol'
import type { ContentStore } from './content-store.ts'
import { createDeploymentPointers, type FencedKey, type PointerKey } from './deployment-pointers.ts'
import { createOlderFiles, type OlderFiles } from './older-files.ts'
import { createSecondChance } from './second-chance.ts'
import { createSite, type EnvironmentValues, type Site, type SiteParts } from './site.ts'

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
  /** Whether something is deployed there; nothing is read for it. */
  has(key: PointerKey): boolean
  /** Whether it was taken off line, as opposed to never deployed. */
  isDown(key: PointerKey): boolean
  switchTo(pointer: DeploymentPointer): Promise<Outcome<void>>
  remove(change: FencedKey): Outcome<void>
  load(pointers: Iterable<DeploymentPointer>, down: Iterable<FencedKey>): void
  /** Artifacts that any pointer needs, those of the deployments before included. */
  artifacts(): Iterable<string>
}

/** Sites in memory; one of 40 files takes about 30 kB. The others are read again when they are asked for. */
const defaultSites = 1000

/** How many deployments back an open page finds its chunks. */
const previousKept = 5

type Target = {
  pointer: DeploymentPointer
  previous: readonly string[]
  older: OlderFiles
  reading?: Promise<Served> | undefined
}

/** How an environment's sites are made: its headers, and the script of its pages. */
export type SiteKind = Pick<SiteParts, 'security' | 'script'>

export function createSiteDirectory(
  store: Pick<ContentStore, 'manifest' | 'read'>,
  kinds: Record<Environment, SiteKind>,
  mostSites = defaultSites,
): SiteDirectory {
  const pointers = createDeploymentPointers<Target>()
  const sites = createSecondChance<Target, Served>(mostSites)

  function move(key: FencedKey, target: Target | undefined): Outcome<void> {
    const before = pointers.get(key)
    if (!pointers.move(key, key.fence, target)) return superseded()
    if (before) sites.delete(before)
    return ok(undefined)
  }
  const readSite = (pointer: DeploymentPointer) => readPointed(pointer, store, kinds[pointer.environment])

  async function readServed(target: Target): Promise<Served> {
    try {
      const site = must(await readSite(target.pointer), `Artifact ${target.pointer.artifactHash}`)
      const served = { site, older: target.older }
      if (pointers.get(target.pointer) === target) sites.put(target, served, 1)
      return served
    } finally {
      target.reading = undefined // a failure is not remembered
    }
  }

  function targetOf(pointer: DeploymentPointer): Target {
    const previous = previousOf(pointer, pointers.get(pointer))
    return { pointer, previous, older: createOlderFiles(previous, kinds[pointer.environment].security, store) }
  }

  return {
    find(key) {
      const target = pointers.get(key)
      return target && (sites.get(target) ?? (target.reading ??= readServed(target)))
    },
    has: (key) => pointers.get(key) !== undefined,
    isDown: (key) => pointers.isDown(key),
    async switchTo(pointer) {
      if (isTold(pointer, pointers.get(pointer)?.pointer)) return ok(undefined)
      if (!pointers.accepts(pointer, pointer.fence)) return superseded()
      const site = await readSite(pointer)
      if (!site) return notStored()
      const target = targetOf(pointer) // now: what went on line meanwhile is a deployment before
      if (isTold(pointer, pointers.get(pointer)?.pointer)) return ok(undefined) // while it was read
      const moved = move(pointer, target)
      if (moved.ok) sites.put(target, { site, older: target.older }, 1)
      return moved
    },
    remove: (change) => move(change, undefined),
    load(live, down) {
      for (const pointer of live) move(pointer, targetOf(pointer))
      for (const change of down) move(change, undefined)
    },
    *artifacts() {
      for (const { pointer, previous } of pointers.targets()) yield* [pointer.artifactHash, ...previous]
    },
  }
}

/** Whether this very change was made already: several may tell of it. */
const isTold = (pointer: DeploymentPointer, held: DeploymentPointer | undefined): boolean =>
  pointer.fence === held?.fence && pointer.artifactHash === held.artifactHash

/** The site that a pointer asks for; undefined when its artifact is not stored. */
async function readPointed(
  { artifactHash, environmentValues = {} }: DeploymentPointer,
  store: Pick<ContentStore, 'manifest' | 'read'>,
  kind: SiteKind,
): Promise<Site | undefined> {
  const manifest = await store.manifest(artifactHash)
  return manifest && createSite({ manifest, values: environmentValues, store, ...kind })
}

/** What the caller says, else what was served here before. */
function previousOf(pointer: DeploymentPointer, before: Target | undefined): readonly string[] {
  const known = pointer.previous ?? (before ? [before.pointer.artifactHash, ...before.previous] : [])
  return [...new Set(known)].filter((hash) => hash !== pointer.artifactHash).slice(0, previousKept)
}

const notStored = () => fail('not_found', 'This build is no longer stored.')
const superseded = () => fail('conflict', 'A newer change of this deployment has been made.')
