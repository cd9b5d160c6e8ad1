import { gate, message, startScriptedModel, text, thinking, toolUse } from '@overskill/model-server'
import { inArray } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { turns } from '../database/schema.ts'
import { isTurnEnd, last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Nothing more to do.')] })
const plane = await startTestPlane({ modelUrl: model.url })

const homePage = (words: string) => `export function HomePage() {\n  return <h1>${words}</h1>\n}\n`
const write = (path: string, content: string) => toolUse('os-write', { file_path: path, content })

/** A promise and the function that fulfils it. */
const latch = () => Promise.withResolvers<void>()

test('L3: text that came before tools stands before them, and the tools of one step are one block', async () => {
  replies.push(
    [
      thinking('Let me see.'),
      text('First the words.'),
      write('src/a.ts', 'export {}\n'),
      write('src/b.ts', 'export {}\n'),
    ],
    [text('Then the end.')],
  )
  const app = await plane.create('Two files')

  const events = await plane.turnEnd(app.id)

  expect(last(events)).toMatchObject({ type: 'turn.completed' })
  const { messages } = value(await plane.calls.messages.conversation({ app: app.id }, 'person'))
  const reply = messages.find(({ role }) => role === 'assistant')
  const blocks = reply?.role === 'assistant' ? reply.blocks : []
  expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text', 'tools', 'text', 'version'])
  expect(blocks[2]).toMatchObject({
    status: 'complete',
    expanded: false,
    calls: [{ status: 'complete' }, { status: 'complete' }],
  })
  expect(blocks[1]).toMatchObject({ text: 'First the words.' })
})

test('B.5 38, L1: the model gets the real error of a call, and the page shows the same', async () => {
  const seen = model.requests.length
  replies.push([toolUse('os-write', { file_path: '../outside.ts', content: 'x' })], [text('I see.')])
  const app = await plane.create('Escape')

  const events = await plane.turnEnd(app.id)

  const failed = only(events, 'tool.failed')[0]
  expect(failed).toMatchObject({ status: 'error', error: { code: 'PATH_DENIED' } })
  expect(JSON.stringify(model.requests[seen + 1])).toContain(JSON.stringify(failed?.result))
  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { deployment: { skipped: 'no_changes' } } })
})

test.each([
  ['an unknown tool', toolUse('os-fly', {}), 'UNKNOWN_TOOL'],
  ['input that is no JSON', toolUse('os-write', {}, { rawInput: '{"file_path": oops' }), undefined],
  ['a file of 2 MB', write('src/big.ts', 'x'.repeat(2_000_000)), 'TOO_LARGE'],
])('%s is answered with an error, and the turn goes on', async (_name, call, code) => {
  replies.push([call], [text('Understood.')])
  const app = await plane.create('A mistake')

  const events = await plane.turnEnd(app.id)

  const failed = only(events, 'tool.failed')[0]
  expect(failed?.status).toBe('error')
  if (code) expect(failed?.error?.code).toBe(code)
  expect(last(events).type).toBe('turn.completed')
})

test('B.5 30: a file that the longest reply cut off is not written, its row says so, and the turn goes on', async () => {
  const half = toolUse('os-write', {}, { rawInput: '{"file_path":"src/half.ts","content":"export const half' })
  replies.push(message([half], { stopReason: 'max_tokens' }), [text('In smaller parts, then.')])
  const app = await plane.create('A long file')

  const events = await plane.turnEnd(app.id)

  expect(only(events, 'tool.failed')).toMatchObject([{ status: 'error', error: { code: 'CUT_OFF' } }])
  expect(only(events, 'files.changed')).toEqual([])
  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { deployment: { skipped: 'no_changes' } } })
})

test('L16: stop ends the stream and the turn, keeps finished files as a version, and the next message works', async () => {
  const held = latch()
  replies.push([write('src/pages/HomePage.tsx', homePage('Kept')), text('And now '), gate(held.promise), text('never')])
  const app = await plane.create('Stop me')
  const begun = await plane.until(app.id, ({ type }) => type === 'text.delta')
  const turn = only(begun, 'turn.started')[0]?.turn.id ?? ''

  value(await plane.calls.turns.stop({ app: app.id, turn }, 'person'))
  const events = await plane.turnEnd(app.id)
  held.resolve()

  expect(last(events)).toMatchObject({ type: 'turn.stopped', turn: { version: 1, deployment: { skipped: 'stopped' } } })
  await plane.until(app.id, ({ type }) => type === 'deployment.completed')
  expect((await plane.page(`preview-${app.id}`)).status).toBe(200)
  replies.push([text('Still here.')])
  value(await plane.calls.messages.post({ app: app.id, text: 'Go on' }, 'person'))
  expect(last(await plane.turnEnd(app.id, 2)).type).toBe('turn.completed')
})

