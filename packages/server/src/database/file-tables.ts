import { sql } from 'drizzle-orm'
import { check, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { apps } from './app-tables.ts'
import { bytea, createdAt } from './columns.ts'

/** Tables of contents, trees, drafts and versions. Hashes are sha-256 in hex. */

/** Content by hash; never changed, never deleted while a tree names it. */
export const blobs = pgTable('blobs', {
  hash: text().primaryKey(),
  bytes: integer().notNull(),
  content: bytea().notNull(), // as it is; Postgres compresses it
})

/** Trees by hash: the canonical list of entries. */
export const trees = pgTable('trees', {
  hash: text().primaryKey(),
  entries: jsonb().$type<{ path: string; hash: string; bytes: number }[]>().notNull(),
})

/** The tree in the making of each app. Written by the running turn, or by a person's edit while none runs. */
export const draftFiles = pgTable(
  'draft_files',
  {
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    path: text().notNull(),
    hash: text()
      .notNull()
      .references(() => blobs.hash),
    bytes: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.app, table.path] }),
    uniqueIndex('draft_files_no_case_twins').on(table.app, sql`lower(path)`),
  ],
)

/** Immutable trees, numbered 1, 2, 3 … per app. Only `build` is ever written again, once. */
export const versions = pgTable(
  'versions',
  {
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    tree: text()
      .notNull()
      .references(() => trees.hash),
    title: text().notNull(),
    origin: text({ enum: ['turn', 'edit', 'restore', 'import'] }).notNull(),
    turn: text(),
    restoredFrom: integer('restored_from'),
    ending: text({ enum: ['completed', 'failed', 'stopped'] }).notNull(),
    files: integer().notNull(),
    changed: integer().notNull(),
    added: integer().notNull(),
    removed: integer().notNull(),
    build: text({ enum: ['unknown', 'ok', 'failed'] })
      .notNull()
      .default('unknown'),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.app, table.number] }), check('versions_from_one', sql`number > 0`)],
)
