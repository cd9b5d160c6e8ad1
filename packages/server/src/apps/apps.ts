import { type App, cutText, fail, must, newAppId, ok, type Outcome, type PatchApp } from '@overskill/protocol'
import type { Tree } from '@overskill/workspace'
import { and, desc, eq, inArray, isNotNull, isNull, sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { apps, pointers, streams, turns, versions } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import {
  type Addresses,
  liveUrl,
  previewUrl,
  productionUrl,
  suggestSlug,
  takeSlug,
  takeSuggestedSlug,
} from './addresses.ts'
import { replaceDraft } from './files.ts'
import { lockApp } from './lock-app.ts'

type Sql = Write['sql'] | Database
export type AppRow = typeof apps.$inferSelect

/** What a name is until somebody or a tool gives a better one. */
const nameFromPrompt = (prompt: string): string => {
  const words = prompt.replace(/\s+/g, ' ').trim().split(' ').slice(0, 6).join(' ')
  return cutText(words, 48)
}

/** The writer of `apps`, `slugs` and `streams`. Each method that takes a `Write` is part of the caller's transaction. */
export type Apps = {
  create(write: Write, input: { name?: string; prompt?: string; model: string }): Promise<AppRow>
  find(id: string): Promise<Outcome<AppRow>>
  /** The latest changed first. `cursor`: the `next` of the page before. */
  list(cursor: string | undefined, limit: number): Promise<Outcome<{ items: App[]; next?: string }>>
  present(row: AppRow, sql?: Sql): Promise<App>
  /** An app that is there, as the transaction sees it. */
  read(write: Write, id: string): Promise<App>
  patch(id: string, change: Omit<PatchApp, 'app'>): Promise<Outcome<App>>
  /** A tool names the app. The address follows until the app was published once. */
  rename(write: Write, id: string, name: string, description: string | undefined): Promise<Outcome<App>>
  /** The address that the app would have under a name. */
  slugFor(id: string, name: string): Promise<Outcome<string>>
  /** Works out the status from turns and versions, stores it and tells the pages. Part of every transaction that changes those. */
  settle(write: Write, id: string): Promise<void>
  /** Deletes an app that is there, and that the transaction holds. What runs for it and what it shows is for others to end. */
  remove(write: Write, id: string): Promise<App>
  undelete(id: string): Promise<Outcome<App>>
}

export type AppsOptions = {
  db: Database
  log: EventLog
  addresses: Addresses
  starter: Tree
  /** Told after the commit that an app's names changed, or that it came or went. */
  onNames: (app: string) => Promise<void>
}

export const createApps = (options: AppsOptions): Apps => new PgApps(options)

class PgApps implements Apps {
  readonly #options: AppsOptions

  constructor(options: AppsOptions) {
    this.#options = options
  }

  async create(
    write: Write,
    { name, prompt, model }: { name?: string; prompt?: string; model: string },
  ): Promise<AppRow> {
    const id = newAppId()
    const title = name ?? (prompt ? nameFromPrompt(prompt) : 'Untitled app')
    const values = { id, name: title, slug: id, model, named: name !== undefined }
    await write.sql.insert(apps).values(values)
    await write.sql.insert(streams).values({ app: id })
    const slug = await takeSuggestedSlug(write.sql, title, id)
    const [row] = await write.sql.update(apps).set({ slug }).where(eq(apps.id, id)).returning()
    await replaceDraft(write.sql, id, this.#options.starter)
    write.afterCommit(() => this.#options.onNames(id))
    return must(row, 'The new app')
  }

  find(id: string): Promise<Outcome<AppRow>> {
    return findApp(this.#options.db, id)
  }

  async list(cursor: string | undefined, limit: number): Promise<Outcome<{ items: App[]; next?: string }>> {
    const before = cursor === undefined ? undefined : placeOf(cursor)
    if (before && !before.ok) return before
    const older = before && raw`(${changedMs}, ${apps.id}) < (${before.value.ms}, ${before.value.id})`
    const rows = await this.#options.db
      .select()
      .from(apps)
      .where(and(isNull(apps.deletedAt), older))
      .orderBy(desc(changedMs), desc(apps.id))
      .limit(limit + 1)
    const shown = rows.slice(0, limit)
    const items = await Promise.all(shown.map((row) => this.present(row)))
    const last = rows.length > limit ? shown.at(-1) : undefined
    return ok({ items, ...(last && { next: `${last.updatedAt.getTime()}-${last.id}` }) })
  }

  async read({ sql }: Write, id: string): Promise<App> {
    const [row] = await sql.select().from(apps).where(eq(apps.id, id))
    return this.present(must(row, `App ${id}`), sql)
  }

  async present(row: AppRow, sql: Sql = this.#options.db): Promise<App> {
    const { addresses } = this.#options
    const isPublished = and(
      eq(pointers.app, row.id),
      eq(pointers.environment, 'production'),
      isNotNull(pointers.artifact),
    )
    const [production] = await sql.select({ artifact: pointers.artifact }).from(pointers).where(isPublished)
    return {
      id: row.id,
      name: row.name,
      slug: row.slug,
      description: row.description,
      status: row.status,
      previewUrl: previewUrl(addresses, row.id),
      liveUrl: liveUrl(addresses, row.id),
      ...(production && !row.deletedAt && { productionUrl: productionUrl(addresses, row.slug) }),
      ...(row.version !== null && { version: row.version }),
      model: row.model,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    }
  }

  patch(id: string, { name, slug, description, model }: Omit<PatchApp, 'app'>): Promise<Outcome<App>> {
    return this.#options.log.write(async (write) => {
      await lockApp(write, id)
      const row = await findApp(write.sql, id)
      if (!row.ok) return row
      const set: Partial<AppRow> =
        name === undefined ? {} : slug ? { name, named: true } : await renamed(write, row.value, name)
      if (slug !== undefined) {
        const taken = await takeSlug(write.sql, id, slug, row.value.everPublished)
        if (!taken) return fail('conflict', `The address ${slug} belongs to another app.`)
        set.slug = slug
      }
      if (description !== undefined) set.description = description
      if (model !== undefined) set.model = model
      return ok(await this.#change(write, id, set))
    })
  }

  async rename(write: Write, id: string, name: string, description: string | undefined): Promise<Outcome<App>> {
    const row = await findApp(write.sql, id)
    if (!row.ok) return row
    const set = await renamed(write, row.value, name)
    return ok(await this.#change(write, id, description === undefined ? set : { ...set, description }))
  }

  async slugFor(id: string, name: string): Promise<Outcome<string>> {
    const row = await this.find(id)
    if (!row.ok) return row
    return ok(row.value.everPublished ? row.value.slug : await suggestSlug(this.#options.db, name, id))
  }

  async settle(write: Write, id: string): Promise<void> {
    const row = () => write.sql.select().from(apps).where(eq(apps.id, id))
    // Asked in one go, and read after the lock is there: a turn that somebody adds at this moment counts.
    const [, status, [before]] = await Promise.all([lockApp(write, id, true), statusOf(write.sql, id), row()])
    if (before && before.status !== status) await this.#change(write, id, { status })
  }

  remove(write: Write, id: string): Promise<App> {
    return this.#change(write, id, { deletedAt: new Date() })
  }

  undelete(id: string): Promise<Outcome<App>> {
    return this.#options.log.write(async (write) => {
      await lockApp(write, id, true)
      const row = await findApp(write.sql, id, true)
      return row.ok ? ok(await this.#change(write, id, { deletedAt: null })) : row
    })
  }

  /** Changes the row, and tells every page that shows it. */
  async #change(write: Write, id: string, set: Partial<AppRow>): Promise<App> {
    const changed = { ...set, updatedAt: raw`now()` }
    const [row] = await write.sql.update(apps).set(changed).where(eq(apps.id, id)).returning()
    const app = await this.present(must(row, `App ${id}`), write.sql)
    await write.append(id, [{ type: 'app.updated', app }])
    if (set.slug !== undefined || set.deletedAt !== undefined) write.afterCommit(() => this.#options.onNames(id))
    return app
  }
}

/** When an app was changed, in ms since 1970: as exact as a cursor says it. */
const changedMs = raw<number>`floor(extract(epoch from ${apps.updatedAt}) * 1000)`

/** The place in the list that a cursor of ours names. */
function placeOf(cursor: string): Outcome<{ ms: number; id: string }> {
  const [, ms, id] = /^(\d{1,15})-([a-z0-9]{6})$/.exec(cursor) ?? []
  const strange = 'That cursor is not one of ours.'
  return ms && id ? ok({ ms: Number(ms), id }) : fail('invalid', strange, [{ path: 'cursor', message: strange }])
}

async function findApp(sql: Sql, id: string, deleted = false): Promise<Outcome<AppRow>> {
  const state = deleted ? isNotNull(apps.deletedAt) : isNull(apps.deletedAt)
  const [row] = await sql
    .select()
    .from(apps)
    .where(and(eq(apps.id, id), state))
  return row ? ok(row) : fail('not_found', `There is no app ${id}.`)
}

/** What a new name changes: the address follows until the first publish. */
async function renamed({ sql }: Write, row: AppRow, name: string): Promise<Partial<AppRow>> {
  if (row.everPublished) return { name, named: true }
  return { name, named: true, slug: await takeSuggestedSlug(sql, name, row.id) }
}

/** What the app's turns and its newest version say about it. */
async function statusOf(sql: Sql, app: string): Promise<App['status']> {
  const [[open], [newest]] = await Promise.all([
    sql
      .select({ id: turns.id })
      .from(turns)
      .where(and(eq(turns.app, app), inArray(turns.status, ['queued', 'running'])))
      .limit(1),
    sql
      .select({ build: versions.build })
      .from(versions)
      .where(eq(versions.app, app))
      .orderBy(desc(versions.number))
      .limit(1),
  ])
  if (open) return 'working'
  if (!newest) return 'new'
  return newest.build === 'failed' ? 'broken' : 'ready'
}
