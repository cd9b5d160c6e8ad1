import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { apps, spending, turns } from './schema.ts'
import { withTestDatabase } from './test-database.ts'

test('turns that are older than the ledger are in it once, with what they used and cost', async () => {
  const { db } = await withTestDatabase()
  await db.insert(apps).values({ id: 'old123', name: 'Old', slug: 'old', model: 'sample/builder' })
  const usage = { inputTokens: 5, outputTokens: 7, cacheReadTokens: 1, cacheWriteTokens: 2 }
  const turn = { app: 'old123', message: 'm', reply: 'r', status: 'completed', mode: 'build', model: 'x/y' } as const
  const endedAt = new Date('2026-10-03T00:00:00Z')
  await db.insert(turns).values([
    { ...turn, id: 'paid', position: 1, steps: 3, usage: { ...usage, incomplete: true }, cost: { usd: 0.25 }, endedAt },
    { ...turn, id: 'unknown', position: 2, steps: 1, usage, cost: { usd: null, reason: 'price unknown' }, endedAt },
    { ...turn, id: 'never', position: 3, steps: 0, usage, cost: { usd: 0 }, endedAt },
  ])
  const migration = await readFile(join(import.meta.dirname, 'migrations/0001_spending.sql'), 'utf8')
  await db.execute(sql.raw(must(migration.split('--> statement-breakpoint').at(-1), 'The last statement')))

  const rows = await db.select().from(spending).orderBy(spending.turn)
  expect(rows).toMatchObject([
    { turn: 'paid', requests: 3, inputTokens: 5, outputTokens: 7, incomplete: true, usd: 0.25, at: endedAt },
    { turn: 'unknown', requests: 1, incomplete: false, usd: null, reason: 'price unknown' },
  ])
})
