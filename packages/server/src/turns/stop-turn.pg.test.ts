import { errorEvent, gate, hangAfter, startScriptedModel, text, toolUse } from '@overskill/model-server'
import type { AppEvent } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Nothing more to do.')] })
const plane = await startTestPlane({ modelUrl: model.url })

/** Stops an app's first turn as soon as an event fits; how long it then took to end, by the events' own times. */
async function stopAt(app: string, fits: (event: AppEvent) => boolean): Promise<{ ms: number; end: AppEvent }> {
  const begun = await plane.until(app, fits)
  const turn = only(begun, 'turn.started')[0]?.turn.id ?? ''
  const askedAt = Date.now()
  value(await plane.calls.turns.stop({ app, turn }, 'person'))
  const end = last(await plane.turnEnd(app))
  return { ms: Date.parse(end.at) - askedAt, end }
}

test('L16, A7: a stop during the stream of a reply ends the turn within a second', async () => {
  const held = Promise.withResolvers<void>()
  replies.push([text('Working'), gate(held.promise)])
  const { ms, end } = await stopAt((await plane.create('Stream')).id, ({ type }) => type === 'text.delta')
  held.resolve()
  expect(end.type).toBe('turn.stopped')
  expect(ms).toBeLessThan(1_000)
})

test('B.5 43: a stop during the input of a call writes nothing of it, and its row ends as cancelled', async () => {
  const half = toolUse('os-write', { file_path: 'src/half.ts', content: 'x'.repeat(400) }, { chunkSize: 50 })
  replies.push(hangAfter(5, [half]))
  const { id } = await plane.create('Half a file')
  const { end } = await stopAt(id, ({ type }) => type === 'tool.input')
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { deployment: { skipped: 'stopped' } } })
  const events = await plane.turnEnd(id)
  expect(only(events, 'tool.failed')).toMatchObject([{ status: 'cancelled', error: { code: 'CUT_OFF' } }])
  expect(only(events, 'files.changed')).toEqual([])
})

test('L16, A7: a stop during the wait before another try ends the turn within a second', async () => {
  for (let tries = 0; tries < 4; tries += 1) replies.push([errorEvent('overloaded_error', 'x')])
  const seen = model.requests.length
  const { ms, end } = await stopAt((await plane.create('Wait')).id, ({ type }) => type === 'turn.retrying')
  replies.length = 0
  expect(end.type).toBe('turn.stopped')
  expect(ms).toBeLessThan(1_000)
  expect(model.requests.length - seen).toBeLessThanOrEqual(2)
})
