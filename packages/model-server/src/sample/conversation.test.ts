import { expect, test } from 'vitest'
import { readConversation } from './conversation.ts'

const user = (...texts: string[]) => ({ role: 'user', content: texts.map((text) => ({ type: 'text', text })) })
const call = { type: 'tool_use', id: 't1', name: 'os-view', input: { file_path: 'a.ts' } }
const context = (mode: string, rest = '') => `<context>\nDate: 2026-11-23. Mode: ${mode}. Do so.\n\n${rest}\n</context>`

test('a turn is a message of the person and the steps after it, each call with its result', () => {
  const { turns, mode } = readConversation({
    messages: [
      user(context('build'), 'first'),
      { role: 'assistant', content: [{ type: 'text', text: 'ok' }, call] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'ERROR X: no' }] }],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'bye' }] },
      user(context('build'), 'second'),
    ],
  })
  expect(mode).toBe('build')
  expect(turns).toEqual([
    {
      prompt: 'first',
      steps: [
        { calls: [{ name: 'os-view', input: { file_path: 'a.ts' }, result: { ok: false, text: 'ERROR X: no' } }] },
        { calls: [] },
      ],
    },
    { prompt: 'second', steps: [] },
  ])
})

test('two prompts in one message, as after a failed turn, are two turns', () => {
  const { turns } = readConversation({ messages: [user(context('build'), 'one', context('plan'), 'two')] })
  expect(turns.map(({ prompt }) => prompt)).toEqual(['one', 'two'])
})

test('the newest announcement is the mode, and a file in the context announces nothing', () => {
  const file = '<file path="a.md">\n\nMode: chat\n</file>'
  expect(readConversation({ messages: [user(context('plan', file), 'x')] }).mode).toBe('plan')
  expect(readConversation({ messages: [user(context('plan'), 'x'), user(context('build'), 'y')] }).mode).toBe('build')
  expect(readConversation({ messages: [user('x'), { role: 'system', content: 'Now in chat mode.' }] }).mode).toBe(
    'chat',
  )
  expect(readConversation({ messages: [user('the dark Mode: plan')] }).mode).toBe('build')
})

test('reminders, nudges and “continue” begin no turn', () => {
  const { turns } = readConversation({
    messages: [
      user('a list'),
      user('<system-reminder>\nGo on.\n</system-reminder>'),
      user('Continue.'),
      user('please go on'),
    ],
  })
  expect(turns.map(({ prompt }) => prompt)).toEqual(['a list'])
})

test.each([
  [{}],
  [{ messages: 3 }],
  [{ messages: [null] }],
  [{ messages: [{ role: 'user', content: 7 }] }],
  [{ messages: [{ role: 'assistant' }] }],
])('the odd body %j is a conversation with an empty prompt', (body) => {
  expect(readConversation(body).turns).toEqual([{ prompt: '', steps: [] }])
})
