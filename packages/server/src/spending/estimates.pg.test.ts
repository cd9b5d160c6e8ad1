import { message, startScriptedModel, text } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTestPlane, value } from '../test-plane.ts'

/** Each reply: 5,000 tokens sent and written to the cache, 1,000 received. */
const usage = { input_tokens: 0, cache_creation_input_tokens: 5_000, output_tokens: 1_000 }
const model = await startScriptedModel([], { rest: () => message([text('Done.')], { usage }) })
const plane = await startTestPlane({ modelUrl: model.url })
const { calls } = plane
const create = async (id: string) => value(await calls.apps.create({ name: 'App', model: id }, 'person')).app.id
const estimate = async (app: string, mode?: 'chat') =>
  value(await calls.usage.estimate({ app, ...(mode && { mode }) }, 'person')).estimate

test('before the first message the estimate is of the system text, the tools and the files, and asks no model', async () => {
  const app = await create('anthropic/claude-sonnet-5-5')
  const first = await estimate(app)
  expect(first).toMatchObject({
    model: 'anthropic/claude-sonnet-5-5',
    basis: 'prompt',
    turns: 0,
    prompt: { cached: 0 },
  })
  expect(model.requests).toEqual([])

  value(await calls.messages.post({ app, text: 'Hello', mode: 'chat' }, 'person'))
  await plane.turnEnd(app)
  const chars = JSON.stringify(model.requests[0]).length
  expect(first.prompt.tokens * 3.6).toBeGreaterThan(chars * 0.8)
  expect(first.prompt.tokens * 3.6).toBeLessThan(chars * 1.2)
})

test('after a turn the estimate is what the provider counted; a turn of another mode says nothing about this one', async () => {
  const app = await create('anthropic/claude-sonnet-5-5')
  value(await calls.messages.post({ app, text: 'Hello', mode: 'chat' }, 'person'))
  await plane.turnEnd(app)
  const usd = (5_000 * 2.5 + 1_000 * 10) / 1e6
  const prompt = { tokens: 6_000, cached: 5_000 }
  const chat = await estimate(app, 'chat')
  expect(chat).toMatchObject({ basis: 'turns', turns: 1, prompt, tokens: { low: 6_000, high: 6_000 } })
  expect(chat.cost.low).toBeCloseTo(usd, 6)
  expect(chat.cost.high).toBeCloseTo(usd, 6)
  expect(await estimate(app)).toMatchObject({ basis: 'prompt', turns: 0, prompt })
})

test('the cap of the month is said before anything is sent', async () => {
  const app = await create('anthropic/claude-sonnet-5-5')
  value(await calls.limits.put({ monthUsd: 0.000_001 }, 'person'))
  expect((await estimate(app)).cap).toEqual({ kind: 'month_usd', limit: 0.000_001, when: 'now' })
  value(await calls.limits.put({ monthUsd: null }, 'person'))
  expect((await estimate(app)).cap).toBeUndefined()
})

test('a model without a known price has tokens and no sum, the sample model costs nothing', async () => {
  const unknown = await estimate(await create('anthropic/nobody-knows-1'))
  expect(unknown.cost).toEqual({ low: null, high: null, reason: 'price unknown' })
  expect(unknown.prompt.tokens).toBeGreaterThan(1_000)
  expect((await estimate(await create('sample'))).cost).toMatchObject({ low: 0, high: 0 })
})

test('there is no estimate for an app that is not there', async () => {
  expect(await calls.usage.estimate({ app: 'zzzzzz' }, 'person')).toMatchObject({ failure: { code: 'not_found' } })
})
