import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { InstallProgress, LiveState, Outcome } from '@overskill/protocol'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'
import type { DependencyStore } from '../dependencies/dependency-store.ts'
import type { LiveChange, LivePreviewService } from '../live-preview.ts'
import type { BuildLog } from '../log.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { compileStylesWith, type StyleService } from '../styles/style-service.ts'
import type { StyleAnswer } from '../styles/style-request.ts'
import type { LiveChildOptions } from './live-child.ts'
import { LivePage } from './live-page.ts'
import { createLiveProxy, type LiveProxy } from './live-proxy.ts'
import { LiveShards } from './live-shards.ts'
import { LiveVendors } from './live-vendors.ts'
import { createVendorFiles, VENDOR_PATH } from './vendor-files.ts'

export type LiveLimits = {
  /** Apps that one process may hold. */
  appsPerProcess: number
  /** Most memory that a process may hold, in bytes: more, and it is replaced. */
  memoryBytes: number
  /** A page that nobody has open and nobody asked for is closed after this. */
  idleMs: number
  /** How long the packages of an app may take to be installed. */
  installMs: number
}

export type LivePreviewOptions = {
  sandbox: Sandbox
  dependencies: Pick<DependencyStore, 'find' | 'obtain'>
  /** Folders in which the sets of packages lie. Made when they are missing. */
  dependenciesDirs: readonly string[]
  /** Folder of bundled packages, made when it is missing. */
  vendorCacheDir: string
  /** Origins that may frame a page, besides itself: the studio's. */
  frameAncestors: readonly string[]
  log: BuildLog
  /** Compiles styles that need code of an app. Without it the pages of such apps are not shown. */
  styles?: StyleService
  /** A script as text, put first into every page. */
  pageScript?: string
  limits?: Partial<LiveLimits>
  /** Hears how a page is when that changed by itself: packages were prepared, or its process was replaced. */
  onState?(app: string, state: LiveState): void
  /** Hears at once of a page that was closed by itself, because nobody looked at it. */
  onClosed?(app: string): void
  onProgress?(app: string, progress: InstallProgress): void
}

const LIMITS: LiveLimits = {
  appsPerProcess: 100,
  memoryBytes: 1_200 * 1024 * 1024,
  idleMs: 5 * 60_000,
  installMs: 120_000,
}

/** Longest that a page waits for a stylesheet that needs its app's code: below what it may take to answer. */
const STYLES_MS = 7_000

const CLOSED_STYLES: StyleAnswer = { ok: false, faults: [{ where: 'process', message: 'This page was closed.' }] }

/** What names an app's packages: another one means another set. */
const PACKAGE_FILES = new Set(['package.json', 'package-lock.json', 'bun.lock', 'pnpm-lock.yaml', 'yarn.lock'])

/** Opens, changes and serves live pages. Owner of every process that it starts. */
export function createLivePreviewService(options: LivePreviewOptions): LivePreviewService {
  return new LivePreviews(options)
}

class LivePreviews implements LivePreviewService {
  readonly #options: LivePreviewOptions
  readonly #limits: LiveLimits
  readonly #pages = new Map<string, LivePage>()
  /** Pages on their way out, by app: the next one of the same app waits for it. */
  readonly #closing = new Map<string, Promise<void>>()
  readonly #shards: LiveShards
  readonly #vendors: LiveVendors
  readonly #proxy: LiveProxy
  readonly #files: ReturnType<typeof createVendorFiles>
  readonly #headers: Readonly<Record<string, string>>
  readonly #idle: NodeJS.Timeout

