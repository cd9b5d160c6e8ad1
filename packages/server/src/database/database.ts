import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type * as schema from './schema.ts'

type OnPool = NodePgDatabase<typeof schema>

/** The control plane's Postgres, with its schema. */
export type Database = OnPool & {
  /** The same by a connection of its own, for what must not queue behind everything else. One transaction at a time. */
  express: OnPool
}
