import { gate, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { turns } from '../database/schema.ts'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })

const write = (path: string, content: string) => toolUse('os-write', { file_path: path, content })
const conversation = async (app: string) => value(await plane.calls.messages.conversation({ app }, 'person'))

test('B.5 46: a turn whose process ended goes on at the next start; no file is lost and none comes twice', async () => {
  const never = Promise.withResolvers<void>()
  replies.push(
    [text('Writing.'), write('src/one.ts', 'export const one = 1\n'), text('More '), gate(never.promise)],
    [write('src/two.ts', 'export const two = 2\n')],
    [text('Both are there.')],
  )
  const app = await plane.create('Two files, with a restart')
  await plane.until(app.id, (event) => event.type === 'text.delta' && event.text.startsWith('More'))

  await plane.restart()
  const events = await plane.turnEnd(app.id)
  never.resolve()

  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { version: 1, deployment: { status: 'live' } } })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(only(events, 'tool.completed').map(({ call }) => call)).toHaveLength(2)
  const { items } = value(await plane.calls.files.list({ app: app.id }, 'person'))
  expect(items.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/one.ts', 'src/two.ts']))
  const reply = (await conversation(app.id)).messages.find(({ role }) => role === 'assistant')
  const blocks = reply?.role === 'assistant' ? reply.blocks : []
  expect(blocks.some((block) => block.type === 'notice' && block.code === 'resumed')).toBe(true)
  expect(blocks.flatMap((block) => (block.type === 'tools' ? block.calls : [])).map(({ status }) => status)).toEqual([
    'complete',
    'complete',
  ])
})

test('a request that was streaming is sent again, and the call that was cut never ran', async () => {
  const never = Promise.withResolvers<void>()
  const seen = model.requests.length
  replies.push(
    [
      toolUse('os-write', { file_path: 'src/half.ts', content: 'x'.repeat(4000) }, { chunkSize: 500 }),
      gate(never.promise),
    ],
    [text('Now it is said.')],
  )
  const app = await plane.create('Cut while a call streams')
  await plane.until(app.id, ({ type }) => type === 'tool.pending')

  await plane.restart()
  const events = await plane.turnEnd(app.id)
  never.resolve()

  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { usage: { incomplete: true } } })
  const { items: used } = value(await plane.calls.usage.ofApp({ app: app.id }, 'person'))
  expect(used[0]?.requests, 'the one that was cut was paid for as well').toBe(model.requests.length - seen)
  expect(model.requests.length).toBeGreaterThan(seen + 1)
  const calls = (await conversation(app.id)).messages.flatMap((message) =>
    message.role === 'assistant' ? message.blocks.flatMap((block) => (block.type === 'tools' ? block.calls : [])) : [],
  )
  expect(calls.every(({ status }) => status === 'complete' || status === 'cancelled')).toBe(true)
  replies.push([text('The next message works.')])
  value(await plane.calls.messages.post({ app: app.id, text: 'And now?' }, 'person'))
  expect(last(await plane.turnEnd(app.id, 2)).type).toBe('turn.completed')
})

test('messages that waited at the restart are answered after it', async () => {
  const never = Promise.withResolvers<void>()
  replies.push([text('Slow'), gate(never.promise)])
  const app = await plane.create('First')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  value(await plane.calls.messages.post({ app: app.id, text: 'Second' }, 'person'))
  replies.push([text('First, again.')], [text('Second.')])

  await plane.restart()
  const events = await plane.turnEnd(app.id, 2)
  never.resolve()

  expect(only(events, 'turn.completed')).toHaveLength(2)
})

test('A11, L17: a fault that comes back after a restart is the same fault: the model is not asked again, the person may choose', async () => {
  const never = Promise.withResolvers<void>()
  const seen = model.requests.length
  const broken = (words: string) =>
    write('src/pages/HomePage.tsx', `export function HomePage() { return <h1>${words}</h1>`)
  replies.push(
    [broken('One')],
    [text('Done.')],
    [text('Mending'), gate(never.promise)],
    [broken('Two')],
    [text('Mended.')],
  )
  const app = await plane.create('Break it before and after a restart')
  const begun = await plane.until(app.id, (event) => event.type === 'text.delta' && event.text.startsWith('Mending'))
  const asked = only(begun, 'notice.added').find(({ code }) => code === 'repair_asked')
  expect(asked?.fault).toBeTruthy()

  await plane.restart()
  const events = await plane.turnEnd(app.id)
  never.resolve()

  const notices = only(events, 'notice.added')
  expect(notices.map(({ code }) => code)).toEqual(['repair_asked', 'resumed', 'repair_stopped', 'build_failed'])
  expect(notices[2]).toMatchObject({
    text: expect.stringContaining('The same fault is back'),
    actions: ['restore', 'model', 'continue'],
  })
  expect(model.requests.length).toBe(seen + 5)
})

test('B.5 46: a turn that is interrupted again before anything came of it says so once, and not that somebody restarted it', async () => {
  const never = Promise.withResolvers<void>()
  replies.push([text('First '), gate(never.promise)], [gate(never.promise)], [gate(never.promise)], [text('At last.')])
  const app = await plane.create('Three restarts')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  for (let restarts = 1; restarts <= 3; restarts += 1) {
    const seen = model.requests.length
    await plane.restart()
    await expect.poll(() => model.requests.length).toBeGreaterThan(seen)
  }
  const events = await plane.turnEnd(app.id)
  never.resolve()

  expect(last(events).type).toBe('turn.completed')
  const resumed = only(events, 'notice.added').filter(({ code }) => code === 'resumed')
  expect(resumed).toMatchObject([{ text: 'This turn was interrupted here. It goes on from what was stored.' }])
})

test('B.5 46: a turn that all its owners left is ended, and its words do not say that anything was restarted', async () => {
  const never = Promise.withResolvers<void>()
  replies.push([text('Working '), gate(never.promise)])
  const app = await plane.create('Six owners')
  const begun = await plane.until(app.id, ({ type }) => type === 'text.delta')
  const turn = only(begun, 'turn.started')[0]?.turn.id ?? ''
  await plane.db.update(turns).set({ leaseToken: 6 }).where(eq(turns.id, turn))

  await plane.restart()
  const events = await plane.turnEnd(app.id)
  never.resolve()

  const error = { code: 'interrupted', message: expect.stringMatching(/^This turn was interrupted 6 times/) }
  expect(last(events)).toMatchObject({ type: 'turn.failed', turn: { error } })
})
