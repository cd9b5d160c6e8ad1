import { newId, type Deployment } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { finishWithVersion, playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { sayTo } from '../testing/stand-in-deeds.ts'
import { activityOf } from './activity.ts'
import { applyToApp, beginFrom } from './app-state.ts'

const prepared = (): { standIn: StandIn; app: string; now: () => ReturnType<typeof activityOf> } => {
  const standIn = createStandIn(() => 80)
  const made = standIn.addApp()
  const begin = beginFrom(made.snapshot)
  const app = made.snapshot.app.id
  return { standIn, app, now: () => activityOf(made.log.reduce(applyToApp, begin)) }
}

test('an app at rest does nothing, and one whose turn has ended does nothing', () => {
  const { standIn, app, now } = prepared()
  expect(now()).toBeUndefined()
  finishWithVersion(standIn, playTurn(standIn, app, 'A list'), 1, 'Made a list')
  expect(now()).toBeUndefined()
})

test('each part of a turn is said for what it is', () => {
  const { standIn, app, now } = prepared()
  sayTo(standIn, app, 'Before')
  expect(now()?.text).toBe('Waiting to start')
  const played = playTurn(standIn, app, 'A list')
  played.think('Let me see')
  expect(now()?.text).toBe('Thinking')
  played.end(0, 'thinking', 5)
  const block = played.block('tools')
  const [one, other] = [played.call(block, 'os-write'), played.call(block, 'os-write')]
  expect(now()).toEqual({ text: 'Writing 2 files', done: undefined })
  one.run({ file_path: 'a' })
  one.done('OK')
  expect(now()).toEqual({ text: 'Writing 1 file', done: undefined })
  other.run({ file_path: 'b' })
  other.done('OK')
  played.end(block, 'tools', 9)
  expect(now()).toMatchObject({ text: 'Waiting for the model' })
})

test("the model's own plan measures the whole turn", () => {
  const { standIn, app, now } = prepared()
  const played = playTurn(standIn, app, 'A list')
  const block = played.block('tools')
  const plan = played.call(block, 'os-plan')
  plan.run({ items: [{ text: 'Page', status: 'done' }, { text: 'Form', status: 'doing' }, { text: 'Colours' }, {}] })
  plan.done('OK')
  played.call(block, 'os-write')
  expect(now()).toMatchObject({ text: 'Writing 1 file', done: 1 / 3 })
})

test('a model that is tried again is said to be', () => {
  const { standIn, app, now } = prepared()
  const played = playTurn(standIn, app, 'A list')
  const retryAt = '2026-11-23T10:00:00.000Z'
  played.emit({ type: 'turn.retrying', turn: played.turn.id, attempt: 2, of: 5, reason: 'overloaded', retryAt })
  expect(now()?.text).toBe('Trying the model again')
  played.text('Here I am.', false)
  expect(now()?.text).toBe('Answering')
})

test('a build says until when it is waited for, and one that is given up is over with its deployment', () => {
  const { standIn, app, now } = prepared()
  const deadline = '2026-11-26T15:00:00.000Z'
  const deployment: Deployment = {
    ...{ id: newId('dep'), environment: 'preview', version: 3, url: standIn.app(app).snapshot.app.previewUrl },
    ...{ status: 'building', stages: [], createdAt: '2026-11-26T14:55:00.000Z' },
  }
  standIn.emit(app, { type: 'deployment.started', deployment })
  standIn.emit(app, { type: 'build.started', build: newId('build'), version: 3, deadline })
  expect(now()).toMatchObject({ text: 'Building version 3', waited: { deadline } })
  standIn.emit(app, { type: 'deployment.stage', deployment: { ...deployment, status: 'superseded' } })
  expect(now()).toBeUndefined()
})