test('B.5 52, A7: a message sent while a turn runs waits for it, can be changed, and never joins the running turn', async () => {
  const held = latch()
  const seen = model.requests.length
  replies.push([text('Working'), gate(held.promise)], [text('Second answer')])
  const app = await plane.create('First')
  await plane.until(app.id, ({ type }) => type === 'text.delta')

  const queued = value(await plane.calls.messages.post({ app: app.id, text: 'Second' }, 'person'))
  const dropped = value(await plane.calls.messages.post({ app: app.id, text: 'Third' }, 'person'))
  expect(queued).toMatchObject({ message: { queued: true }, turn: { status: 'queued' } })
  value(
    await plane.calls.messages.patch({ app: app.id, message: queued.message.id, text: 'Second, changed' }, 'person'),
  )
  value(await plane.calls.messages.remove({ app: app.id, message: dropped.message.id }, 'person'))
  held.resolve()
  await plane.until(
    app.id,
    (event) =>
      isTurnEnd(event) && 'turn' in event && typeof event.turn === 'object' && event.turn.id === queued.turn.id,
  )

  expect(JSON.stringify(model.requests[seen])).not.toContain('Second')
  expect(JSON.stringify(model.requests[seen + 1])).toContain('Second, changed')
  expect(model.requests.length).toBe(seen + 2)
})

test('A7: what waits is answered in the order that was set; the answer to that names the event that told it', async () => {
  const held = latch()
  replies.push([text('Working'), gate(held.promise)])
  const app = await plane.create('First')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  const waiting = []
  for (const words of ['Second', 'Third', 'Fourth'])
    waiting.push(value(await plane.calls.messages.post({ app: app.id, text: words }, 'person')))
  const [second, third, fourth] = waiting.map(({ message }) => message.id)

  const wanted = [fourth, second, third].map((id) => id ?? '')
  const { items, seq } = value(await plane.calls.messages.order({ app: app.id, messages: wanted }, 'person'))
  expect(items.map(({ id }) => id)).toEqual(wanted)
  const told = await plane.until(app.id, (event) => event.seq === seq)
  expect(
    only(told, 'message.created')
      .slice(-3)
      .map(({ message }) => message.id),
  ).toEqual(wanted)
  expect(last(told).type).toBe('message.created')

  held.resolve()
  const events = await plane.turnEnd(app.id, 4)
  const begun = only(events, 'turn.started').map(({ turn }) => turn.message)
  expect(begun.slice(1)).toEqual(wanted)
})

test('A7: "now" stops the running turn and starts the message that waits', async () => {
  const held = latch()
  replies.push([text('Slow'), gate(held.promise)], [text('The other answer')], [text('And the last')])
  const app = await plane.create('First')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  value(await plane.calls.messages.post({ app: app.id, text: 'Second' }, 'person'))
  const third = value(await plane.calls.messages.post({ app: app.id, text: 'Third' }, 'person'))

  value(await plane.calls.messages.now({ app: app.id, message: third.message.id }, 'person'))
  const events = await plane.turnEnd(app.id, 3)
  held.resolve()

  const ends = events.filter(isTurnEnd)
  expect(ends.map(({ type }) => type)).toEqual(['turn.stopped', 'turn.completed', 'turn.completed'])
  expect(ends[1]).toMatchObject({ turn: { id: third.turn.id } })
})

test('a plan changes no file: a writing tool is answered with MODE_READ_ONLY', async () => {
  replies.push([write('src/a.ts', 'export {}\n')], [text('Here is the plan.')])
  const app = await plane.create()
  value(await plane.calls.messages.post({ app: app.id, text: 'How would you do it?', mode: 'plan' }, 'person'))

  const events = await plane.turnEnd(app.id)

  expect(only(events, 'tool.failed')[0]?.error?.code).toBe('MODE_READ_ONLY')
  expect(last(events)).toMatchObject({ turn: { mode: 'plan', deployment: { skipped: 'plan' } } })
})

test('an edit by a person while a turn runs is refused as busy, and goes through afterwards', async () => {
  const held = latch()
  replies.push([text('Busy'), gate(held.promise)])
  const app = await plane.create('Hold the files')
  await plane.until(app.id, ({ type }) => type === 'text.delta')
  const changes = [{ path: 'src/mine.ts', content: 'export const mine = 1\n' }]

  expect(await plane.calls.files.edit({ app: app.id, changes }, 'person')).toMatchObject({ failure: { code: 'busy' } })
  held.resolve()
  await plane.turnEnd(app.id)
  expect(value(await plane.calls.files.edit({ app: app.id, changes }, 'person')).version.number).toBe(1)
})

