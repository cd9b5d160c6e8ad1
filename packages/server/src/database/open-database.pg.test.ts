import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, expect, test } from 'vitest'
import { createLog, silentLog } from '../log.ts'
import { migrateDatabase } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { withTestDatabase } from './test-database.ts'

const { pool, connection } = await withTestDatabase()
const dataDir = await mkdtemp(join(tmpdir(), 'overskill-data-'))
const otherDir = await mkdtemp(join(tmpdir(), 'overskill-data-'))
afterAll(() => Promise.all([dataDir, otherDir].map((dir) => rm(dir, { recursive: true, force: true }))))

const databaseUrl = `postgres://overskill@localhost/${connection.database}?host=${encodeURIComponent(connection.host ?? '')}`

test('a database by address is opened, migrated, and left running when it is closed', async () => {
  const opened = await openDatabase({ dataDir, databaseUrl }, silentLog)
  expect((await opened.pool.query('select 7 as seven')).rows).toEqual([{ seven: 7 }])
  await opened.close()
  expect((await pool.query('select 7 as seven')).rows).toEqual([{ seven: 7 }])
})

test('AD2: the lock lets one server work on a data dir; when that one closes, the next may', async () => {
  const first = await openDatabase({ dataDir, databaseUrl }, silentLog)
  await expect(openDatabase({ dataDir, databaseUrl }, silentLog)).rejects.toThrow(/^Another OverSkill works on [^\n]*$/)
  const elsewhere = await openDatabase({ dataDir: otherDir, databaseUrl }, silentLog)
  await elsewhere.close()
  await first.close()
  await (await openDatabase({ dataDir, databaseUrl }, silentLog)).close()
})

test('a database that does not exist is one line', async () => {
  const nowhere = databaseUrl.replace(connection.database ?? '', 'none')
  await expect(openDatabase({ dataDir, databaseUrl: nowhere }, silentLog)).rejects.toThrow(
    /^The database does not answer: [^\n]*"none"[^\n]*Check DATABASE_URL\.$/,
  )
})

test('a database that starts later than we is waited for, and that is said once', async () => {
  const said: string[] = []
  const log = createLog('warn', [({ message }) => said.push(message)])
  const folder = await mkdtemp(join(tmpdir(), 'overskill-later-'))
  const way = createServer((client) => {
    const there = connect(join(connection.host ?? '', '.s.PGSQL.5432'))
    void pipeline(client, there, client).catch(() => {}) // either end may go first
  })
  const later = databaseUrl.replace(encodeURIComponent(connection.host ?? ''), encodeURIComponent(folder))
  const opening = openDatabase({ dataDir, databaseUrl: later }, log)
  await expect.poll(() => said).toEqual([expect.stringMatching(/^The database does not answer: .* for 30 s$/)])
  way.listen(join(folder, '.s.PGSQL.5432'))
  const opened = await opening
  expect((await opened.pool.query('select 7 as seven')).rows).toEqual([{ seven: 7 }])
  await opened.close()
  way.close()
  await rm(folder, { recursive: true, force: true })
  expect(said).toHaveLength(1)
})

test('an open database survives the loss of all its connections', async () => {
  const opened = await openDatabase({ dataDir, databaseUrl }, silentLog)
  await opened.pool.query('select 1')
  await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'overskill'`)
  await expect
    .poll(() =>
      opened.pool.query('select 7 as seven').then(
        ({ rows }) => rows,
        () => 'away',
      ),
    )
    .toEqual([{ seven: 7 }])
  await opened.close()
})

test('AD2: data of a newer program is refused with one line, and nothing is changed', async () => {
  const client = await pool.connect()
  await client.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`)
  await expect(migrateDatabase(client)).rejects.toThrow(/^The data was written by a newer OverSkill[^\n]*$/)
  await client.query(`delete from drizzle.__drizzle_migrations where hash = 'later'`)
  await migrateDatabase(client)
  client.release()
})
