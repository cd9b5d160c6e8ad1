import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contentHash } from '../engine/output.ts'
import { encodeFrame, readFrames } from '../frames.ts'
import type { BuildLog } from '../log.ts'
import type { SourceTree } from '../artifact.ts'
import { readWants } from '../dependencies/wants.ts'
import type { DependencySet } from '../dependency-set.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { keepVendorSet, touchVendorSet } from '../vendor-cache.ts'
import { VENDOR_RECIPE } from '../engine/vendor-build.ts'
import { VendorSet } from '../messages.ts'
import type { LiveVendorSet } from './live-messages.ts'
import { LiveVendorReply, MAX_KEPT_EXTRAS } from './vendor-messages.ts'

export type LiveVendorsOptions = {
  sandbox: Sandbox
  dependenciesDirs: readonly string[]
  vendorCacheDir: string
  log: BuildLog
}

type Asked = { names: string[]; extras: string[] }

/** Raise it when the way in which packages are bundled for live pages changes. */
const RECIPE = 1
const MAIN = fileURLToPath(new URL('./vendor-main.ts', import.meta.url))
const HEAP_MB = 1_024
const LIMIT_MS = 60_000
const MAX_BYTES = 1_500 * 1024 * 1024
const MEMORY_CHECK_MS = 100
const MAX_MADE = 200

/** The packages of live pages, bundled once per set of packages, kept on disk. Owner of the processes that do it. */
export class LiveVendors {
  readonly #options: LiveVendorsOptions
  readonly #made = new Map<string, Promise<LiveVendorSet | null>>()
  /** What pages of a set asked for beyond the names of its packages, and was found; what was wanted last is last. */
  readonly #extras = new Map<string, Set<string>>()
  readonly #running = new Set<() => void>()

  constructor(options: LiveVendorsOptions) {
    this.#options = options
  }

  /**
   * The bundled packages of a set, with these modules among them; made now when they are not there. Null when that failed.
   *
   * @param tree An app that asks for this set: it names the packages.
   * @param wants Modules beyond those packages' own; what others wanted of the set, and was found, stays.
   */
  async obtain(set: DependencySet, tree: SourceTree, wants: readonly string[] = []): Promise<LiveVendorSet | null> {
    const asked = [...new Set([...(this.#extras.get(set.key) ?? []), ...wants])].toSorted()
    const listed = readWants(tree)
    const names = Object.keys((listed.ok && listed.value?.dependencies) || {})
    const name = contentHash(JSON.stringify(['live', RECIPE, VENDOR_RECIPE, set.key, names, asked]), 32)
    const known = this.#made.get(name) ?? this.#findSafely(set, { names, extras: asked }, name)
    this.#made.set(name, known)
    const [oldest] = this.#made.keys()
    if (this.#made.size > MAX_MADE && oldest !== undefined) this.#made.delete(oldest) // it is on disk
    const made = await known
    if (made) this.#keepFound(set.key, wants, made)
    return made
  }

  /** One app's wrong imports are no business of others: what was not found is not asked for again on their account. */
  #keepFound(key: string, wants: readonly string[], { set }: LiveVendorSet): void {
    const extras = this.#extras.get(key) ?? new Set<string>()
    for (const want of wants) {
      if (!Object.hasOwn(set.entries, want)) continue
      extras.delete(want)
      extras.add(want)
    }
    this.#extras.set(key, new Set([...extras].slice(-MAX_KEPT_EXTRAS)))
  }

  end(): void {
    for (const kill of this.#running) kill()
  }

  /** What went wrong is not kept: the next page tries again. */
  async #findSafely(set: DependencySet, asked: Asked, name: string): Promise<LiveVendorSet | null> {
    try {
      return await this.#find(set, asked, name)
    } catch (error) {
      this.#options.log.error('Packages could not be kept for live pages', { error })
      this.#made.delete(name)
      return null
    }
  }

  async #find(set: DependencySet, asked: Asked, name: string): Promise<LiveVendorSet | null> {
    const { vendorCacheDir, log } = this.#options
    const kept = await readFile(join(vendorCacheDir, `${name}.json`), 'utf8').catch(() => null)
    const parsed = kept === null ? null : VendorSet.safeParse(parseJson(kept))
    if (parsed?.success) {
      await touchVendorSet(vendorCacheDir, name).catch(() => null) // swept a moment ago: it is in memory still
      return { set: parsed.data, extras: asked.extras }
    }
    const startedAt = performance.now()
    const reply = await this.#bundle(set, asked)
    if (reply?.kind !== 'made') {
      log.warn('Packages could not be bundled for live pages', { reason: reply?.message ?? 'The process ended.' })
      this.#made.delete(name)
      return null
    }
    const made = { set: { ...reply.set, key: name }, extras: asked.extras }
    await keepVendorSet(vendorCacheDir, made.set, reply.contents)
    log.info('Packages were bundled for live pages', { ms: Math.round(performance.now() - startedAt) })
    return made
  }

  async #bundle(set: DependencySet, asked: Asked): Promise<LiveVendorReply | null> {
    const { sandbox, dependenciesDirs, log } = this.#options
    const confined = sandbox.start({ args: [MAIN, set.dir], readable: [...dependenciesDirs, set.dir], heapMb: HEAP_MB })
    const { child } = confined
    const { promise, resolve } = Promise.withResolvers<LiveVendorReply | null>()
    const kill = (): void => confined.kill()
    this.#running.add(kill)
    const deadline = setTimeout(kill, LIMIT_MS)
    const memory = setInterval(() => confined.residentBytes() > MAX_BYTES && kill(), MEMORY_CHECK_MS)
    const read = readFrames((message) => resolve(LiveVendorReply.parse(message)))
    child.stdin.on('error', kill)
    child.stderr.on('data', (piece: Buffer) =>
      log.warn('Bundling packages said', { text: piece.toString('utf8').slice(0, 1_000) }),
    )
    child.stdout.on('data', (piece: Buffer) => {
      try {
        read(piece)
      } catch {
        kill() // it says something else than it may
      }
    })
    child.once('error', () => resolve(null))
    child.once('exit', () => resolve(null))
    child.stdin.write(encodeFrame({ key: set.key, ...asked }))
    const reply = await promise
    clearTimeout(deadline)
    clearInterval(memory)
    this.#running.delete(kill)
    kill()
    return reply
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // cut short by a crash
  }
}
