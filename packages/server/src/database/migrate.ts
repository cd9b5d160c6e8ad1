import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { Client, ClientBase } from 'pg'
import { StartRefused } from '../life/start-refused.ts'

const migrationsFolder = join(import.meta.dirname, 'migrations')
const migrationLock = 7_355_608 // any number, the same in every OverSkill

/**
 * Brings the tables up to date, one server at a time.
 *
 * @throws StartRefused when the data was written by a newer program: its migrations are more than ours.
 */
export async function migrateDatabase(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [migrationLock])
  try {
    const ours = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis))
    const theirs = await lastApplied(client)
    if (theirs > ours) {
      throw new StartRefused(
        'The data was written by a newer OverSkill. Start that one, or choose another OVERSKILL_DATA_DIR.',
      )
    }
    if (theirs < ours) await migrate(drizzle(client as Client), { migrationsFolder })
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock])
  }
}

/** When the newest applied migration was made (its place in the order), 0 for a new database. */
async function lastApplied(client: ClientBase): Promise<number> {
  const table = await client.query<{ found: boolean }>(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  )
  if (!table.rows[0]?.found) return 0
  const last = await client.query<{ at: string | null }>(
    'select max(created_at) as at from drizzle.__drizzle_migrations',
  )
  return Number(last.rows[0]?.at ?? 0)
}
