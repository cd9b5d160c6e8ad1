import { gate, refusal, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { type Mode, must } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { turns } from '../database/schema.ts'
import { last, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('I see.')] })
const plane = await startTestPlane({ modelUrl: model.url })

const changed = 'Files that changed since your last turn'
const write = (path: string) => toolUse('os-write', { file_path: path, content: 'export {}\n' })

const say = async (app: string, mode: Mode = 'chat'): Promise<string> =>
  value(await plane.calls.messages.post({ app, text: 'And now?', mode }, 'person')).turn.id

/** What the model is told before the person's words in a turn that has begun. */
async function toldIn(turn: string): Promise<string> {
  const row = must(await plane.db.query.turns.findFirst({ where: eq(turns.id, turn) }), 'The turn')
  return (row.opening as { content: { text: string }[] }[])[0]?.content[0]?.text ?? ''
}

/** The app's nth turn, from the message to its end, and what the model was told in it. */
async function toldNext(app: string, nth: number, mode?: Mode): Promise<string> {
  const turn = await say(app, mode)
  await plane.turnEnd(app, nth)
  return toldIn(turn)
}

const edit = async (app: string, path: string) =>
  value(await plane.calls.files.edit({ app, changes: [{ path, content: 'export {}\n' }] }, 'person'))

test('A2: while an app has no version, the model is not told that somebody made its files', async () => {
  const { id } = await plane.create()
  expect(await toldNext(id, 1)).toContain('Its files:\n')
  expect(await toldNext(id, 2)).not.toContain(changed)
  expect(await toldNext(id, 3)).not.toContain(changed)
})

test('A2: the model is told of a person’s first edits, and of nothing else, though no turn has made a version', async () => {
  const { id } = await plane.create()
  await toldNext(id, 1)
  const changes = [
    { path: 'src/pages/HomePage.tsx', content: 'export {}\n' },
    { path: 'src/mine.ts', content: '\n' },
  ]
  value(await plane.calls.files.edit({ app: id, changes }, 'person'))
  value(
    await plane.calls.files.edit(
      { app: id, changes: [{ path: 'src/lib/format.ts', delete: true as const }] },
      'person',
    ),
  )

  const told = await toldNext(id, 2)
  expect(told.split('\n').filter((line) => /^(created|changed|deleted|renamed): /.test(line))).toEqual([
    'deleted: src/lib/format.ts',
    'created: src/mine.ts',
    'changed: src/pages/HomePage.tsx',
  ])
  expect(await toldNext(id, 3), 'once').not.toContain(changed)
})

test('B.5 49: after a first turn that was refused, the next one tells the app and its files from the start', async () => {
  const { id } = await plane.create()
  replies.push(refusal('cyber', 'Not this.'))
  await say(id)
  expect(last(await plane.turnEnd(id))).toMatchObject({
    type: 'turn.failed',
    turn: { error: { code: 'model_refused' } },
  })
  const told = await toldNext(id, 2)
  expect(told).toContain('Its files:\n')
  expect(told).toContain('<file path="package.json">')
})

test('A2: an edit is told in one turn, also where that turn changes nothing', async () => {
  replies.push([write('src/one.ts')], [text('Done.')])
  const { id } = await plane.create('One file')
  await plane.turnEnd(id)
  expect(await toldNext(id, 2), 'its own file').not.toContain(changed)
  await edit(id, 'src/mine.ts')
  expect(await toldNext(id, 3)).toMatch(/: src\/mine\.ts/)
  expect(await toldNext(id, 4)).not.toContain(changed)
})

test('A2: what a turn wrote while the next one waited is known to the turns after both', async () => {
  const held = Promise.withResolvers<void>()
  replies.push([write('src/one.ts'), text('Working'), gate(held.promise)], [text('Done.')])
  const { id } = await plane.create('One file')
  await plane.until(id, ({ type }) => type === 'text.delta')
  const waited = await say(id)
  held.resolve()
  await plane.turnEnd(id, 2)
  expect(await toldIn(waited)).not.toContain(changed)
  expect(await toldNext(id, 3)).not.toContain(changed)
})
