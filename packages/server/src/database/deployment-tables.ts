import type { DeploymentStage } from '@overskill/protocol'
import type { z } from 'zod'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, json, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { Artifact } from '@overskill/builder'
import { apps } from './app-tables.ts'
import { at, createdAt } from './columns.ts'

/** Tables of builds and deployments. */

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

/** Artifacts that every process on this database can get, their files in `blobs`. Written where DATABASE_URL is set. */
export const artifacts = pgTable('artifacts', {
  hash: text().primaryKey(),
  artifact: json().$type<Artifact>().notNull(),
  createdAt: createdAt(),
})

/**
 * Written by deployments/: one pipeline per (app, environment), and while it builds, by the owner of its lease; `lease_token`
 * grows with each owner and fences every move.
 */
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
    stopAsked: boolean('stop_asked').notNull().default(false),
    leaseOwner: text('lease_owner'),
    leaseToken: integer('lease_token').notNull().default(0),
    leaseUntil: at('lease_until'),
    createdAt: createdAt(),
  },
  (table) => [
    index('deployments_app').on(table.app, table.environment, table.fence),
    index('deployments_open')
      .on(table.status)
      .where(sql`status in ('queued', 'building', 'uploading')`),
  ],
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
  (table) => [primaryKey({ columns: [table.app, table.environment] }), index('pointers_changed').on(table.changedAt)],
)
