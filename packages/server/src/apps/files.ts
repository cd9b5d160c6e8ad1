import { fail, ok, type Outcome } from '@overskill/protocol'
import { type BlobStore, type StagedFile, type Tree, treeFromEntries, treeHash } from '@overskill/workspace'
import { and, eq, inArray } from 'drizzle-orm'
import { must } from '@overskill/protocol'
import type { Database } from '../database/database.ts'
import { runStatement } from '../database/run-statement.ts'
import { blobs, draftFiles, trees, versions } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'

type Sql = Write['sql'] | Database

/** Content by hash, as one transaction or the whole database sees it. */
export const createBlobStore = (sql: Sql): BlobStore => ({
  async read(hash) {
    const [row] = await sql.select({ content: blobs.content }).from(blobs).where(eq(blobs.hash, hash))
    return must(row, `Blob ${hash}`).content
  },
})

/** The contents of these hashes that are stored, by hash. */
export async function readBlobs(sql: Sql, hashes: readonly string[]): Promise<Map<string, Uint8Array>> {
  if (hashes.length === 0) return new Map()
  const wanted = inArray(blobs.hash, [...hashes])
  const rows = await sql.select({ hash: blobs.hash, content: blobs.content }).from(blobs).where(wanted)
  return new Map(rows.map(({ hash, content }) => [hash, content]))
}

/** The tree in the making. */
export async function readDraft(sql: Sql, app: string): Promise<Tree> {
  const rows = await sql.select().from(draftFiles).where(eq(draftFiles.app, app))
  return treeFromEntries(rows.map(({ path, hash, bytes }) => [path, { hash, bytes }]))
}

/** The immutable tree with this hash. */
export async function readTree(sql: Sql, hash: string): Promise<Tree> {
  const [row] = await sql.select().from(trees).where(eq(trees.hash, hash))
  return treeFromEntries(must(row, `Tree ${hash}`).entries.map(({ path, ...entry }) => [path, entry]))
}

/** The tree of a version; `not_found` when the app has none of that number. */
export async function readVersionTree(sql: Sql, app: string, number: number): Promise<Outcome<Tree>> {
  const [row] = await sql
    .select({ tree: versions.tree })
    .from(versions)
    .where(and(eq(versions.app, app), eq(versions.number, number)))
  return row ? ok(await readTree(sql, row.tree)) : fail('not_found', `This app has no version ${number}.`)
}

/** Stores blobs that are new. Contents are immutable, so a repeat changes nothing. */
export async function storeBlobs(sql: Sql, contents: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  const rows = [...new Map(contents)].map(([hash, content]) => ({ hash, bytes: content.byteLength, content }))
  if (rows.length > 0) await sql.insert(blobs).values(rows).onConflictDoNothing()
}

/** Commits what an edit staged into the app's draft. Part of the caller's transaction; its statements leave at once. */
export async function commitStaged(sql: Write['sql'], app: string, staged: readonly StagedFile[]): Promise<void> {
  const gone = staged.filter(({ entry }) => !entry).map(({ path }) => path)
  await Promise.all([
    gone.length > 0 && runStatement(sql, 'delete from draft_files where app = $1 and path = any ($2)', [app, gone]),
    ...staged.map(
      ({ path, entry, content }) =>
        entry && runStatement(sql, draftStatement, [app, path, entry.hash, entry.bytes, content ?? null]),
    ),
  ])
}

const draftStatement = `
    with blob as (
      insert into blobs (hash, bytes, content) select $3, $4, $5::bytea where $5::bytea is not null on conflict do nothing
    )
    insert into draft_files (app, path, hash, bytes) values ($1, $2, $3, $4)
    on conflict (app, path) do update set hash = excluded.hash, bytes = excluded.bytes`

/** Makes the draft equal to a tree whose blobs are all stored: files that are not in it go (L36). */
export async function replaceDraft(sql: Sql, app: string, tree: Tree): Promise<void> {
  await sql.delete(draftFiles).where(eq(draftFiles.app, app))
  const rows = [...tree].map(([path, entry]) => ({ app, path, ...entry }))
  if (rows.length > 0) await sql.insert(draftFiles).values(rows)
}

/** Stores a tree; the same files give the same row. */
export async function storeTree(sql: Sql, tree: Tree): Promise<string> {
  const hash = treeHash(tree)
  const entries = [...tree].map(([path, entry]) => ({ path, ...entry }))
  await sql.insert(trees).values({ hash, entries }).onConflictDoNothing()
  return hash
}