test('L14, L18: what was sent in each step is kept, and the second turn begins with the first, byte for byte', async () => {
  replies.push([thinking('Hm', 'signed-bytes'), text('One')], [text('Two')])
  const app = await plane.create('First')
  const first = only(await plane.turnEnd(app.id), 'turn.completed')[0]
  value(await plane.calls.messages.post({ app: app.id, text: 'Second' }, 'person'))
  const second = only(await plane.turnEnd(app.id, 2), 'turn.completed')[1]

  const request = async (turn = '') =>
    value(await plane.calls.turns.request({ app: app.id, turn, step: 1 }, 'person')).request as {
      system: unknown
      tools: unknown
      messages: { content: unknown }[]
    }
  const [one, two] = [await request(first?.turn.id), await request(second?.turn.id)]
  expect(two.tools).toEqual(one.tools)
  expect(JSON.stringify(two.messages[1])).toContain('signed-bytes')
  expect(stripMarkers(two.messages[0])).toEqual(stripMarkers(one.messages[0]))
})

/** Without the markers of what is cached, which move and are not compared. */
const stripMarkers = (message: unknown): unknown =>
  JSON.parse(JSON.stringify(message), (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))

test('an app that is deleted while its turn runs is gone at once, and the turn still comes to its one end', async () => {
  const held = latch()
  replies.push([write('src/pages/HomePage.tsx', homePage('Gone')), text('And now '), gate(held.promise)])
  const app = await plane.create('Delete me')
  const begun = await plane.until(app.id, ({ type }) => type === 'text.delta')

  value(await plane.calls.apps.remove({ app: app.id }, 'person'))
  held.resolve()

  expect(await plane.calls.apps.get({ app: app.id }, 'person')).toMatchObject({ failure: { code: 'not_found' } })
  expect((await plane.page(`preview-${app.id}`)).status).toBe(404)
  value(await plane.calls.apps.undelete({ app: app.id }, 'person'))
  const events = await plane.turnEnd(app.id)
  expect(last(events)).toMatchObject({ type: 'turn.stopped' })
  expect(last(events).seq).toBeGreaterThan(last(begun).seq)
})

test('L11: five messages at once run one after another, and the store itself refuses a second running turn', async () => {
  const app = await plane.create()
  const texts = ['one', 'two', 'three', 'four', 'five']
  const sent = await Promise.all(
    texts.map((words) => plane.calls.messages.post({ app: app.id, text: words }, 'person')),
  )

  const events = await plane.turnEnd(app.id, 5)

  let running = 0
  for (const { type } of events) {
    if (type === 'turn.started') running += 1
    if (/^turn\.(completed|failed|stopped)$/.test(type)) running -= 1
    expect(running).toBeLessThanOrEqual(1)
  }
  const ids = sent.map((outcome) => value(outcome).turn.id)
  const both = plane.db.update(turns).set({ status: 'running' }).where(inArray(turns.id, ids))
  await expect(both.execute()).rejects.toThrow()
})

test('A11, D6: a turn whose files do not build hears of it, mends it, and its version goes live', async () => {
  const seen = model.requests.length
  replies.push(
    [write('src/pages/HomePage.tsx', 'export function HomePage() { return <h1>Broken</h1>')],
    [text('Done.')],
    [write('src/pages/HomePage.tsx', homePage('Mended'))],
    [text('Now it builds.')],
  )
  const app = await plane.create('Break it')

  const events = await plane.turnEnd(app.id)

  expect(JSON.stringify(model.requests[seen + 2])).toContain('src/pages/HomePage.tsx:1')
  expect(only(events, 'notice.added').map(({ code }) => code)).toEqual(['repair_asked'])
  expect(only(events, 'build.completed').length).toBe(1)
  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { version: 1, deployment: { status: 'live' } } })
  expect((await plane.page(`preview-${app.id}`)).status).toBe(200)
})

test('A11, L17: a fault that comes back ends the repair: two requests for it, and the failed build is said', async () => {
  const seen = model.requests.length
  const broken = (words: string) =>
    write('src/pages/HomePage.tsx', `export function HomePage() { return <h1>${words}</h1>`)
  replies.push([broken('One')], [text('Done.')], [broken('Two')], [text('Mended.')])
  const app = await plane.create('Break it for good')

  const events = await plane.turnEnd(app.id)

  expect(model.requests.length).toBe(seen + 4)
  expect(only(events, 'notice.added').map(({ code }) => code)).toEqual([
    'repair_asked',
    'repair_stopped',
    'build_failed',
  ])
  expect(only(events, 'build.failed').length).toBe(1)
  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { version: 1, deployment: { status: 'failed' } } })
})
