import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool, type ClientConfig } from 'pg'
import type { Log } from '../log.ts'
import { StartRefused } from '../life/start-refused.ts'
import type { Database } from './database.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrateDatabase } from './migrate.ts'
import * as schema from './schema.ts'

export type DatabaseSource = { databaseUrl: string } | { embedded: { dataDir: string } }

export type OpenDatabase = {
  db: Database
  pool: Pool
  /** How another client reaches the same database. */
  connection: ClientConfig
  /** Closes the connections, then stops the embedded server, if there is one. */
  close(): Promise<void>
}

const poolSize = 12
const oldestMajor = 15

/**
 * Opens the control plane's Postgres with its tables up to date: the one at `databaseUrl`, or the embedded one of a data dir.
 * We are a plain user there; the embedded server's superuser is used only to make that user and its database.
 *
 * @throws StartRefused with one line when it cannot be reached or used.
 */
export async function openDatabase(source: DatabaseSource, log: Log): Promise<OpenDatabase> {
  if ('databaseUrl' in source) return connect({ connectionString: source.databaseUrl }, log, async () => {})
  const server = await startEmbeddedPostgres({ dataDir: source.embedded.dataDir, log })
  try {
    const connection = { host: server.host, user: 'overskill', database: 'overskill' }
    await makeUserAndDatabase(server.host, 'overskill')
    return await connect(connection, log, server.stop)
  } catch (error) {
    // One that was there before us is somebody else's, as far as we know.
    if (!server.adopted) await server.stop()
    throw error
  }
}

async function connect(connection: ClientConfig, log: Log, stop: () => Promise<void>): Promise<OpenDatabase> {
  await prepare(connection)
  const pool = new Pool({ ...connection, max: poolSize, idleTimeoutMillis: 30_000, application_name: 'overskill' })
  // Without a listener, an idle connection that is lost would end the process.
  pool.on('error', (error) => log.warn('A database connection was lost', { error }))
  const close = async (): Promise<void> => {
    await pool.end()
    await stop()
  }
  return { db: drizzle(pool, { schema }), pool, connection, close }
}

/** Checks the server's age and brings its tables up to date, on a connection of its own. */
async function prepare(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 15_000 })
  client.on('error', () => {}) // the statement under way fails too, and says why
  try {
    await client.connect()
  } catch (error) {
    const reason =
      error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error)
    throw new StartRefused(`The database does not answer: ${reason}. Check DATABASE_URL.`, { cause: error })
  }
  try {
    const version = await client.query<{ server_version_num: string }>('show server_version_num')
    const major = Math.floor(Number(version.rows[0]?.server_version_num) / 10_000)
    if (major < oldestMajor) {
      throw new StartRefused(`DATABASE_URL is PostgreSQL ${major}; OverSkill needs ${oldestMajor} or newer.`)
    }
    await migrateDatabase(client)
  } finally {
    await client.end()
  }
}

/** On the embedded server, as its superuser: our user, who is none, and the database that belongs to him. */
export async function makeUserAndDatabase(host: string, database: string): Promise<void> {
  const client = new Client({ host, user: 'postgres', database: 'postgres' })
  await client.connect()
  try {
    const duplicate = (error: { code?: string }): void => {
      if (error.code !== '42710' && error.code !== '42P04' && error.code !== '23505') throw error
    }
    const user = await client.query(`select 1 from pg_roles where rolname = 'overskill'`)
    if (!user.rowCount) await client.query('create role overskill login').catch(duplicate)
    const made = await client.query('select 1 from pg_database where datname = $1', [database])
    if (!made.rowCount) await client.query(`create database "${database}" owner overskill`).catch(duplicate)
  } finally {
    await client.end()
  }
}
