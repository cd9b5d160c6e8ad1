import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { newId, type AppEvent, type NewAppEvent } from '@overskill/protocol'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { insertTestApp } from './test-app.ts'

const { db, pool } = await withTestDatabase()

const step = (step: number): NewAppEvent => ({ type: 'step.started', turn: newId('turn'), step, model: 'a/b' })
const append = (log: EventLog, app: string, events: NewAppEvent[]) => log.write((write) => write.append(app, events))

/** Reads until `count` events came. */
async function readSome(log: EventLog, app: string, after: number, count: number): Promise<AppEvent[]> {
  const stop = new AbortController()
  const seen: AppEvent[] = []
  if (count === 0) return seen
  for await (const event of log.read(app, after, stop.signal)) {
    seen.push(event)
    if (seen.length === count) break
  }
  return seen
}

test('E-A1: events of one app are numbered from 1 without gaps, whoever writes at once', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; i < 20; i += 1) await append(log, app, [step(writer), step(i)])
  })
  await Promise.all(writers)
  const stored = await log.list(app, 0, 1_000)
  expect(stored.map((event) => event.seq)).toEqual(Array.from({ length: 320 }, (_, i) => i + 1))
})

test('E-A1, E-A3: apps that are appended to at once each keep their own numbers, whoever else writes to some of them', async () => {
  const log = createEventLog(db)
  const apps = await Promise.all(Array.from({ length: 3 }, () => insertTestApp(db)))
  const [first = '', second = '', third = ''] = apps
  const all = new Map(
    [first, second, third].toSorted().map((app) => [app, [step(1), step(2)].slice(app === third ? 1 : 0)]),
  )
  const [reading, alone] = [readSome(log, first, 0, 60), readSome(log, third, 0, 20)]
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await log.appendGrowing(all)
      await append(log, first, [step(3)])
    }),
  )
  const numbers = (events: AppEvent[]) => events.map((event) => event.seq)
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  expect(numbers(await reading)).toEqual(upTo(60))
  expect(numbers(await alone)).toEqual(upTo(20))
  const steps = (await log.list(second, 0, 100)).map((event) => (event.type === 'step.started' ? event.step : 0))
  expect(steps).toEqual(Array.from({ length: 20 }, () => [1, 2]).flat())
})

test('E-A3, E-B1: what a reader gets has no gap and no repeat while eight writers write', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  await append(log, app, [step(0)])
  const readers = [0, 1, 0, 1].map((after) => readSome(log, app, after, 401 - after))
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 50; i += 1) await append(log, app, [step(i)])
    }),
  )
  for (const [index, events] of (await Promise.all(readers)).entries()) {
    const first = index % 2 === 0 ? 1 : 2
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 402 - first }, (_, i) => i + first))
  }
})

test('E-B1: a reader that comes again and again after its last number gets each event once', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  const reading = (async () => {
    const seen: number[] = []
    while (seen.length < 200) {
      const some = await readSome(log, app, seen.at(-1) ?? 0, Math.min(1 + (seen.length % 7), 200 - seen.length))
      seen.push(...some.map((event) => event.seq))
    }
    return seen
  })()
  for (let i = 0; i < 100; i += 1) await append(log, app, [step(i), step(i)])
  expect(await reading).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
})

test('E-A2: a write that throws stores nothing, wakes nobody and takes no number', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  await append(log, app, [step(1)])
  const lost = log.write(async (write) => {
    await write.append(app, [step(2)])
    throw new Error('lease lost')
  })
  await expect(lost).rejects.toThrow('lease lost')
  await append(log, app, [step(3)])
  expect((await log.list(app, 0, 10)).map((event) => [event.seq, 'step' in event && event.step])).toEqual([
    [1, 1],
    [2, 3],
  ])
})

test('E-B2: events that another process appended reach a reader, also where nothing tells of them', async () => {
  const [here, there] = [createEventLog(db), createEventLog(db)]
  const app = await insertTestApp(db)
  const reading = readSome(here, app, 0, 4)
  await append(there, app, [step(1)])
  await append(here, app, [step(2)])
  await append(there, app, [step(3), step(4)])
  expect((await reading).map((event) => event.seq)).toEqual([1, 2, 3, 4])
})

test('E-B2: an event whose commit was never answered reaches the readers of its own process', async () => {
  const unanswered = Object.assign(Object.create(db) as typeof db, {
    async transaction(...work: Parameters<typeof db.transaction>) {
      await db.transaction(...work)
      throw new Error('Connection terminated unexpectedly')
    },
  })
  const log = createEventLog(unanswered)
  const app = await insertTestApp(db)
  const reading = readSome(log, app, 0, 1)
  await expect(append(log, app, [step(1)])).rejects.toThrow('Connection terminated')
  expect((await reading).map((event) => event.seq)).toEqual([1])
})

test('E-B5: a thousand readers that wait ask the database one thing at a time, however many apps they read', async () => {
  const pollMs = 50
  const log = createEventLog(db, { pollMs })
  const apps = await Promise.all(Array.from({ length: 10 }, () => insertTestApp(db)))
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const readings = Array.from({ length: 1_000 }, async (_, index) => {
    for await (const event of log.read(apps[index % 10] ?? '', 0, stop.signal)) expect(event).toBeUndefined()
  })
  const asked = async (times: number): Promise<number> => {
    const began = performance.now()
    for (let i = 0; i < times; i += 1) await once(pool, 'acquire')
    return performance.now() - began
  }
  await vi.waitFor(async () => expect(await asked(6)).toBeGreaterThan(4 * pollMs), { timeout: 20_000 })
  stop.abort()
  await Promise.all(readings)
})

test('E-A5: text with NUL, lone surrogates and every plane comes back as it went in', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  const text = `a\u0000b\ud800 \udc00 😀 "\\" {} , é\u2028`
  await append(log, app, [{ type: 'text.delta', message: newId('msg'), block: 0, offset: 0, text }])
  const [event] = await log.list(app, 0, 1)
  expect(event?.type === 'text.delta' && event.text).toBe(text)
})

test('E-B4: closing the log ends its readers, and so does their signal', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  const stop = new AbortController()
  const ended = [log.read(app, 0, stop.signal), log.read(app, 0, AbortSignal.any([]))].map(async (reading) => {
    for await (const event of reading) expect(event).toBeUndefined()
  })
  stop.abort()
  await ended[0]
  await log.close()
  await ended[1]
})

test('E-A2: what is sent without being waited for is stored with the rest or fails with it, and says why first', async () => {
  const log = createEventLog(db)
  const app = await insertTestApp(db)
  const lost = log.write(async (write) => {
    write.sent(write.sql.execute(sql`select 1 / 0`))
    await write.sql.execute(sql`select 1`)
    write.appendLast(app, [step(1)])
  })
  await expect(lost).rejects.toMatchObject({ cause: { message: 'division by zero' } })
  const alone = log.write(async (write) => {
    write.appendLast(app, [step(2)])
    write.sent(write.sql.execute(sql`select 1 / 0`))
  })
  await expect(alone).rejects.toMatchObject({ cause: { message: 'division by zero' } })
  expect(await log.list(app, 0, 10)).toEqual([])
  await log.write(async (write) => write.appendLast(app, [step(3)]))
  expect((await log.list(app, 0, 10)).map(({ seq }) => seq)).toEqual([1])
})
