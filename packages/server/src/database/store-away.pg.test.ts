import { sql } from 'drizzle-orm'
import { Client, Pool } from 'pg'
import { expect, test } from 'vitest'
import { LeaseLost } from '../turns/turn-writer.ts'
import { connectDatabase } from './connect-database.ts'
import { isStoreAway } from './store-away.ts'
import { withTestDatabase } from './test-database.ts'

const { db, connection } = await withTestDatabase()

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const stateOf = (state: string) =>
  errorOf(db.execute(sql.raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`)))

test('a full, starting, stopping or unreachable database is away', async () => {
  for (const state of ['53100', '53300', '57P01', '57P03', '08006'])
    expect(isStoreAway(await stateOf(state)), state).toBe(true)
  const nobody = [new Client({ host: '127.0.0.1', port: 9 }), new Client({ host: '/nowhere' })]
  for (const client of nobody) expect(isStoreAway(await errorOf(client.connect()))).toBe(true)
})

test('a database is away whose connection ends under a statement, and one that lends no connection in time', async () => {
  const lost = db.transaction((inner) => inner.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
  expect(isStoreAway(await errorOf(lost))).toBe(true)
  const small = new Pool({ ...connection, max: 1 })
  const lent = await small.connect()
  small.options.connectionTimeoutMillis = 20
  expect(isStoreAway(await errorOf(small.connect()))).toBe(true)
  lent.release()
  await small.end()
})

test('a database that has not answered a statement in time is away', async () => {
  const hasty = connectDatabase({ ...connection, max: 1, query_timeout: 200 }, () => {})
  const late = hasty.db.transaction((inner) => inner.execute(sql`select pg_sleep(60)`))
  expect(isStoreAway(await errorOf(late))).toBe(true)
  await hasty.close()
})

test('a statement that is wrong, a lease that is lost and a mistake of ours say nothing of the store', async () => {
  for (const state of ['23505', '22012', '40P01', '57014']) expect(isStoreAway(await stateOf(state)), state).toBe(false)
  const missing = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })
  for (const error of [new LeaseLost('turn_1'), new TypeError('no'), missing, 'words', undefined])
    expect(isStoreAway(error)).toBe(false)
})
