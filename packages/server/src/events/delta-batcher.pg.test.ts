import { expect, test } from 'vitest'
import { newId, type AppEvent } from '@overskill/protocol'
import { withTestDatabase } from '../database/test-database.ts'
import { silentLog } from '../log.ts'
import { createDeltaBatcher, type Delta } from './delta-batcher.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { insertTestApp } from './test-app.ts'

const { db } = await withTestDatabase()
const message = newId('msg')
const delta = (offset: number, text: string, block = 0): Delta => ({ type: 'text.delta', message, block, offset, text })
const notice = { type: 'notice.added', message, block: 9, level: 'info', code: 'test', text: 'here' } as const

const shape = (events: AppEvent[]) =>
  events.map((event) => (event.type === 'text.delta' ? `${event.block}@${event.offset}:${event.text}` : event.type))

test('E-C2: deltas of one text are joined, of two blocks they are not', async () => {
  const log = createEventLog(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  const app = await insertTestApp(db)
  batcher.add(app, delta(0, 'one '))
  batcher.add(app, delta(4, 'two '))
  batcher.add(app, delta(0, 'x', 1))
  batcher.add(app, delta(1, 'y', 1))
  await batcher.flush(app)
  expect(shape(await log.list(app, 0, 10))).toEqual(['0@0:one two ', '1@0:xy'])
})

test('E-C1: the first delta of a block is stored without being asked for, later ones follow', async () => {
  const log = createEventLog(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  const app = await insertTestApp(db)
  const seen: AppEvent[] = []
  batcher.add(app, delta(0, 'first'))
  for await (const event of log.read(app, 0, AbortSignal.timeout(5_000))) {
    seen.push(event)
    if (seen.length === 1) batcher.add(app, delta(5, ' second'))
    if (seen.length === 2) break
  }
  expect(shape(seen)).toEqual(['0@0:first', '0@5: second'])
})

test('E-C3: a durable write carries the deltas that wait, before its own events, and returns only its own', async () => {
  const log = createEventLog(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  const app = await insertTestApp(db)
  batcher.add(app, delta(0, 'text'))
  const own = await batcher.write(app, (write) => write.append(app, [notice]))
  expect(own.map((event) => event.seq)).toEqual([2])
  expect(shape(await log.list(app, 0, 10))).toEqual(['0@0:text', 'notice.added'])
})

test('E-C4: a durable write that fails stores nothing; the deltas wait for the next one', async () => {
  const log = createEventLog(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  const app = await insertTestApp(db)
  batcher.add(app, delta(0, 'text'))
  const lost = batcher.write(app, async (write) => {
    await write.append(app, [notice])
    throw new Error('no')
  })
  await expect(lost).rejects.toThrow('no')
  batcher.add(app, delta(4, ' more'))
  await batcher.write(app, (write) => write.append(app, [notice]))
  const texts = shape(await log.list(app, 0, 10))
  expect(texts.at(-1)).toBe('notice.added')
  expect(texts.join('')).toContain('text')
  expect(texts.join('')).toContain(' more')
})

test('E-C3: text streamed while durable writes come keeps its order and loses nothing', async () => {
  const log = createEventLog(db)
  const batcher = createDeltaBatcher({ log, serverLog: silentLog })
  const app = await insertTestApp(db)
  let offset = 0
  const writes: Promise<unknown>[] = []
  for (let i = 0; i < 300; i += 1) {
    batcher.add(app, delta(offset, `${i},`))
    offset += `${i},`.length
    if (i % 9 === 0) writes.push(batcher.write(app, (write) => write.append(app, [notice])))
    if (i % 5 === 0) await new Promise(setImmediate)
  }
  await Promise.all(writes)
  await batcher.close()
  let text = ''
  for (const event of await log.list(app, 0, 1_000)) {
    if (event.type !== 'text.delta') continue
    expect(event.offset).toBe(text.length)
    text += event.text
  }
  expect(text).toBe(Array.from({ length: 300 }, (_, i) => `${i},`).join(''))
})

test('E-C5, L6: deltas of an app whose turn is no longer ours are not stored; those of others are', async () => {
  const log = createEventLog(db)
  const [ours, lost] = [await insertTestApp(db), await insertTestApp(db)]
  const fence = { text: 'select app from unnest($1::text[]) as app where app <> $8', params: [lost] }
  const batcher = createDeltaBatcher({ log, serverLog: silentLog, fence })
  batcher.add(ours, delta(0, 'ours'))
  batcher.add(lost, delta(0, 'lost'))
  await Promise.all([batcher.flush(ours), batcher.flush(lost)])
  expect(shape(await log.list(ours, 0, 10))).toEqual(['0@0:ours'])
  expect(await log.list(lost, 0, 10)).toEqual([])
})

test('E-C6: a flush that fails holds up nobody, and its text is stored once the store is back, before what came meanwhile', async () => {
  const log = createEventLog(db)
  let isAway = true
  const failed = Promise.withResolvers<void>()
  const appendGrowing: EventLog['appendGrowing'] = async (...asked) => {
    if (!isAway) return log.appendGrowing(...asked)
    failed.resolve()
    throw new Error('away')
  }
  const batcher = createDeltaBatcher({
    log: { ...log, write: (work) => log.write(work), appendGrowing },
    serverLog: silentLog,
  })
  const app = await insertTestApp(db)
  batcher.add(app, delta(0, 'before '))
  await failed.promise
  batcher.add(app, delta(7, 'meanwhile'))
  isAway = false
  await batcher.flush(app) // asked while the failed one pauses: the timer of the pause must still fire
  expect(shape(await log.list(app, 0, 10))).toEqual(['0@0:before ', '0@7:meanwhile'])
})
