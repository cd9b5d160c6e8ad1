import { fail, ok, type CodePlace, type LiveState, type Outcome } from '@overskill/protocol'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'
import type { LiveChange } from '../live-preview.ts'
import type { LiveAnswer } from './live-child.ts'
import { MAX_WANTS, type LiveVendorSet } from './live-messages.ts'
import type { LiveShards, Shard } from './live-shards.ts'
import type { LiveVendors } from './live-vendors.ts'

/** What an open app has with its owner: enough to open it again wherever a process is. */
export type LivePageContent = { tree: SourceTree; env: Readonly<Record<string, string>>; set: DependencySet }

type PageReply = Extract<LiveAnswer, { kind: 'state' }>

type Rooms = {
  shards: LiveShards
  vendors: LiveVendors
  /** Hears a state that came by itself: packages were prepared, or the page opened again. */
  onState(app: string, state: LiveState): void
}

/** A process that ends this often while it works on the same app is not started for it again, for a while. */
const MOST_FAULTS = 3
const FAULTS_MS = 30_000
/** After what is no fault of the files, they are looked at again: soon, then less and less often. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 120_000

const ENDED = 'The process of this live page ended. It starts again when the page is asked for.'
const GIVEN_UP = 'This app ends the process that shows it. Change it, and it is tried again.'

/** One open app as its owner knows it: its last files, and the process that has it now, if any. */
export class LivePage {
  readonly #app: string
  readonly #rooms: Rooms
  #content: LivePageContent
  #shard: Shard | null = null
  #loading: Promise<Outcome<LiveState>> | null = null
  #preparing: Promise<void> | null = null
  #faults = 0
  #faultAt = 0
  #isClosed = false
  /** What it asked for of its packages since it was opened: the process asks once, and hears of all of it each time. */
  readonly #wants = new Set<string>()
  #again: NodeJS.Timeout | undefined
  #pauseMs = FIRST_PAUSE_MS
  #told = ''
  sockets = 0
  usedAt = performance.now()

  constructor(app: string, rooms: Rooms, content: LivePageContent) {
    this.#app = app
    this.#rooms = rooms
    this.#content = content
  }

  get content(): LivePageContent {
    return this.#content
  }

  get isLoading(): boolean {
    return this.#loading !== null
  }

  /** Puts other files, values or packages in place of those before. */
  async open(content: LivePageContent): Promise<Outcome<LiveState>> {
    this.#content = content
    this.#faults = 0
    this.#forgetPause()
    await this.#loading
    this.#loading = this.#load().finally(() => (this.#loading = null))
    return this.#loading
  }

