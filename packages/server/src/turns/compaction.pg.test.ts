import { httpError, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })

const write = (path: string) => toolUse('os-write', { file_path: path, content: 'export {}\n' })
const tooLong = httpError(400, 'invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum')

type Request = { messages: { role: string; content: unknown[] }[] }
/** The messages of a request as text, without the markers of what is cached, which move. */
const messagesOf = (request: unknown): string =>
  JSON.stringify((request as Request).messages).replace(/,"cache_control":\{[^}]*\}/g, '')

test('B.5 18: a conversation made shorter is stored: what was sent, what it cost, and what the next turn begins with', async () => {
  replies.push([write('src/one.ts')], [text('The first page is there.')])
  const app = await plane.create('A first page')
  await plane.turnEnd(app.id)
  replies.push(tooLong, [text('They wanted a first page.')], [write('src/two.ts')], [text('The shop is there.')])
  value(await plane.calls.messages.post({ app: app.id, text: 'Now a shop' }, 'person'))
  const events = await plane.turnEnd(app.id, 2)
  const { turn } = only(events, 'turn.completed')[1] ?? { turn: undefined }

  expect(turn).toMatchObject({ version: 2, steps: 4 })
  expect(only(events, 'notice.added')).toMatchObject([{ level: 'info', code: 'compacted' }])
  const sent = async (step: number) =>
    value(await plane.calls.turns.request({ app: app.id, turn: turn?.id ?? '', step }, 'person'))
  expect(messagesOf((await sent(2)).request)).toContain('Person: ')
  const shorter = messagesOf((await sent(3)).request)
  expect(shorter).toContain('They wanted a first page.')
  expect(shorter).toContain('src/one.ts (10 bytes)')
  expect(shorter).toContain('Now a shop')
  expect(shorter).not.toContain('<file path=') // with which the first turn began
  expect((await sent(2)).usage?.outputTokens).toBeGreaterThan(0)
  expect(value(await plane.calls.usage.ofApp({ app: app.id }, 'person')).items[0]).toMatchObject({ requests: 4 })

  await plane.restart()
  const seen = model.requests.length
  value(await plane.calls.messages.post({ app: app.id, text: 'And a basket' }, 'person'))
  expect(last(await plane.turnEnd(app.id, 3)).type).toBe('turn.completed')
  expect(messagesOf(model.requests[seen]).startsWith(shorter.slice(0, -1))).toBe(true)
})

test('B.5 18: a process that ends after the summary is followed by one that goes on from the shorter conversation', async () => {
  replies.push([write('src/one.ts')], [text('Made.')])
  const app = await plane.create('A page')
  await plane.turnEnd(app.id)
  const seen = model.requests.length
  replies.push(tooLong, [text('They wanted a page.')], { kind: 'hang', headersSent: false })
  value(await plane.calls.messages.post({ app: app.id, text: 'Now more' }, 'person'))
  await model.waitForRequest(seen + 3)
  await plane.restart()
  const events = await plane.turnEnd(app.id, 2)

  expect(last(events).type).toBe('turn.completed')
  expect(model.requests.length).toBe(seen + 4)
  expect(messagesOf(model.requests[seen + 3])).toBe(messagesOf(model.requests[seen + 2]))
})

test('B.5 18: it is made shorter once a turn, whoever goes on with the turn', async () => {
  replies.push([write('src/one.ts')], [text('Made.')])
  const app = await plane.create('A page')
  await plane.turnEnd(app.id)
  const seen = model.requests.length
  replies.push(tooLong, [text('They wanted a page.')], [write('src/two.ts')], { kind: 'hang', headersSent: false })
  value(await plane.calls.messages.post({ app: app.id, text: 'Now more' }, 'person'))
  await model.waitForRequest(seen + 4)
  replies.push(tooLong)
  await plane.restart()
  const events = await plane.turnEnd(app.id, 2)

  expect(last(events)).toMatchObject({ type: 'turn.failed', turn: { error: { code: 'model_too_long' } } })
  expect(model.requests.length).toBe(seen + 5)
  expect(only(events, 'notice.added').at(-1)).toMatchObject({ code: 'model_too_long', actions: ['model'] })
})
