import type { AssistantMessage, ToolCall } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { writtenLast } from './being-written.tsx'

const call = (id: string, name: string): ToolCall => ({ id, name, inputText: '', status: 'pending' })
const answer = (calls: ToolCall[]): AssistantMessage => ({
  id: 'msg_aaaaaaaa',
  role: 'assistant',
  turn: 'turn_aaaaaaaa',
  blocks: [{ type: 'tools', status: 'running', expanded: true, calls }],
  createdAt: '2026-11-23T10:00:00.000Z',
})

test('the file that is shown is the one that is written last, whatever is read beside it', () => {
  const message = answer([call('one', 'os-write'), call('two', 'os-write'), call('three', 'os-view')])
  expect(writtenLast([message])?.id).toBe('two')
})

test('nothing is shown while no file is written', () => {
  expect(writtenLast([])).toBeUndefined()
  expect(writtenLast([answer([call('one', 'os-plan')])])).toBeUndefined()
})
