import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { assert, must, type CodePlace, type LiveState } from '@overskill/protocol'
import type { PackageStore } from '../../engine/package-store.ts'
import { appId } from '../../engine/app-files.ts'
import type { LiveChange } from '../../live-preview.ts'
import type { AskStyles } from '../../styles/style-request.ts'
import { startAppServer, type AppServer } from './app-server.ts'
import { changedPaths, keepIdentity, withoutBlamed, type LiveTree } from './live-files.ts'
import { asksTree } from './live-rewrite.ts'
import { isPassing, LiveStyles, type StyleUpdate } from './live-styles.ts'
import type { LiveVendor } from './live-vendor.ts'
import { locatePlaces } from './locate.ts'
import { modulesOf } from './module-ids.ts'
import { FactsCache, keepAssets, viewTree, type AppRoom, type PageView } from './page-view.ts'
import type { PageSources } from './virtual-files.ts'

/** `unsettled`: another look at the same files may end otherwise. */
export type AppStatus = { state: LiveState; wants: string[]; unsettled: boolean }

/** What Vite says to pages, as far as it matters here. */
type Payload = { type?: string; updates?: { acceptedPath: string }[] }

const MOST_ASSETS = 500
const MOST_ROUNDS = 20
const TOLD_MS = 20
const FINISH_MS = 1_500
const RELOAD = { type: 'full-reload', path: '*' } as const

/**
 * One app's live page. Two trees: the newest, as it is being written, and the page's, which is the newest without what
 * cannot be shown. Only the page's is ever served, so no broken file reaches a browser, also when it reloads.
 */
