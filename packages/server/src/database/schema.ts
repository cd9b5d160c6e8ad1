import type {
  Attachment,
  Cost,
  DeploymentStage,
  NewAppEvent,
  TurnDeployment,
  TurnError,
  Usage,
} from '@overskill/protocol'
import type { z } from 'zod'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

/** The control plane's tables. Times are UTC; hashes are sha-256 in hex; every state has the writer that its comment names. */

const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
})
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const createdAt = () => at('created_at').notNull().defaultNow()

/** Written by conversation/apps.ts; `status` by what turns, versions and builds say. */
export const apps = pgTable('apps', {
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
})

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

/** What people wrote; what the model wrote is in `steps` and the log. `position` orders the queue of waiting ones. */
export const messages = pgTable(
  'messages',
  {
    id: text().primaryKey(),
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    turn: text().notNull(),
    text: text().notNull(),
    attachments: jsonb().$type<z.infer<typeof Attachment>[]>().notNull().default([]),
    removed: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [index('messages_app').on(table.app)],
)

/**
 * A turn: one answer to one message. Written by the owner of its lease; `lease_token` grows with each claim and fences every
 * write. At most one runs per app: the store says so (L11).
 */
export const turns = pgTable(
  'turns',
  {
    id: text().primaryKey(),
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    message: text().notNull(), // the person's
    reply: text().notNull(), // the assistant message's id
    status: text({ enum: ['queued', 'running', 'completed', 'failed', 'stopped'] }).notNull(),
    mode: text({ enum: ['build', 'plan', 'chat'] }).notNull(),
    model: text().notNull(),
    position: bigint({ mode: 'number' }).notNull(), // order in the queue
    steps: integer().notNull().default(0),
    opening: json().$type<unknown[]>(), // the history entries that begin it, as the model got them; null until it starts
    usage: jsonb().$type<Usage>().notNull(),
    cost: jsonb().$type<Cost>().notNull(),
    version: integer(),
    deployment: jsonb().$type<TurnDeployment>(),
    error: jsonb().$type<TurnError>(),
    phase: text({ enum: ['model', 'version', 'deploy'] })
      .notNull()
      .default('model'), // where a resumed turn goes on
    ending: text({ enum: ['completed', 'failed', 'stopped'] }), // how the model part ended, known before the turn does
    stopAsked: boolean('stop_asked').notNull().default(false),
    leaseOwner: text('lease_owner'),
    leaseToken: integer('lease_token').notNull().default(0),
    leaseUntil: at('lease_until'),
    progressAt: at('progress_at').notNull().defaultNow(),
    deadline: at('deadline'),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    endedAt: at('ended_at'),
  },
  (table) => [
    uniqueIndex('turns_one_running')
      .on(table.app)
      .where(sql`status = 'running'`),
    index('turns_app').on(table.app, table.position),
    index('turns_open')
      .on(table.status)
      .where(sql`status in ('queued', 'running')`),
  ],
)

/** One request to the model and its reply, block by block as it was received (L14, L18). Written by the turn's owner. */
export const steps = pgTable(
  'steps',
  {
    turn: text()
      .notNull()
      .references(() => turns.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    request: bytea().notNull(), // deflated JSON of the exact body
    stop: text(), // null until the step is over
    after: json().$type<unknown>(), // what the loop itself then said to the model
    taken: boolean().notNull().default(true), // false: a refusal took it back, the model never sees it again
    usage: jsonb().$type<unknown>(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.turn, table.step] })],
)

/** A complete block of a reply, in the provider's order. `raw` is the JSON text to send back unchanged. */
export const blocks = pgTable(
  'blocks',
  {
    turn: text()
      .notNull()
      .references(() => turns.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    index: integer().notNull(),
    raw: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.turn, table.step, table.index] })],
)

/** A tool call: its own row (L2); identity is (turn, step, position), a second start is refused (L5). */
export const toolExecutions = pgTable(
  'tool_executions',
  {
    turn: text()
      .notNull()
      .references(() => turns.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    position: integer().notNull(),
    call: text().notNull().unique(),
    providerId: text('provider_id').notNull(),
    index: integer().notNull(), // of its block in the reply
    block: integer().notNull(), // of the assistant message
    name: text().notNull(),
    inputText: text('input_text').notNull(),
    effect: text({ enum: ['transactional', 'external'] }).notNull(),
    status: text({ enum: ['pending', 'queued', 'running', 'complete', 'error', 'timeout', 'cancelled'] }).notNull(),
    leaseToken: integer('lease_token').notNull(),
    result: text(),
    errorCode: text('error_code'),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.turn, table.step, table.position] })],
)

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

/** What a tree built to: an artifact that exists is never built again. `recipe` names builder version and dependency set. */
export const builds = pgTable(
  'builds',
  {
    tree: text().notNull(),
    recipe: text().notNull(),
    artifact: text().notNull(),
    bytes: integer().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.tree, table.recipe] })],
)

/** Written by deployments/: one pipeline per (app, environment). */
export const deployments = pgTable(
  'deployments',
  {
    id: text().primaryKey(),
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    environment: text({ enum: ['preview', 'production'] }).notNull(),
    version: integer().notNull(),
    turn: text(),
    artifact: text(),
    bytes: integer(),
    url: text().notNull(),
    status: text({ enum: ['queued', 'building', 'uploading', 'live', 'superseded', 'removed', 'failed'] }).notNull(),
    stages: jsonb().$type<z.infer<typeof DeploymentStage>[]>().notNull().default([]),
    error: text(),
    fence: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(), // larger = asked later (L28)
    createdAt: createdAt(),
  },
  (table) => [index('deployments_app').on(table.app, table.environment, table.fence)],
)

/** Which deployment an address shows. Changed only with a larger fence. */
export const pointers = pgTable(
  'pointers',
  {
    app: text()
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    environment: text({ enum: ['preview', 'production'] }).notNull(),
    deployment: text(), // null: removed
    artifact: text(),
    fence: bigint({ mode: 'number' }).notNull(),
    changedAt: at('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.app, table.environment] })],
)

/** Answers to mutations with an `Idempotency-Key`, kept 24 h. `status` null: the first one still runs. */
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
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.person, table.method, table.path, table.key] })],
)

/** Facts about the data directory itself, such as which program's version wrote it last. */
export const facts = pgTable('facts', { name: text().primaryKey(), value: text().notNull() })
