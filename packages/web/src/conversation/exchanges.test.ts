import { expect, test } from 'vitest'
import { playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import { turnOf } from '../testing/stand-in-data.ts'
import { sayTo } from '../testing/stand-in-deeds.ts'
import { exchangesOf, queuedOf } from './exchanges.ts'

test('queued messages stand above the composer and not in the conversation', () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  playTurn(standIn, app, 'First')
  sayTo(standIn, app, 'Second')
  const { messages, turns } = standIn.app(app).snapshot.conversation
  expect(exchangesOf(messages, turns).map((one) => one.user?.text)).toEqual(['First'])
  expect(queuedOf(messages).map((one) => one.text)).toEqual(['Second'])
})

test('a queue answered in another order is read in the order of the answers', () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  playTurn(standIn, app, 'First').complete()
  const asked = ['Second', 'Third'].map((text) => sayTo(standIn, app, text).message)
  for (const message of asked.toReversed()) {
    const turn = turnOf(message.turn, message.id, 'running')
    standIn.emit(app, { type: 'turn.started', turn })
    const id = `msg_answer0${message.text.toLowerCase()}`
    const answer = { id, role: 'assistant' as const, turn: turn.id, blocks: [], createdAt: message.createdAt }
    standIn.emit(app, { type: 'message.created', message: answer })
  }
  const { messages, turns } = standIn.app(app).snapshot.conversation
  expect(exchangesOf(messages, turns).map((one) => one.user?.text)).toEqual(['First', 'Third', 'Second'])
})
