import { afterEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { openRedisLink, type RedisLink } from '../redis/redis-link.ts'
import { hasRedis, startTestRedis } from '../redis/test-redis.ts'
import type { Dispatcher } from './dispatcher.ts'
import { createRedisDispatcher } from './redis-dispatcher.ts'
import { createWaiting, onlyExpected, testDispatchContract } from './test-dispatch-contract.ts'

describe.skipIf(!hasRedis)('on Redis', async () => {
  if (!hasRedis) return
  const redis = await startTestRedis()
  const said: string[] = []
  const opened: { dispatcher: Dispatcher; link: RedisLink }[] = []
  let installation = 0

  /** Another process of the same installation, or with `fresh` the first of a new one. */
  const open = (fresh = false): Dispatcher => {
    if (fresh) installation += 1
    const log = createLog('info', [({ message }) => void said.push(message)])
    const link = openRedisLink({ url: redis.url, prefix: `test-${installation}`, log })
    const dispatcher = createRedisDispatcher({ link, onError: onlyExpected })
    opened.push({ dispatcher, link })
    return dispatcher
  }
  const connected = (...dispatchers: Dispatcher[]) =>
    vi.waitFor(() => expect(dispatchers.map((one) => one.check().status)).toEqual(dispatchers.map(() => 'ok')), 5_000)
  const isAway = (dispatcher: Dispatcher) => vi.waitFor(() => expect(dispatcher.check().status).toBe('degraded'), 5_000)

  afterEach(async () => {
    await Promise.all(opened.map(({ dispatcher }) => dispatcher.close()))
    for (const { link } of opened.splice(0)) link.close()
    said.length = 0
  })

  describe('the contract', () =>
    testDispatchContract(async () => {
      const dispatcher = open(true)
      await connected(dispatcher)
      return dispatcher
    }))

  test('a wake-up comes to the process that serves, not to the one that asked', async () => {
    const [web, worker] = [open(true), open()]
    await connected(web, worker)
    const { add, serving, begun } = createWaiting()
    worker.serve('turns', serving)
    for (let index = 0; index < 50; index += 1) web.wake(add(`app-${index}`))
    await vi.waitFor(() => expect(begun).toHaveLength(50))
    expect(new Set(begun).size).toBe(50)
  })

  test('A5: Redis killed while wake-ups wait: the work begins here at once, health says so, the log once, and it heals', async () => {
    const node = open(true)
    await connected(node)
    const { add, serving, begun } = createWaiting()
    node.serve('turns', serving)
    await redis.kill()
    await isAway(node)
    node.wake(add('aaaaaa'))
    node.wake(add('bbbbbb'))
    expect(begun, 'in the same turn of the event loop').toEqual(['aaaaaa', 'bbbbbb'])
    expect(node.check().detail).toContain('Redis does not answer')
    await redis.start() // empty
    await connected(node)
    node.wake(add('cccccc'))
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa', 'bbbbbb', 'cccccc']), 5_000)
    expect(said).toEqual([expect.stringContaining('Redis does not answer'), 'Redis answers again'])
  })

  test('wake-ups that died with Redis are found by who serves, though he was never told', async () => {
    const [web, worker] = [open(true), open()]
    await connected(web, worker)
    const { add, serving, begun } = createWaiting()
    for (const app of ['one', 'two']) web.wake(add(app)) // nobody serves yet: they wait in Redis
    await redis.kill()
    await isAway(worker)
    worker.serve('turns', serving)
    await vi.waitFor(() => expect(begun.toSorted()).toEqual(['one', 'two']), 2_000)
    web.wake(add('three')) // asked where nobody serves, while Redis is away
    await vi.waitFor(() => expect(begun).toContain('three'), 2_000)
    await redis.start()
  })

  test('Redis that hangs holds nothing up: work begins after some 40 ms, then at once, and it heals', async () => {
    const node = open(true)
    await connected(node)
    const { add, serving, begun } = createWaiting()
    node.serve('turns', serving)
    redis.pause()
    try {
      node.wake(add('aaaaaa'))
      await vi.waitFor(() => expect(begun).toEqual(['aaaaaa']), { timeout: 180, interval: 1 }) // before the command's limit
      await isAway(node)
      node.wake(add('bbbbbb'))
      expect(begun).toEqual(['aaaaaa', 'bbbbbb'])
    } finally {
      redis.goOn()
    }
    await connected(node)
    node.wake(add('cccccc'))
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa', 'bbbbbb', 'cccccc']), 5_000)
  })

  test('a process starts and works while there is no Redis, and uses it from when there is', async () => {
    await redis.kill()
    const [node, other] = [open(true), open()]
    const { add, serving, begun } = createWaiting()
    node.serve('turns', serving)
    node.wake(add('aaaaaa'))
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa']))
    await redis.start()
    await connected(node, other)
    other.wake(add('bbbbbb'))
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa', 'bbbbbb']), 5_000)
  })
})
