import { newId, type NewAppEvent } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { lockApp } from './lock-app.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)
const event: NewAppEvent = { type: 'step.started', turn: newId('turn'), step: 1, model: 'a/b' }

test('an event is appended while somebody else holds the app, so that neither waits for the other', async () => {
  const app = await insertTestApp(db)
  await log.write(async (write) => {
    await lockApp(write, app)
    await log.write(async (other) => {
      await other.sql.execute(sql`set local lock_timeout = '2s'`)
      await other.append(app, [event])
    })
    await write.append(app, [event])
  })
  expect((await log.list(app, 0, 10)).map(({ seq }) => seq)).toEqual([1, 2])
})

test('two who hold the app come one after another', async () => {
  const app = await insertTestApp(db)
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const one = log.write(async (write) => {
    await lockApp(write, app)
    order.push('first holds')
    first.resolve()
    await waitUntilBlocked()
    order.push('first ends')
  })
  await first.promise
  const two = log.write(async (write) => {
    await lockApp(write, app)
    order.push('second holds')
  })
  await Promise.all([one, two])
  expect(order).toEqual(['first holds', 'first ends', 'second holds'])
})

/** Settles when a transaction of this database waits for a lock. */
async function waitUntilBlocked(): Promise<void> {
  const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await db.execute(waiting)).rowCount, { timeout: 5_000 }).toBe(1)
}
