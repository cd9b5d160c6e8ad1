import { expect, test } from 'vitest'
import { applyEvent, emptyConversation, newId } from '@overskill/protocol'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from './event-log.ts'
import { createConversationFold } from './fold-conversation.ts'
import { insertTestApp } from './test-app.ts'

const { db } = await withTestDatabase()

test('E-E1: the conversation of an app is the fold of all its events, also when asked again after more came', async () => {
  const log = createEventLog(db)
  const fold = createConversationFold(log)
  const app = await insertTestApp(db)
  const [turn, message] = [newId('turn'), newId('msg')]
  const createdAt = new Date().toISOString()
  await log.write((write) =>
    write.append(app, [
      { type: 'message.created', message: { id: message, role: 'assistant', turn, blocks: [], createdAt } },
      { type: 'text.delta', message, block: 0, offset: 0, text: 'Hello' },
    ]),
  )
  const early = await Promise.all([fold.conversationOf(app), fold.conversationOf(app)])
  expect(early[0]).toEqual(early[1])
  for (let i = 0; i < 1_200; i += 400) {
    const deltas = Array.from({ length: 400 }, (_, at) => ({
      type: 'text.delta' as const,
      message,
      block: 0,
      offset: 5 + i + at,
      text: '.',
    }))
    await log.write((write) => write.append(app, deltas))
  }
  const all = await log.list(app, 0, 5_000)
  expect(await fold.conversationOf(app)).toEqual(all.reduce(applyEvent, emptyConversation))
  expect((await fold.conversationOf(app)).seq).toBe(1_202)
})

test('E-E1: an app without events has the empty conversation', async () => {
  expect(await createConversationFold(createEventLog(db)).conversationOf('nobody')).toEqual(emptyConversation)
})
