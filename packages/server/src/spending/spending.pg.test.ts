import { gate, message, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { inArray, sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { apps, spending } from '../database/schema.ts'
import { last, only, startTestPlane, value } from '../test-plane.ts'

/** Every reply of this model costs one dollar: 100,000 tokens out at $10 a million. */
const usage = { input_tokens: 0, output_tokens: 100_000 }
type Replies = Parameters<typeof startScriptedModel>[0]
const replies: Replies[number][] = []
const dollar = (...parts: Parameters<typeof message>[0]) => message(parts, { usage })
const model = await startScriptedModel([], { rest: () => replies.shift() ?? dollar(text('Nothing more to do.')) })
const plane = await startTestPlane({ modelUrl: model.url })
const { calls } = plane
const noLimits = { turnUsd: null, turnTokens: null, monthUsd: null }

afterEach(async () => {
  value(await calls.limits.put(noLimits, 'person'))
  await plane.db.delete(spending)
})

const write = (path: string) => toolUse('os-write', { file_path: path, content: 'export {}\n' })
const usageOf = async (app: string) => value(await calls.usage.ofApp({ app }, 'person'))
const month = async () => value(await calls.usage.ofMonth({}, 'person'))

test('A10: a step tells its cost when it ends; turn, app and month say the same sum', async () => {
  replies.push(dollar(write('src/a.ts')), dollar(text('Done.')))
  const app = await plane.create('Two requests')
  const events = await plane.turnEnd(app.id)

  expect(only(events, 'step.completed').map(({ cost }) => cost?.usd)).toEqual([1, 1])
  expect(last(events)).toMatchObject({ turn: { cost: { usd: 2 }, usage: { outputTokens: 200_000 } } })
  const sum = { requests: 2, usage: { outputTokens: 200_000 }, cost: { usd: 2 } }
  const shown = await usageOf(app.id)
  expect(shown).toMatchObject({ total: sum, months: [sum], items: [{ ...sum, text: 'Two requests' }] })
  expect(shown.total.unpriced).toBeUndefined()
  expect(await month()).toMatchObject({ total: sum, apps: [{ ...sum, app: app.id, deleted: false }], limits: noLimits })
})

test('A10: a stream that was stopped counts "at least"', async () => {
  const held = Promise.withResolvers<void>()
  replies.push([text('Working'), gate(held.promise)])
  const app = await plane.create('Stop me')
  const begun = await plane.until(app.id, ({ type }) => type === 'text.delta')
  const turn = only(begun, 'turn.started')[0]?.turn.id ?? ''
  value(await calls.turns.stop({ app: app.id, turn }, 'person'))
  const events = await plane.turnEnd(app.id)
  held.resolve()

  expect(last(events)).toMatchObject({ turn: { usage: { incomplete: true }, cost: { reason: 'at least' } } })
  expect(await usageOf(app.id)).toMatchObject({ total: { usage: { incomplete: true }, cost: { reason: 'at least' } } })
})

test('A10: what has no price is never 0, and a sum with such a part says so', async () => {
  const app = value(await calls.apps.create({ name: 'Mixed', model: 'anthropic/nobody-knows-1' }, 'person')).app
  value(await calls.messages.post({ app: app.id, text: 'One' }, 'person'))
  await plane.turnEnd(app.id)
  const unpriced = { requests: 1, tokens: 100_000 }
  expect((await usageOf(app.id)).total).toMatchObject({ cost: { usd: null, reason: 'price unknown' }, unpriced })

  value(await calls.apps.patch({ app: app.id, model: 'anthropic/claude-sonnet-5-5' }, 'person'))
  value(await calls.messages.post({ app: app.id, text: 'Two' }, 'person'))
  await plane.turnEnd(app.id, 2)
  expect((await usageOf(app.id)).total).toMatchObject({ turns: 2, cost: { usd: 1 }, unpriced })
})

test('B.5 51, A10: a cap per turn ends the turn before the next request and keeps its files as a version', async () => {
  value(await calls.limits.put({ turnUsd: 2 }, 'person'))
  const seen = model.requests.length
  replies.push(dollar(write('src/a.ts')), dollar(write('src/b.ts')), dollar(write('src/c.ts')))
  const app = await plane.create('Three files')
  const events = await plane.turnEnd(app.id)
  replies.length = 0

  expect(model.requests.length - seen).toBe(2)
  const error = { code: 'limit_reached', message: expect.stringContaining('spent $2.00; the limit is $2.00 a turn') }
  expect(last(events)).toMatchObject({ type: 'turn.failed', turn: { error, version: 1 } })
  expect(only(events, 'notice.added').at(-1)).toMatchObject({ code: 'limit_reached' })
})

test('A10: at the cap of a month every turn that comes or waits sends nothing, until the cap is raised', async () => {
  const held = Promise.withResolvers<void>()
  replies.push(message([text('First'), gate(held.promise)], { usage }))
  const app = await plane.create('First')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  value(await calls.messages.post({ app: app.id, text: 'Waiting' }, 'person'))
  value(await calls.limits.put({ monthUsd: 1 }, 'person'))
  const seen = model.requests.length
  held.resolve()
  const events = await plane.turnEnd(app.id, 2)

  expect(last(events)).toMatchObject({ type: 'turn.failed', turn: { error: { code: 'limit_reached' }, steps: 0 } })
  expect(model.requests.length).toBe(seen)
  value(await calls.limits.put({ monthUsd: 5 }, 'person'))
  value(await calls.messages.post({ app: app.id, text: 'Again' }, 'person'))
  expect(last(await plane.turnEnd(app.id, 3)).type).toBe('turn.completed')
})

test('A10: turns that run at once go over the cap of a month by at most one request each', async () => {
  value(await calls.limits.put({ monthUsd: 4 }, 'person'))
  for (let i = 0; i < 40; i += 1) replies.push(dollar(write(`src/f${i}.ts`)))
  const made = await Promise.all(['a', 'b', 'c'].map((name) => plane.create(name)))
  const ends = await Promise.all(made.map(({ id }) => plane.turnEnd(id)))
  replies.length = 0

  expect(ends.map((events) => last(events).type)).toEqual(['turn.failed', 'turn.failed', 'turn.failed'])
  const usd = (await month()).total.cost.usd ?? 0
  expect(usd).toBeGreaterThanOrEqual(4)
  expect(usd).toBeLessThanOrEqual(4 + made.length - 1)
})

test('A10: what was spent stays when the app is gone, and an earlier month does not count in this one', async () => {
  const app = await plane.create('Gone soon')
  await plane.turnEnd(app.id)
  await plane.db.update(spending).set({ at: sql`now() - interval '40 days'` })
  expect((await month()).total).toMatchObject({ requests: 0, cost: { usd: 0 } })
  await plane.db.update(spending).set({ at: sql`now()` })
  value(await calls.apps.remove({ app: app.id }, 'person')) // nothing works at it any more
  await plane.db.delete(apps).where(inArray(apps.id, [app.id]))
  expect(await month()).toMatchObject({ total: { cost: { usd: 1 } }, apps: [{ app: app.id, deleted: true }] })
})

test('the turns of an app come in pages, newest first', async () => {
  const app = await plane.create('One')
  await plane.turnEnd(app.id)
  value(await calls.messages.post({ app: app.id, text: 'Two' }, 'person'))
  await plane.turnEnd(app.id, 2)
  const first = value(await calls.usage.ofApp({ app: app.id, limit: 1 }, 'person'))
  expect(first.items.map((item) => item.text)).toEqual(['Two'])
  const next = value(await calls.usage.ofApp({ app: app.id, limit: 1, cursor: first.next ?? '' }, 'person'))
  expect(next.items.map((item) => item.text)).toEqual(['One'])
  expect(next.next).toBeUndefined()
})

test('L18: the request of a step is exactly what went over the wire, with what it used', async () => {
  const seen = model.requests.length
  replies.push(dollar(write('src/a.ts')), dollar(text('Done.')))
  const app = await plane.create('Look inside')
  const turn = only(await plane.turnEnd(app.id), 'turn.started')[0]?.turn.id ?? ''
  for (const step of [1, 2]) {
    const sent = value(await calls.turns.request({ app: app.id, turn, step }, 'person'))
    expect(JSON.stringify(sent.request)).toBe(JSON.stringify(model.requests[seen + step - 1]))
    expect(sent).toMatchObject({ step, tries: 1, usage: { outputTokens: 100_000 }, cost: { usd: 1 } })
  }
})
