import type { NewAppEvent } from '@overskill/protocol'
import { boolean, index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at, createdAt } from './columns.ts'

/** Tables of apps and their logs. Every state has the writer that its comment names. */

/** Written by apps/apps.ts; `status` by what turns, versions and builds say. */
export const apps = pgTable(
  'apps',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    description: text().notNull().default(''),
    status: text({ enum: ['new', 'working', 'ready', 'broken'] })
      .notNull()
      .default('new'),
    model: text().notNull(),
    version: integer(), // newest
    slug: text().notNull(), // the current one; also a row of `slugs`
    everPublished: boolean('ever_published').notNull().default(false), // from then on the slug no longer follows the name
    named: boolean().notNull().default(false), // by a person or a tool, no longer guessed from the prompt
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    deletedAt: at('deleted_at'),
  },
  (table) => [index('apps_updated').on(table.updatedAt)],
)

/** Every address that is somebody's: the current slug of each app and those it left, reserved until `reservedUntil`. */
export const slugs = pgTable('slugs', {
  slug: text().primaryKey(),
  app: text()
    .notNull()
    .references(() => apps.id, { onDelete: 'cascade' }),
  reservedUntil: at('reserved_until'), // null: current
})

/** The last number of each app's log; its row lock orders the appends (AD4). */
export const streams = pgTable('streams', {
  app: text()
    .primaryKey()
    .references(() => apps.id, { onDelete: 'cascade' }),
  seq: integer().notNull().default(0),
})

/** The log: append-only, numbered per app without gaps. Written only by events/event-log.ts. */
export const events = pgTable(
  'events',
  {
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    type: text().notNull(),
    data: json().$type<NewAppEvent>().notNull(), // as text: jsonb would refuse NUL and lone surrogates
    at: at('at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.app, table.seq] })],
)

/**
 * Answers to mutations with an `Idempotency-Key`, kept 24 h. Written by http/idempotency-keys.ts. `status` null: the first one
 * runs, as long as its lease lasts.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    person: text().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    key: text().notNull(),
    bodyHash: text('body_hash').notNull(),
    status: integer(),
    body: text(),
    etag: text(), // the header of that name, where the answer had one
    leaseOwner: text('lease_owner'),
    leaseUntil: at('lease_until'),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.person, table.method, table.path, table.key] })],
)

/** Facts about the data directory itself, such as which program's version wrote it last. */
export const facts = pgTable('facts', { name: text().primaryKey(), value: text().notNull() })
