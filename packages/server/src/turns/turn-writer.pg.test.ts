import { newId } from '@overskill/protocol'
import { expect, test } from 'vitest'
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
  return { app, writer: createTurnWriter({ app, turn: id, token }, batcher) }
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
