import {
  type Ending,
  fail,
  type FileChange,
  type FileDiff,
  must,
  ok,
  type Outcome,
  type Version,
} from '@overskill/protocol'
import { diffVersions, listChanges, type Tree } from '@overskill/workspace'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { apps, versions } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import { createBlobStore, readTree, readVersionTree, storeTree } from './files.ts'

type Sql = Write['sql'] | Database
type VersionRow = typeof versions.$inferSelect

const presentVersion = (row: VersionRow): Version => ({
  number: row.number,
  title: row.title,
  origin: row.origin,
  ...(row.turn && { turn: row.turn }),
  ...(row.restoredFrom !== null && { restoredFrom: row.restoredFrom }),
  ending: row.ending,
  files: row.files,
  changed: row.changed,
  added: row.added,
  removed: row.removed,
  build: row.build,
  createdAt: row.createdAt.toISOString(),
})

export type NewVersion = {
  app: string
  tree: Tree // all its blobs are stored
  title: string
  origin: Version['origin']
  ending: Ending
  turn?: string
  restoredFrom?: number
  message?: string // the assistant message that shows it
}

/** What makes and reads versions: immutable trees, numbered 1, 2, 3 … per app. */
export type Versions = {
  /** The next version, or undefined when the tree is what the newest one (or the starter) already is. */
  create(write: Write, version: NewVersion): Promise<Version | undefined>
  list(app: string, before: number | undefined, limit: number): Promise<{ items: Version[]; next?: string }>
  get(app: string, number: number): Promise<Outcome<Version>>
  /** What leads from `against` (0 = the starter; default: the one before) to version `number`. */
  diff(app: string, number: number, against: number | undefined): Promise<Outcome<FileDiff[]>>
}

export const createVersions = (options: VersionsOptions): Versions => new PgVersions(options)

export type VersionsOptions = { db: Database; starter: Tree }

class PgVersions implements Versions {
  readonly #options: VersionsOptions

  constructor(options: VersionsOptions) {
    this.#options = options
  }

  async create(write: Write, { tree, message, ...version }: NewVersion): Promise<Version | undefined> {
    const { app } = version
    const last = await newestVersion(write.sql, app)
    const before = last ? await readTree(write.sql, last.tree) : this.#options.starter
    const changes = await listChanges(before, tree, createBlobStore(write.sql))
    if (changes.length === 0) return undefined
    const number = (last?.number ?? 0) + 1
    const size = { files: tree.size, changed: changes.length, ...sumLines(changes) }
    const [row] = await write.sql
      .insert(versions)
      .values({ ...version, number, tree: await storeTree(write.sql, tree), ...size })
      .returning()
    await write.sql.update(apps).set({ version: number, updatedAt: new Date() }).where(eq(apps.id, app))
    const made = presentVersion(must(row, 'The new version'))
    await write.append(app, [{ type: 'version.created', version: made, ...(message && { message }) }])
    return made
  }

  async list(app: string, before: number | undefined, limit: number): Promise<{ items: Version[]; next?: string }> {
    const below = before === undefined ? undefined : lt(versions.number, before)
    const rows = await this.#options.db
      .select()
      .from(versions)
      .where(and(eq(versions.app, app), below))
      .orderBy(desc(versions.number))
      .limit(limit + 1)
    const items = rows.slice(0, limit).map(presentVersion)
    return { items, ...(rows.length > limit && { next: String(items.at(-1)?.number) }) }
  }

  async get(app: string, number: number): Promise<Outcome<Version>> {
    const isThis = and(eq(versions.app, app), eq(versions.number, number))
    const row = await this.#options.db.query.versions.findFirst({ where: isThis })
    return row ? ok(presentVersion(row)) : fail('not_found', `This app has no version ${number}.`)
  }

  async diff(app: string, number: number, against: number | undefined): Promise<Outcome<FileDiff[]>> {
    const { db, starter } = this.#options
    const after = await readVersionTree(db, app, number)
    if (!after.ok) return after
    const from = against ?? number - 1
    const before = from === 0 ? ok(starter) : await readVersionTree(db, app, from)
    return before.ok ? ok(await diffVersions(before.value, after.value, createBlobStore(db))) : before
  }
}

async function newestVersion(sql: Sql, app: string): Promise<VersionRow | undefined> {
  const [row] = await sql.select().from(versions).where(eq(versions.app, app)).orderBy(desc(versions.number)).limit(1)
  return row
}

const sumLines = (changes: readonly FileChange[]): { added: number; removed: number } => ({
  added: changes.reduce((sum, change) => sum + change.added, 0),
  removed: changes.reduce((sum, change) => sum + change.removed, 0),
})
