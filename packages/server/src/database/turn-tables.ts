import type { Attachment, Cost, TurnDeployment, TurnError, Usage } from '@overskill/protocol'
import type { z } from 'zod'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { apps } from './app-tables.ts'
import { at, bytea, createdAt } from './columns.ts'

/** Tables of messages and turns. */

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
    handovers: integer().notNull().default(0), // how often an owner gave it back without having died: it ended in order, or the store was away
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
    history: json().$type<unknown[]>(), // the whole conversation from here on, where this step made it shorter
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
