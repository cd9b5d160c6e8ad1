import { sql } from 'drizzle-orm'
import { bigint, boolean, check, doublePrecision, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** Tables of what models were paid, and of what they may be. */

const tokens = (name: string) => bigint(name, { mode: 'number' }).notNull()

/**
 * One row for each request to a model that has ended; only ever added to. It refers to nothing, so that what was spent stays
 * when an app is gone. `usd` null: the price is not known.
 */
export const spending = pgTable(
  'spending',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    app: text().notNull(),
    turn: text().notNull(),
    step: integer().notNull(),
    model: text().notNull(),
    requests: integer().notNull().default(1), // more than one only for turns that are older than this table
    inputTokens: tokens('input_tokens'),
    outputTokens: tokens('output_tokens'),
    cacheReadTokens: tokens('cache_read_tokens'),
    cacheWriteTokens: tokens('cache_write_tokens'),
    incomplete: boolean().notNull().default(false), // each count is "at least"
    usd: doublePrecision(),
    reason: text(),
    at: at('at').notNull().defaultNow(),
  },
  (table) => [index('spending_at').on(table.at), index('spending_app').on(table.app, table.turn)],
)

/** The caps of this server: one row, or none as long as nobody has set any. */
export const limits = pgTable(
  'limits',
  {
    id: integer().primaryKey().default(1),
    turnUsd: doublePrecision('turn_usd'),
    turnTokens: bigint('turn_tokens', { mode: 'number' }),
    monthUsd: doublePrecision('month_usd'),
  },
  (table) => [check('limits_one', sql`${table.id} = 1`)],
)
