import type { Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { withTestDatabase } from './test-database.ts'

const { db, pool } = await withTestDatabase()

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