  constructor(options: LivePreviewOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
    this.#headers = {
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': `frame-ancestors ${["'self'", ...options.frameAncestors].join(' ')}`,
      'X-Robots-Tag': 'noindex',
    }
    this.#vendors = new LiveVendors(options)
    const compile = compileStylesWith(options.styles)
    const compileStyles: LiveChildOptions['compileStyles'] = async (app, work) => {
      const content = this.#pages.get(app)?.content // none: it was closed while its page was being opened
      if (!content) return CLOSED_STYLES
      return compile(work, { tree: content.tree, dependencySet: content.set }, AbortSignal.timeout(STYLES_MS))
    }
    const child = { ...options, pageScript: options.pageScript ?? '', compileStyles }
    this.#shards = new LiveShards(child, this.#limits, (shard) => {
      for (const app of shard.apps) this.#pages.get(app)?.forgetProcess(shard)
    })
    this.#proxy = createLiveProxy(this.#headers)
    this.#files = createVendorFiles(options.vendorCacheDir)
    this.#idle = setInterval(() => this.#closeIdle(), Math.max(50, this.#limits.idleMs / 10))
    this.#idle.unref()
  }

  async open(
    app: string,
    tree: SourceTree,
    { env, signal }: { env: Readonly<Record<string, string>>; signal: AbortSignal },
  ): Promise<Outcome<LiveState>> {
    await this.#makeDirs()
    const set = await this.#obtainSet(app, tree, signal)
    if (!set.ok) return set
    await this.#closing.get(app)
    const content = { tree, env, set: set.value }
    const page = this.#pages.get(app) ?? new LivePage(app, this.#rooms(), content)
    this.#pages.set(app, page)
    page.usedAt = performance.now()
    const outcome = await page.open(content)
    page.usedAt = performance.now()
    if (!outcome.ok) await this.close(app)
    return outcome
  }

  isOpen(app: string): boolean {
    return this.#pages.has(app)
  }

  async change(app: string, changes: readonly LiveChange[]): Promise<LiveState | undefined> {
    const page = this.#pages.get(app)
    if (!page) return undefined
    page.usedAt = performance.now()
    const state = await page.change(changes)
    if (!changes.some(({ path }) => PACKAGE_FILES.has(path))) return state
    const set = this.#options.dependencies.find(page.content.tree)
    if (!set.ok || set.value?.key === page.content.set.key) return state
    if (!set.value?.present) {
      void this.#installLater(app, page)
      return state
    }
    const outcome = await page.open({ ...page.content, set: set.value })
    return outcome.ok ? outcome.value : state
  }

  async prepare(tree: SourceTree, signal: AbortSignal): Promise<void> {
    await this.#makeDirs()
    const set = await this.#obtainSet('', tree, signal)
    if (set.ok) await this.#vendors.obtain(set.value, tree)
  }

  handle(app: string, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...this.#headers, Allow: 'GET, HEAD', 'Cache-Control': 'no-store' }).end()
      return
    }
    void this.#serve(app, request, response).catch((error: unknown) => {
      this.#options.log.error('A request to a live page failed', { error })
      response.destroy()
    })
  }

  upgrade(app: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    void this.#connect(app, request, socket, head).catch((error: unknown) => {
      this.#options.log.error('A connection to a live page failed', { error })
      socket.destroy()
    })
  }

  async locate(
    app: string,
    places: Parameters<LivePreviewService['locate']>[1],
  ): ReturnType<LivePreviewService['locate']> {
    const page = this.#pages.get(app)
    return page ? page.locate(places) : places.map(() => null)
  }

  async close(app: string): Promise<void> {
    const page = this.#pages.get(app)
    this.#pages.delete(app)
    if (!page) return this.#closing.get(app)
    const closed = page.close().finally(() => this.#closing.delete(app))
    this.#closing.set(app, closed)
    await closed
  }

  async end(): Promise<void> {
    clearInterval(this.#idle)
    this.#pages.clear()
    this.#vendors.end()
    this.#proxy.close()
    await this.#shards.end()
  }

  async #makeDirs(): Promise<void> {
    for (const dir of [this.#options.vendorCacheDir, ...this.#options.dependenciesDirs])
      await mkdir(dir, { recursive: true })
  }

  /** `package.json` was written by hand: the page stays as it is until its packages are here. Never rejects. */
  async #installLater(app: string, page: LivePage): Promise<void> {
    const asked = page.content.tree
    const set = await this.#obtainSet(app, asked, AbortSignal.timeout(this.#limits.installMs))
    if (!set.ok || this.#pages.get(app) !== page) return
    const now = this.#options.dependencies.find(page.content.tree)
    if (!now.ok || now.value?.key !== set.value.key || page.content.set.key === set.value.key) return
    const outcome = await page.open({ ...page.content, set: set.value })
    if (outcome.ok) this.#options.onState?.(app, outcome.value)
  }

  #rooms(): ConstructorParameters<typeof LivePage>[1] {
    return {
      shards: this.#shards,
      vendors: this.#vendors,
      onState: (app, state) => this.#options.onState?.(app, state),
    }
  }

  #obtainSet(app: string, tree: SourceTree, signal: AbortSignal): Promise<Outcome<DependencySet>> {
    return this.#options.dependencies.obtain(tree, {
      signal,
      limitMs: this.#limits.installMs,
      onProgress: (progress) => this.#options.onProgress?.(app, progress),
    })
  }

  async #serve(app: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = this.#pages.get(app)
    if (page) page.usedAt = performance.now()
    if (request.url?.startsWith(VENDOR_PATH)) return this.#files.serve(request, response, this.#headers)
    const socketPath = await page?.socketPath()
    if (socketPath) this.#proxy.forward(socketPath, app, request, response)
    else response.writeHead(503, this.#closedHeaders()).end(CLOSED_PAGE)
  }

  async #connect(app: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const page = this.#pages.get(app)
    const socketPath = await page?.socketPath()
    if (socket.destroyed) return
    if (!page || !socketPath) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
    const closed = this.#proxy.upgrade(socketPath, app, request, socket, head)
    if (!closed) return
    page.sockets += 1
    await closed
    page.sockets -= 1
    page.usedAt = performance.now()
  }

  #closedHeaders(): Record<string, string> {
    const type = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '1' }
    return { ...this.#headers, ...type }
  }

  #closeIdle(): void {
    const now = performance.now()
    for (const [app, page] of this.#pages) {
      if (page.sockets > 0 || page.isLoading || now - page.usedAt <= this.#limits.idleMs) continue
      void this.close(app)
      this.#options.onClosed?.(app)
    }
  }
}

const CLOSED_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Opening</title></head><body><p>This page is being opened.</p></body></html>`