  /** Applies writes. Null: nobody can say how the page is, because its process ended. */
  async change(changes: readonly LiveChange[]): Promise<LiveState> {
    const tree = new Map(this.#content.tree)
    for (const { path, content } of changes) {
      if (content === null) tree.delete(path)
      else tree.set(path, content)
    }
    this.#content = { ...this.#content, tree }
    this.#faults = 0
    this.#forgetPause()
    if (this.#loading || !this.#shard?.child.isUsable()) return stateOf(await this.open(this.#content))
    const reply = await this.#shard.child.ask({ kind: 'change', app: this.#app, changes: [...changes] })
    if (reply?.kind !== 'state') return broken(ENDED)
    this.#follow(reply)
    return reply.state
  }

  async locate(places: readonly CodePlace[]): Promise<(CodePlace | null)[]> {
    const reply = await this.#shard?.child.ask({ kind: 'locate', app: this.#app, places: [...places] })
    return reply?.kind === 'places' ? reply.places : places.map(() => null)
  }

  /** Where the page can be asked for; null when it cannot be opened. */
  async socketPath(): Promise<string | null> {
    if (!this.#shard?.child.isUsable() && !this.#loading) {
      if (this.#isGivenUp() || this.#isClosed) return null
      this.#loading = this.#load().finally(() => (this.#loading = null))
      void this.#loading.then((outcome) => outcome.ok && this.#rooms.onState(this.#app, outcome.value))
    }
    await this.#loading
    return this.#shard?.child.isUsable() ? this.#shard.child.socketPath : null
  }

  /** A process is gone; if it was this page's, the next request finds another. */
  forgetProcess(shard: Shard): void {
    if (this.#shard === shard) this.#shard = null
  }

  /** Faults that lie back are forgiven: what ended the process may have been another app in it. */
  #isGivenUp(): boolean {
    if (performance.now() - this.#faultAt > FAULTS_MS) this.#faults = 0
    return this.#faults >= MOST_FAULTS
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#again)
    await this.#loading
    const shard = this.#shard
    this.#shard = null
    shard?.apps.delete(this.#app)
    if (shard?.child.isUsable()) await shard.child.ask({ kind: 'close', app: this.#app })
  }

  async #load(): Promise<Outcome<LiveState>> {
    if (this.#isClosed) return fail('not_found', 'This page was closed.')
    if (this.#isGivenUp()) return ok(broken(GIVEN_UP))
    const vendor = await this.#rooms.vendors.obtain(this.#content.set, this.#content.tree)
    if (!vendor) return fail('build_failed', 'The packages of this app could not be prepared for live pages.')
    this.#wants.clear()
    if (!this.#shard?.child.isUsable()) this.#shard = null
    try {
      this.#shard ??= await this.#rooms.shards.obtain(this.#app)
    } catch {
      return fail('internal', 'The process for live pages does not start. The details are in the log.')
    }
    return this.#openIn(this.#shard, vendor)
  }

  async #openIn({ child }: Shard, vendor: LiveVendorSet): Promise<Outcome<LiveState>> {
    const { tree, env, set } = this.#content
    const files = new Map(tree)
    let reply: LiveAnswer | null = await child.ask({
      kind: 'open',
      app: this.#app,
      files,
      env,
      dependencySetDir: set.dir,
      vendor,
    })
    if (reply?.kind === 'state' && reply.wants.length > 0) {
      const more = await this.#rooms.vendors.obtain(set, tree, this.#wanted(reply.wants))
      if (more) reply = await child.ask({ kind: 'vendor', app: this.#app, vendor: more })
      else this.#lookLater()
    }
    if (reply?.kind === 'state') {
      this.#follow({ ...reply, wants: [] })
      return ok(reply.state)
    }
    this.#faults += 1
    this.#faultAt = performance.now()
    return reply ? fail('internal', 'The live page failed. The details are in the log.') : ok(broken(ENDED))
  }

  /** Does what is left to do after a look at the files. */
  #follow({ state, wants, unsettled }: PageReply): void {
    this.#told = JSON.stringify(state)
    if (wants.length > 0) this.#prepare(wants)
    if (unsettled) this.#lookLater()
  }

  #wanted(wants: readonly string[]): string[] {
    if (this.#wants.size + wants.length > MAX_WANTS) this.#wants.clear()
    for (const want of wants) this.#wants.add(want)
    return [...this.#wants]
  }

  #forgetPause(): void {
    clearTimeout(this.#again)
    this.#again = undefined
    this.#pauseMs = FIRST_PAUSE_MS
  }

  /** Has the same files looked at again after a pause, and tells how the page is when that is something else then. */
  #lookLater(): void {
    if (this.#isClosed || this.#again) return
    this.#again = setTimeout(() => {
      this.#again = undefined
      void this.#lookAgain()
    }, this.#pauseMs)
    this.#again.unref()
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
  }

  async #lookAgain(): Promise<void> {
    const child = this.#shard?.child
    if (this.#isClosed || this.#loading || !child?.isUsable()) return // whoever opens it looks then
    const reply = await child.ask({ kind: 'change', app: this.#app, changes: [] })
    if (reply?.kind !== 'state' || this.#isClosed) return
    const isNew = this.#told !== JSON.stringify(reply.state)
    this.#follow(reply)
    if (isNew) this.#rooms.onState(this.#app, reply.state)
  }

  /** Bundles modules that a change asks for, off its path, and tells how the page is then. */
  #prepare(wants: readonly string[]): void {
    const { set, tree } = this.#content
    const work = async (): Promise<void> => {
      const vendor = await this.#rooms.vendors.obtain(set, tree, this.#wanted(wants))
      if (!vendor) return this.#lookLater()
      const shard = this.#shard
      if (this.#isClosed || !shard?.child.isUsable() || this.#content.set.key !== set.key) return
      const reply = await shard.child.ask({ kind: 'vendor', app: this.#app, vendor })
      if (reply?.kind !== 'state') return
      this.#follow({ ...reply, wants: [] })
      this.#rooms.onState(this.#app, reply.state)
    }
    this.#preparing = Promise.resolve(this.#preparing).then(work)
  }
}

const broken = (message: string): LiveState => ({ status: 'broken', errors: [{ message }] })

const stateOf = (outcome: Outcome<LiveState>): LiveState =>
  outcome.ok ? outcome.value : broken(outcome.failure.detail)
