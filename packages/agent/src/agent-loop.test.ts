import { startScriptedModel, text, thinking, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTurn } from './agent-test-kit.ts'

test('a turn goes from text and calls over results to the closing words', async () => {
  await using server = await startScriptedModel([
    [
      thinking('Two files.'),
      text('Writing.'),
      toolUse('os-write', { file_path: 'a', content: 'A' }),
      toolUse('os-write', { file_path: 'b', content: 'B' }),
    ],
    [text('Done.')],
  ])
  const { end, journal } = startTurn(server.url)
  expect(await end).toEqual({ ending: 'completed' })
  expect([...journal.files]).toEqual([
    ['a', 'A'],
    ['b', 'B'],
  ])
  expect(server.requests[1]?.['messages']).toHaveLength(3)
  expect(journal.history).toHaveLength(4)
})