export class LiveApp {
  readonly #room: AppRoom & { output: ReturnType<typeof keepAssets> }
  #newest: LiveTree = new Map()
  #shown: PageView | null = null
  #env: Readonly<Record<string, string>> = {}
  #status: AppStatus = { state: { status: 'ready', errors: [] }, wants: [], unsettled: false }
  #isUnsettled = false
  #revision = 1
  #reloadDue = false
  #sendReload: () => void = () => undefined
  #finishing: NodeJS.Timeout | undefined
  #told: (() => void) | null = null
  #server: AppServer | null = null
  #settling: Promise<AppStatus> | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: PackageStore, vendor: LiveVendor, askStyles: AskStyles) {
    const own = { output: keepAssets(MOST_ASSETS), styles: new LiveStyles(), facts: new FactsCache() }
    const ask: AskStyles = async (work) => {
      const answer = await askStyles(work)
      this.#isUnsettled ||= isPassing(answer)
      return answer
    }
    this.#room = { store, vendor, askStyles: ask, ...own }
  }

  get shown(): PageView | null {
    return this.#shown
  }
  get env(): Readonly<Record<string, string>> {
    return this.#env
  }
  get revision(): number {
    return this.#revision
  }
  get status(): AppStatus {
    return this.#status
  }
  get server(): AppServer {
    assert(this.#server, 'The app was opened')
    return this.#server
  }

  asset(url: string): Uint8Array | undefined {
    return this.#room.output.read(url)
  }

  /** Takes these files, values and packages, in place of those that it had. */
  async open(tree: LiveTree, env: Readonly<Record<string, string>>, vendor: LiveVendor): Promise<AppStatus> {
    if (!this.#server) this.#server = await this.#start()
    if (this.#shown && JSON.stringify(env) !== JSON.stringify(this.#env)) this.#reload()
    this.#env = env
    this.#newest = keepIdentity(this.#newest, tree)
    return this.takeVendor(vendor)
  }

  /** Takes other bundled packages. A page that has modules of the ones before is loaded anew. */
  takeVendor(vendor: LiveVendor): Promise<AppStatus> {
    if (this.#room.vendor !== vendor && this.#shown) {
      this.server.vite.environments.client.moduleGraph.invalidateAll()
      this.#reload()
    }
    this.#room.vendor = vendor
    return this.#settle()
  }

  /** Applies writes. Those that come while others are looked at are applied together. */
  change(changes: readonly LiveChange[]): Promise<AppStatus> {
    const next = new Map(this.#newest)
    for (const { path, content } of changes) {
      if (content === null) next.delete(path)
      else next.set(path, content)
    }
    this.#newest = keepIdentity(this.#newest, next)
    return this.#settle()
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.upgrades.emit('upgrade', request, socket, head)
  }

  locate(places: readonly CodePlace[]): Promise<(CodePlace | null)[]> {
    return locatePlaces(this.server, places)
  }

  async close(): Promise<void> {
    clearTimeout(this.#finishing)
    await this.#last
    await this.#server?.vite.close()
  }

  async #start(): Promise<AppServer> {
    const server = await startAppServer(() => this.#sources())
    const { hot } = server.vite.environments.client
    const send = hot.send.bind(hot) as (payload: Payload) => void
    this.#sendReload = () => server.vite.ws.clients.size > 0 && send(RELOAD) // whoever connects later says what it has
    hot.send = (payload: Payload) => {
      if (payload.type === 'full-reload') this.#reload()
      else send(payload)
      if (payload.type !== 'update') return
      for (const { acceptedPath } of payload.updates ?? [])
        void server.vite.environments.client.warmupRequest(acceptedPath)
      this.#told?.()
    }
    server.vite.ws.on('live:hello', (data: { revision?: unknown }, client) => {
      if (data?.revision !== this.#revision) client.send(RELOAD)
    })
    return server
  }

  #sources(): PageSources {
    assert(this.#shown, 'A page is shown before its modules are asked for')
    return this.#shown.sources
  }

  /** Loads pages anew, but not while the newest files cannot be shown: the page would lose what it has for nothing. */
  #reload(): void {
    if (this.#status.state.status === 'broken') this.#reloadDue = true
    else {
      this.#reloadDue = false
      this.#sendReload()
    }
  }

  #settle(): Promise<AppStatus> {
    if (this.#settling) return this.#settling
    const settling = this.#last.then(async () => {
      this.#settling = null
      return this.#look()
    })
    this.#settling = settling
    this.#last = settling.catch(() => null)
    return settling
  }

  /** Finds the newest tree that can be shown, shows it, and says how the newest one is. */
  async #look(): Promise<AppStatus> {
    this.#isUnsettled = false
    const newest = await viewTree(this.#room, this.#newest)
    const unsettled = this.#isUnsettled
    const { problems, wants } = newest.inspection
    const before: LiveTree = this.#shown?.tree ?? new Map()
    let next: PageView | null = newest
    for (let round = 0; next && next.inspection.problems.length > 0; round += 1) {
      const tree = withoutBlamed(before, next.tree, next.inspection)
      next = tree === before || round > MOST_ROUNDS ? null : await viewTree(this.#room, tree)
    }
    this.#status = {
      state: { status: problems.length > 0 ? 'broken' : 'ready', errors: [...problems] },
      wants: [...wants],
      unsettled,
    }
    if (next) await this.#show(next)
    if (this.#reloadDue) this.#reload()
    return this.#status
  }

  async #show(view: PageView): Promise<void> {
    const before = this.#shown
    this.#shown = view
    if (!before) {
      this.#revision += 1
      return this.#reload()
    }
    const changed = changedPaths(before.tree, view.tree)
    const ids = new Set([...changed.flatMap(modulesOf), ...movedScripts(before, view)])
    const graph = this.server.vite.environments.client.moduleGraph
    for (const path of changed) if (!view.tree.has(path)) graph.onFileDelete(appId(path))
    if (changed.includes('index.html')) this.#reload()
    const touchesStyles = changed.some((path) => path.endsWith('.css'))
    // Styles are compiled while browsers ask for the modules.
    if (!touchesStyles && this.#tell(ids)) await this.#untilTold()
    const { updates, modules } = await this.#room.styles.update(view.sources, view.inspection.reached, changed)
    if (touchesStyles) this.#tell(new Set([...ids, ...modules]))
    this.#sendStyles(updates)
    if (touchesStyles) this.#finishStylesSoon()
  }

  #sendStyles(updates: readonly StyleUpdate[]): void {
    for (const data of updates) this.server.vite.ws.send({ type: 'custom', event: 'live:style', data })
    if (updates.length > 0) this.#revision += 1
  }

  /** A sheet that was patched is compiled when nothing was written for a while; what it says then is told too. */
  #finishStylesSoon(): void {
    clearTimeout(this.#finishing)
    this.#finishing = setTimeout(() => {
      this.#last = this.#last.then(() => this.#finishStyles()).catch(() => null)
    }, FINISH_MS)
  }

  async #finishStyles(): Promise<void> {
    const view = this.#shown
    if (!view) return
    await this.#room.styles.finish()
    const { updates } = await this.#room.styles.update(view.sources, view.inspection.reached, [])
    this.#sendStyles(updates)
  }

  /** Vite tells pages a few turns after it was told; or not at all, when it knows of no page that has the modules. */
  async #untilTold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#told = resolve
    const deadline = setTimeout(resolve, TOLD_MS)
    await promise
    clearTimeout(deadline)
    this.#told = null
  }

  /** Answers whether any page may have one of these modules. */
  #tell(ids: ReadonlySet<string>): boolean {
    const graph = this.server.vite.environments.client.moduleGraph
    const there = [...ids].filter((id) => graph.getModuleById(id))
    if (there.length === 0) return false
    // What is being made of an older text must not be kept. Vite does this for the one file that it is told of.
    const seen = new Set<never>()
    for (const id of there) graph.invalidateModule(must(graph.getModuleById(id), id), seen)
    this.#revision += 1
    this.server.tell(there)
    return true
  }
}

/** Scripts that did not change, but whose imports mean other files now, or whose globs and addresses do. */
function movedScripts(before: PageView, after: PageView): string[] {
  const moved: string[] = []
  for (const [path, meaning] of after.inspection.meanings) {
    const old = before.inspection.meanings.get(path)
    if (old === undefined) continue
    const asks = asksTree(after.sources.files.text(path) ?? '')
    if (old !== meaning || (asks && before.sources.facts(path).code !== after.sources.facts(path).code))
      moved.push(appId(path))
  }
  return moved
}
