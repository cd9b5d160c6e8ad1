import { expect, test } from 'vitest'
import { withTestDatabase } from './test-database.ts'

const { pool } = await withTestDatabase()

test('a test database is ours, migrated, and not a superuser connection', async () => {
  const user = await pool.query('select current_user as name, rolsuper from pg_roles where rolname = current_user')
  expect(user.rows).toEqual([{ name: 'overskill', rolsuper: false }])
  expect((await pool.query('select * from apps')).rows).toEqual([])
})
