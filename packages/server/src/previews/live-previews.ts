import type { LiveChange, LivePreviewService } from '@overskill/builder'
import { type AppEvent, fail, type FileChange, type LiveState, ok, type Outcome } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import pLimit from 'p-limit'
import type { Apps } from '../apps/apps.ts'
import type { Contents } from '../apps/contents.ts'
import { readDraft } from '../apps/files.ts'
import type { Database } from '../database/database.ts'
import { streams } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'

/** Live pages, kept in step with the files of their apps. */
export type LivePreviews = {
  /** Whether requests can be handed to the app's page now. */
  isReady(app: string): boolean
  /** Opens the app's page with its newest files, unless it is open or on its way. `not_found`: there is no such app. Never rejects. */
  open(app: string): Promise<Outcome<undefined>>
  /** Opens it before somebody asks, with few at a time; nothing comes of it when its turn comes long after `at`, in ms since 1970. */
  openAhead(app: string, at: number): void
  /** How the app's page is; undefined while none is open. */
  state(app: string): LiveState | undefined
  /** Hears how a page is when that changed by itself. */
  noteState(app: string, state: LiveState): void
  /** Hears that a page was closed by itself: nothing of it stays, its reader of the log neither. */
  noteClosed(app: string): void
  /** The app is gone: so is its page. */
  drop(app: string): Promise<void>
  close(): Promise<void>
}

export type LivePreviewsOptions = {
  db: Database
  log: EventLog
  apps: Pick<Apps, 'find'>
  contents: Contents
  service: LivePreviewService
  /** Values of the app's `VITE_` variables. */
  environmentOf?: (app: string) => Promise<Readonly<Record<string, string>>>
  onError: (error: unknown, fields: object) => void
}

/** How long opening may take, packages included. */
const openMs = 150_000
/** A page that did not open is not tried again before. */
const againMs = 3_000
/** With many turns at once the pages that nobody asked for yet take turns: the text that streams comes first. */
const aheadAtOnce = 2
/** What began longer ago is a reconnect's repeat. */
const justNowMs = 10_000

type Page = {
  opening: Promise<Outcome<undefined>>
  isReady: boolean
  /** What the log says last; the next state is told when it differs. */
  told: LiveState | undefined
  telling: Promise<void>
  stop: AbortController
}

export const createLivePreviews = (options: LivePreviewsOptions): LivePreviews => new FollowedPages(options)

class FollowedPages implements LivePreviews {
  readonly #options: LivePreviewsOptions
  readonly #pages = new Map<string, Page>()
  readonly #ahead = new Set<string>()
  readonly #inTurn = pLimit(aheadAtOnce)
  #isClosed = false

  constructor(options: LivePreviewsOptions) {
    this.#options = options
  }

  isReady(app: string): boolean {
    return this.#openPage(app) !== undefined
  }

  state(app: string): LiveState | undefined {
    return this.#openPage(app)?.told
  }

  async open(app: string): Promise<Outcome<undefined>> {
    const known = this.#pages.get(app)
    if (known && (!known.isReady || this.#openPage(app))) return known.opening // on its way, there, or failed just now
    if (this.#isClosed) return fail('starting', 'OverSkill is stopping.')
    known?.stop.abort() // its service has closed it meanwhile
    const stop = new AbortController()
    const page: Page = {
      opening: Promise.resolve(ok(undefined)),
      isReady: false,
      told: undefined,
      telling: Promise.resolve(),
      stop,
    }
    this.#pages.set(app, page)
    page.opening = this.#start(app, page).catch((error: unknown) => {
      if (!stop.signal.aborted) this.#options.onError(error, { app })
      return fail('internal', 'The live page could not be opened. The log has the details.')
    })
    const opened = await page.opening
    if (!opened.ok) setTimeout(() => this.#forget(app, page), againMs).unref()
    return opened
  }

  openAhead(app: string, at: number): void {
    if (this.#ahead.has(app)) return
    this.#ahead.add(app)
    void this.#inTurn(async () => {
      this.#ahead.delete(app)
      if (Date.now() - at < justNowMs) await this.open(app)
    })
  }

  noteState(app: string, state: LiveState): void {
    const page = this.#openPage(app)
    if (page) this.#tell(app, page, state)
  }

  noteClosed(app: string): void {
    this.#pages.get(app)?.stop.abort()
    this.#pages.delete(app)
  }

  async drop(app: string): Promise<void> {
    this.noteClosed(app)
    await this.#options.service.close(app)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const pages = [...this.#pages.values()]
    this.#pages.clear()
    for (const page of pages) page.stop.abort() // what is still opening finds this, and is not waited for
    await Promise.all(pages.map(({ telling }) => telling))
    await this.#options.service.end()
  }

  #openPage(app: string): Page | undefined {
    const page = this.#pages.get(app)
    return page?.isReady && this.#options.service.isOpen(app) ? page : undefined
  }

