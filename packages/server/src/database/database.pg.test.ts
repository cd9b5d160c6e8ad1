import type { Socket } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import { newId } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { blobs, messages } from './schema.ts'
import { connectDatabase } from './connect-database.ts'
import { withTestDatabase } from './test-database.ts'

const { db, pool, connection } = await withTestDatabase()

test('a test database is ours, migrated, and not a superuser connection', async () => {
  const user = await pool.query('select current_user as name, rolsuper from pg_roles where rolname = current_user')
  expect(user.rows).toEqual([{ name: 'overskill', rolsuper: false }])
  expect((await pool.query('select * from apps')).rows).toEqual([])
})

test('a connection that is lost before its transaction begins is given back, and the next transaction works', async () => {
  pool.once('acquire', (client) => {
    const { connection } = client as unknown as { connection: { stream: Socket } }
    connection.stream.destroy()
  })
  await expect(db.transaction((transaction) => transaction.execute(sql`select 1`))).rejects.toThrow()
  expect(pool.totalCount - pool.idleCount).toBe(0)
  const { rows } = await db.transaction((transaction) => transaction.execute(sql`select 7 as seven`))
  expect(rows).toEqual([{ seven: 7 }])
})

test('statements of a transaction that do not wait for each other run in their order, of whatever kind they are', async () => {
  const hash = newId('req')
  const content = Buffer.from('one')
  const seen = await db.transaction(async (transaction) => {
    const isIt = eq(blobs.hash, hash)
    const [before, , after, moved, raw] = await Promise.all([
      transaction.select().from(blobs).where(isIt),
      transaction.insert(blobs).values({ hash, content, bytes: 3 }),
      transaction.select().from(blobs).where(isIt),
      transaction.update(blobs).set({ bytes: 4 }).where(isIt).returning(),
      transaction.execute<{ bytes: number }>(sql`select bytes from ${blobs} where hash = ${hash}`),
    ])
    return [before.length, after.length, moved[0]?.bytes, raw.rows[0]?.bytes]
  })
  expect(seen).toEqual([0, 1, 4, 4])
})

test('a statement that fails takes with it what was sent behind it, though nobody waited', async () => {
  const hash = newId('req')
  const content = Buffer.from('two')
  const told = db.transaction(async (transaction) => {
    const failing = transaction.insert(messages).values({ id: 'm', app: 'none', turn: 'none', text: '' })
    await Promise.all([failing, transaction.insert(blobs).values({ hash, content, bytes: 3 }).onConflictDoNothing()])
  })
  await expect(told).rejects.toMatchObject({ cause: { code: '23503' } })
  expect(await db.select().from(blobs).where(eq(blobs.hash, hash))).toEqual([])
  expect(pool.totalCount - pool.idleCount).toBe(0)
  await db.insert(blobs).values({ hash, content, bytes: 3 }).onConflictDoNothing() // the refused statement is one that works
  expect(await db.select({ hash: blobs.hash }).from(blobs).where(eq(blobs.hash, hash))).toEqual([{ hash }])
})

test('a statement that is not answered in time fails, with what waits behind it, and the next one has another connection', async () => {
  const hasty = connectDatabase({ ...connection, max: 1, query_timeout: 300 }, () => {})
  const late = hasty.db.transaction((transaction) =>
    Promise.all([transaction.execute(sql`select pg_sleep(60)`), transaction.execute(sql`select 1`)]),
  )
  await expect(late).rejects.toThrow()
  expect((await hasty.db.execute(sql`select 7 as seven`)).rows).toEqual([{ seven: 7 }])
  await hasty.close()
})
