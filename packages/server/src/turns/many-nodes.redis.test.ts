import { gate, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { turns } from '../database/schema.ts'
import { hasRedis, startTestRedis } from '../redis/test-redis.ts'
import { isTurnEnd, last, only, startTestPlane, value } from '../test-plane.ts'

describe.skipIf(!hasRedis)('two processes on one database and one Redis', async () => {
  if (!hasRedis) return
  const redis = await startTestRedis()
  const replies: Parameters<typeof startScriptedModel>[0][number][] = []
  const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
  const logged: string[] = []
  const env = { DATABASE_URL: 'postgres://shared.invalid/one', REDIS_URL: redis.url }
  const options = { modelUrl: model.url, env, onLog: (message: string) => void logged.push(message) }
  const first = await startTestPlane(options)
  const second = await startTestPlane({ ...options, db: first.db })
  const nodes = [first, second]
  const dispatchOf = async () => (await first.raw.health()).checks.dispatch
  await vi.waitFor(async () => expect(await dispatchOf()).toMatchObject({ status: 'ok', detail: 'Redis' }), 5_000)

  async function heldTurn() {
    const held = Promise.withResolvers<void>()
    replies.push([text('Working'), gate(held.promise)])
    const app = await first.create('Hold on')
    const events = await first.until(app.id, ({ type }) => type === 'text.delta')
    return { app: app.id, turn: only(events, 'turn.started')[0]?.turn.id ?? '', release: held.resolve }
  }

  test('B.5 53, G2: both show the same events of an app, numbered without a gap, whichever of them runs the turn', async () => {
    replies.push([text('One.'), toolUse('os-write', { file_path: 'src/one.ts', content: 'export const one = 1\n' })])
    const app = await first.create('One file')
    const [here, there] = await Promise.all(nodes.map((node) => node.turnEnd(app.id)))
    expect(there).toEqual(here)
    expect(here?.map(({ seq }) => seq)).toEqual(here?.map((_, index) => index + 1))
    expect(last(here ?? [])).toMatchObject({ type: 'turn.completed', turn: { deployment: { status: 'live' } } })
  })

  test('A7: a stop that is asked at either node ends the turn within a second, wherever it runs', async () => {
    for (const node of nodes) {
      const { app, turn, release } = await heldTurn()
      const asked = performance.now()
      value(await node.calls.turns.stop({ app, turn }, 'person'))
      expect(last(await first.until(app, isTurnEnd)).type).toBe('turn.stopped')
      expect(performance.now() - asked).toBeLessThan(1_000)
      release()
    }
  })

  test('A5: Redis pulled in the middle of a turn changes nothing but a warning; turns begin meanwhile, and it heals', async () => {
    logged.length = 0
    const { app, turn, release } = await heldTurn()
    await redis.kill()
    await vi.waitFor(async () => expect(await dispatchOf()).toMatchObject({ status: 'degraded' }), 5_000)
    expect((await first.raw.health()).ready).toBe(true)
    const other = await second.create('Another while Redis is away')
    expect(last(await first.turnEnd(other.id)).type).toBe('turn.completed')
    release()
    const ended = await second.turnEnd(app)
    expect(last(ended)).toMatchObject({ type: 'turn.completed', turn: { id: turn } })
    expect(ended.filter(({ type }) => type === 'notice.added')).toEqual([])
    await redis.start()
    await vi.waitFor(async () => expect(await dispatchOf()).toMatchObject({ status: 'ok' }), 5_000)
    expect(logged.filter((message) => message.startsWith('Redis does not answer'))).toHaveLength(2) // once a process
    const after = await first.create('And after')
    expect(last(await second.turnEnd(after.id)).type).toBe('turn.completed')
  })

  test('B.5 46, A4: a turn whose owner’s lease is over is taken over by one other owner, and completes', async () => {
    const { app, turn, release } = await heldTurn()
    await first.db
      .update(turns)
      .set({ leaseOwner: 'a_node_that_died', leaseUntil: new Date(0) })
      .where(eq(turns.id, turn))
    expect(last(await second.until(app, isTurnEnd)).type).toBe('turn.completed')
    const row = await first.db.query.turns.findFirst({ where: eq(turns.id, turn) })
    expect(row?.leaseToken).toBe(2)
    release()
  })
})
