import { type AppEvent, newId, type NewAppEvent } from '@overskill/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { withTestDatabase } from '../database/test-database.ts'
import { silentLog } from '../log.ts'
import { openRedisLink, type RedisLink } from '../redis/redis-link.ts'
import { hasRedis, startTestRedis } from '../redis/test-redis.ts'
import type { BusMessage, EventBus } from './event-bus.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { createRedisBus } from './redis-bus.ts'
import { insertTestApp } from './test-app.ts'
import { hello, testBusContract } from './test-bus-contract.ts'

const step = (step: number): NewAppEvent => ({ type: 'step.started', turn: newId('turn'), step, model: 'a/b' })

describe.skipIf(!hasRedis)('on Redis', async () => {
  if (!hasRedis) return
  const redis = await startTestRedis()
  const { db } = await withTestDatabase()
  const opened: { bus: EventBus; link: RedisLink }[] = []

  /** Two ends with connections of their own, which have heard each other. */
  async function open(): Promise<readonly [EventBus, EventBus]> {
    const prefix = newId('req')
    const end = (): EventBus => {
      const link = openRedisLink({ url: redis.url, prefix, log: silentLog })
      const bus = createRedisBus(link)
      opened.push({ bus, link })
      return bus
    }
    const ends = [end(), end()] as const
    await reachEachOther(ends)
    return ends
  }

  afterEach(() => {
    for (const { bus, link } of opened.splice(0)) {
      bus.close()
      link.close()
    }
  })

  describe('the contract', () => testBusContract(open))

  test('E-B2: readers on two nodes get each event once, in order, while Redis is killed, started and paused between them', async () => {
    const buses = await open()
    const logs = buses.map((bus) => createEventLog(db, { bus }))
    const app = await insertTestApp(db)
    const count = 600
    const readers = logs.flatMap((log) => [readSome(log, app, count), readSome(log, app, count)])
    const write = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1)
        await logs[index % 2]?.write((one) => one.append(app, [step(index)]))
    }
    await write(0, 150)
    const killing = redis.kill()
    await write(150, 300)
    await killing
    await redis.start()
    await write(300, 400)
    redis.pause()
    await write(400, 500)
    redis.goOn()
    await write(500, count)
    const expected = Array.from({ length: count }, (_, index) => index + 1)
    for (const events of await Promise.all(readers)) expect(events.map(({ seq }) => seq)).toEqual(expected)
  })

  test('a reader is woken by what another node wrote, long before it would look by itself', async () => {
    const [here, there] = await open()
    const [reading, writing] = [createEventLog(db, { bus: here, pollMs: 30_000 }), createEventLog(db, { bus: there })]
    const app = await insertTestApp(db)
    const seen = readSome(reading, app, 3)
    for (const index of [1, 2, 3]) await writing.write((one) => one.append(app, [step(index)]))
    expect((await seen).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })
})

async function readSome(log: EventLog, app: string, count: number): Promise<AppEvent[]> {
  const seen: AppEvent[] = []
  for await (const event of log.read(app, 0, AbortSignal.timeout(25_000))) {
    seen.push(event)
    if (seen.length === count) break
  }
  return seen
}

/** A subscription takes a moment; nothing says when it is there but a message that arrives. */
async function reachEachOther(ends: readonly [EventBus, EventBus]): Promise<void> {
  for (const [from, to] of [ends, ends.toReversed()]) {
    const heard: BusMessage[] = []
    const stopHearing = to?.hear((message) => heard.push(message))
    await vi.waitFor(
      () => {
        from?.say(hello)
        expect(heard.length).toBeGreaterThan(0)
      },
      { timeout: 5_000 },
    )
    stopHearing?.()
  }
}