  async #start(app: string, page: Page): Promise<Outcome<undefined>> {
    const { apps, service, environmentOf } = this.#options
    const row = await apps.find(app)
    if (!row.ok) return row
    const { seq, tree } = await readNewest(this.#options, app)
    const env = (await environmentOf?.(app)) ?? {}
    const signal = AbortSignal.any([page.stop.signal, AbortSignal.timeout(openMs)])
    const opened = await service.open(app, tree, { env, signal })
    if (!opened.ok) return opened
    if (page.stop.signal.aborted) return fail('not_found', 'The app went away meanwhile.')
    page.isReady = true
    this.#tell(app, page, opened.value)
    this.#follow(app, page, seq)
      .catch((error: unknown) => {
        this.#options.onError(error, { app })
        return this.drop(app) // the next request opens it anew, with the newest files
      })
      .catch((error: unknown) => this.#options.onError(error, { app }))
    return ok(undefined)
  }

  /** Hands every change of files on, in the log's order, until the page is closed. */
  async #follow(app: string, page: Page, after: number): Promise<void> {
    const { contents, log, service } = this.#options
    for await (const event of log.read(app, after, page.stop.signal)) {
      if (event.type !== 'files.changed') continue
      const changes = await changesOf(contents, event)
      if (page.stop.signal.aborted) return // the app's next page may be open by now, with newer files
      const state = await service.change(app, changes)
      if (state) this.#tell(app, page, state)
    }
  }

  /** One after the other, so that the log ends with the newest state. */
  #tell(app: string, page: Page, live: LiveState): void {
    if (JSON.stringify(live) === JSON.stringify(page.told)) return
    page.told = live
    page.telling = page.telling
      .then(() => this.#options.log.write((write) => write.append(app, [{ type: 'preview.live', live }])))
      .then(() => undefined)
      .catch((error: unknown) => this.#options.onError(error, { app }))
  }

  #forget(app: string, page: Page): void {
    if (this.#pages.get(app) === page) this.#pages.delete(app)
  }
}

/** The app's files, and the number of the last event that they are the result of. */
async function readNewest(
  { db, contents }: Pick<LivePreviewsOptions, 'db' | 'contents'>,
  app: string,
): Promise<{ seq: number; tree: Map<string, Uint8Array> }> {
  const newest = await db.transaction(
    async (sql) => {
      const [stream] = await sql.select({ seq: streams.seq }).from(streams).where(eq(streams.app, app))
      return { seq: stream?.seq ?? 0, tree: await readDraft(sql, app) }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
  return { ...newest, tree: await contents.readAll(newest.tree) }
}

async function changesOf(
  contents: Contents,
  { changes }: Extract<AppEvent, { type: 'files.changed' }>,
): Promise<LiveChange[]> {
  const listed = await Promise.all(
    changes.map(async ({ path, action, from, hash }: FileChange): Promise<LiveChange[]> => {
      const content = hash === undefined || action === 'deleted' ? null : await contents.read(hash)
      const left = action === 'renamed' && from !== undefined ? [{ path: from, content: null }] : []
      return [...left, { path, content }]
    }),
  )
  return listed.flat()
}
