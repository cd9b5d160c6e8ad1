import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@overskill/protocol'
import { Client, type ClientConfig, type Pool } from 'pg'
import type { Log } from '../log.ts'
import { ownerOf } from '../life/data-dir-owner.ts'
import { StartRefused } from '../life/start-refused.ts'
import type { Database } from './database.ts'
import { connectDatabase } from './connect-database.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrateDatabase } from './migrate.ts'
import { isStoreAway } from './store-away.ts'

/** `dataDir` names the lock: one server per data dir, wherever its database is. */
export type DatabaseSource = { dataDir: string; databaseUrl?: string }

export type OpenDatabase = {
  db: Database
  pool: Pool
  /** How another client reaches the same database. */
  connection: ClientConfig
  /** Closes the connections, then stops the embedded server, if there is one. */
  close: () => Promise<void>
}

/**
 * Few: a transaction is one or two round trips, and one that waits here costs nothing, while a server and a database that are given a
 * hundred at once have no processor left for the text that streams (decision 022). A transaction never needs a second connection.
 */
const poolSize = Math.max(4, 2 * availableParallelism())
const oldestMajor = 15

const closeLimitMs = 1_000
const lockClass = 6_837_545 // any number; the second one of the lock is the data dir's
const lockPatienceMs = 3_000 // the connections of a killed server take a moment to go

/**
 * Opens the control plane's Postgres with its tables up to date: the one at `databaseUrl`, or the embedded one of the data dir.
 * We are a plain user there; the embedded server's superuser is used only to make that user and its database.
 *
 * @throws StartRefused with one line when it cannot be reached or used.
 */
export async function openDatabase(source: DatabaseSource, log: Log): Promise<OpenDatabase> {
  const { dataDir, databaseUrl } = source
  if (databaseUrl !== undefined) return connect({ connectionString: databaseUrl }, dataDir, log, async () => {})
  const server = await startEmbeddedPostgres({ dataDir, log })
  try {
    const connection = { host: server.host, user: 'overskill', database: 'overskill' }
    await makeUserAndDatabase(server.host, 'overskill')
    return await connect(connection, dataDir, log, server.stop)
  } catch (error) {
    // One that was there before us may be another's, who is at work.
    if (!server.adopted) await server.stop()
    throw error
  }
}

async function connect(
  connection: ClientConfig,
  dataDir: string,
  log: Log,
  stop: () => Promise<void>,
): Promise<OpenDatabase> {
  const lock = await reach(connection, log)
  try {
    await takeLock(lock, await dataDirName(dataDir), dataDir)
    await prepare(lock)
  } catch (error) {
    await lock.end()
    throw error
  }
  const pooled = {
    ...{ ...connection, max: poolSize, idleTimeoutMillis: 30_000, application_name: 'overskill' },
    // A server that vanished: an idle connection notices by its keep-alive, one that was asked something would wait for minutes.
    ...{ connectionTimeoutMillis: 30_000, query_timeout: 30_000, keepAlive: true, keepAliveInitialDelayMillis: 5_000 },
  }
  const connected = connectDatabase(pooled, (error) => log.warn('A database connection was lost', { error }))
  const close = async (): Promise<void> => {
    const ended = Promise.allSettled([connected.close(), lock.end()])
    await Promise.race([ended, delay(closeLimitMs)]) // a connection that nobody gives back must not keep the server running
    await stop()
  }
  return { db: connected.db, pool: connected.pool, connection, close }
}

/**
 * A connection of its own, which holds the lock as long as we live. A database that is just starting, or was a moment ago, is
 * waited for, and that is said: the processes of a fleet start whenever they like.
 */
async function reach(connection: ClientConfig, log: Log): Promise<Client> {
  const began = Date.now()
  for (let isTold = false; ; isTold = true) {
    try {
      const client = new Client({ ...connection, connectionTimeoutMillis: 15_000, keepAlive: true })
      client.on('error', () => {}) // the pool's connections are lost with it, and say so
      await client.connect()
      return client
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException
      const reason = `The database does not answer: ${message || code}.`
      if (!isStoreAway(error) || Date.now() - began > patienceMs)
        throw new StartRefused(`${reason} Check DATABASE_URL.`, { cause: error })
      if (!isTold) log.warn(`${reason} It is tried again for ${patienceMs / 1000} s`)
      await delay(200)
    }
  }
}

const patienceMs = 30_000

/** A name for a data dir that no other has: those of two containers may lie at the same path. */
async function dataDirName(dataDir: string): Promise<string> {
  const file = join(dataDir, 'name')
  await writeFile(file, newId('req'), { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return readFile(file, 'utf8')
}

async function takeLock(client: Client, name: string, dataDir: string): Promise<void> {
  const deadline = Date.now() + lockPatienceMs
  for (;;) {
    const taken = await client.query<{ ok: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as ok', [
      lockClass,
      name,
    ])
    if (taken.rows[0]?.ok) return
    if (Date.now() > deadline) throw new StartRefused(await ownerOf(dataDir))
    await delay(100)
  }
}

/** Checks the server's age and brings its tables up to date. */
async function prepare(client: Client): Promise<void> {
  const version = await client.query<{ server_version_num: string }>('show server_version_num')
  const major = Math.floor(Number(version.rows[0]?.server_version_num) / 10_000)
  if (major < oldestMajor) {
    throw new StartRefused(`DATABASE_URL is PostgreSQL ${major}; OverSkill needs ${oldestMajor} or newer.`)
  }
  await migrateDatabase(client)
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
