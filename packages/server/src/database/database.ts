import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type * as schema from './schema.ts'

/** The control plane's Postgres, with its schema. */
export type Database = NodePgDatabase<typeof schema>
