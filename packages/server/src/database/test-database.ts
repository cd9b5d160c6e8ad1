import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type ClientConfig } from 'pg'
import { afterAll } from 'vitest'
import { silentLog } from '../log.ts'
import { connectDatabase } from './connect-database.ts'
import type { OpenDatabase } from './open-database.ts'
import { makeUserAndDatabase } from './open-database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
import { migrateDatabase } from './migrate.ts'
import { testPostgresVariable } from './test-database-setup.ts'

/**
 * A fresh database with our tables, for one test file; dropped after its tests. The server is real and shared by the whole
 * run (by this file alone where no global set-up ran); a database is a copy of a migrated one, made in some 100 ms.
 *
 * @example const { db, pool } = await withTestDatabase()
 */
export async function withTestDatabase(): Promise<OpenDatabase> {
  const server = await startTestServer()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asSuperuser(server.host, async (client) => {
    await client.query('select pg_advisory_lock(1)') // one makes the template, the others wait
    await makeTemplate(client, server.host)
    await client.query(`create database ${name} template ${template} owner overskill`)
  })
  const connection: ClientConfig = { host: server.host, user: 'overskill', database: name }
  const connected = connectDatabase({ ...connection, max: 4 }, () => {}) // the server may end before the last idle connection does
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await connected.close()
    await asSuperuser(server.host, (client) => client.query(`drop database if exists ${name} with (force)`))
    await server.release()
  }
  const opened = { db: connected.db, pool: connected.pool, connection, close: () => (closed ??= close()) }
  afterAll(opened.close)
  return opened
}

const template = 'overskill_template'

async function makeTemplate(client: Client, host: string): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [template])
  if (found.rowCount) return
  await client.query(`drop database if exists ${template}`)
  await makeUserAndDatabase(host, template)
  const inside = new Client({ host, user: 'overskill', database: template })
  await inside.connect()
  await migrateDatabase(inside)
  await inside.end()
  await client.query(`alter database ${template} is_template true`)
}

async function asSuperuser(host: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ host, user: 'postgres', database: 'postgres' })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function startTestServer(): Promise<EmbeddedPostgres & { release(): Promise<void> }> {
  const shared = process.env[testPostgresVariable]
  const dataDir = shared ?? (await mkdtemp(join(tmpdir(), 'overskill-test-')))
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, unsafe: true })
  const release = async (): Promise<void> => {
    if (shared) return
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...server, release }
}
