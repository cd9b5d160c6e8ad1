import { newId } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { lockApp } from '../apps/lock-app.ts'
import { turns } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createDeltaBatcher } from '../events/delta-batcher.ts'
import { createEventLog } from '../events/event-log.ts'
import { silentLog } from '../log.ts'
import { insertTestTurn } from './test-turn.ts'
import { createTurnWriter, LeaseLost } from './turn-writer.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)
const message = newId('msg')
const notice = (text: string) =>
  ({ type: 'notice.added', message, block: 9, level: 'info', code: 'test', text }) as const

/** The writer of a turn that runs. */
async function openWriter(token = 1) {
  const { id, app } = await insertTestTurn(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  return { app, id, writer: createTurnWriter({ app, turn: id, token }, batcher) }
}

test('E-C2, E-C3: text that comes in while facts are stored is one piece, and stands where it came', async () => {
  const { app, writer } = await openWriter()
  const type = 'text.delta' as const
  const first = writer.store(() => [notice('first')])
  writer.delta({ type, message, block: 0, offset: 0, text: 'one ' })
  writer.delta({ type, message, block: 0, offset: 4, text: 'two ' })
  const second = writer.store(() => [notice('second')])
  writer.delta({ type, message, block: 0, offset: 8, text: 'three ' })
  writer.delta({ type, message, block: 0, offset: 14, text: 'four' })
  await Promise.all([first, second, writer.store(() => [notice('third')])])
  const told = (await log.list(app, 0, 10)).map((event) => 'text' in event && event.text)
  expect(told).toEqual(['first', 'one two ', 'second', 'three four', 'third'])
})

test('L6: what a writer with an old lease stores comes to nothing, facts and text alike', async () => {
  const { app, writer } = await openWriter(0)
  const stored = writer.store(() => [notice('mine')])
  writer.delta({ type: 'text.delta', message, block: 0, offset: 0, text: 'late' })
  await expect(stored).rejects.toBeInstanceOf(LeaseLost)
  await expect(writer.store(() => [notice('again')])).rejects.toBeInstanceOf(LeaseLost)
  expect(await log.list(app, 0, 10)).toEqual([])
})

test('L11: a fact that changes the app holds the app before its turn, as everybody does: neither waits for the other', async () => {
  const { app, id, writer } = await openWriter()
  const { stored } = await log.write(async (write) => {
    await lockApp(write, app)
    const storing = writer.store(() => [notice('mine')], { holdApp: true })
    const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await db.execute(waits)).rowCount, { timeout: 5_000 }).toBe(1)
    await write.sql.update(turns).set({ stopAsked: true }).where(eq(turns.id, id))
    return { stored: storing }
  })
  await stored
  expect((await log.list(app, 0, 10)).map(({ type }) => type)).toEqual(['notice.added'])
})
