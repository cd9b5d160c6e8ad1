import { startScriptedModel, text, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTurn, user } from './agent-test-kit.ts'
import type { ResumedStep } from './agent-turn.ts'
import type { RawBlock } from './model.ts'
import { done } from './tool.ts'

const storedCall = (position: number, name: string, input: Record<string, unknown>) => ({
  step: 1,
  position,
  index: position + 1,
  call: `call_stored000${position}`,
  providerId: `toolu_${position}`,
  name,
  inputText: JSON.stringify(input),
  block: { type: 'tool_use', id: `toolu_${position}`, name, input },
})

const resume: ResumedStep = {
  step: 1,
  blocks: [{ index: 0, block: { type: 'text', text: 'Writing three files.' } }],
  calls: [
    {
      call: storedCall(0, 'os-write', { file_path: 'a', content: 'A' }),
      state: { result: done('a was written before') },
    },
    { call: storedCall(1, 'os-write', { file_path: 'b', content: 'B' }), state: { stored: 'running' } },
    { call: storedCall(2, 'slow', {}), state: { stored: 'running' } },
    { call: storedCall(3, 'os-view', { file_path: 'b' }), state: { stored: 'queued' } },
  ],
}

test('B.5 46: a step whose reply is stored goes on: finished results stay, the rest is run or answered', async () => {
  await using server = await startScriptedModel([
    [toolUse('os-write', { file_path: 'c', content: 'C' })],
    [text('Done.')],
  ])
  const turn = startTurn(server.url, {
    resume,
    before(fact) {
      if (fact.fact === 'callFinished' && fact.step === 1) expect(String(fact['call'])).not.toContain('0000')
    },
  })
  expect(await turn.end).toEqual({ ending: 'completed' })
  const messages = server.requests[0]?.['messages'] as { role: string; content: RawBlock[] }[]
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(messages[1]?.content.map(({ type }) => type)).toEqual(['text', 'tool_use', 'tool_use', 'tool_use', 'tool_use'])
  expect(messages[2]?.content).toMatchObject([
    { tool_use_id: 'toolu_0', content: 'OK a was written before' },
    { tool_use_id: 'toolu_1', content: 'OK b has 1 characters' },
    { tool_use_id: 'toolu_2', is_error: true, content: expect.stringContaining('INTERRUPTED') },
    { tool_use_id: 'toolu_3', content: 'OK B' },
  ])
  expect([...turn.journal.files.keys()]).toEqual(['b', 'c'])
  expect(turn.journal.of('requestReady').map(({ step }) => step)).toEqual([2, 3])
  expect(turn.journal.of('stepFinished')[0]).toMatchObject({ step: 1, stop: 'cut', usage: { incomplete: true } })
})

test('B.5 46: a request that was streaming is sent again as the same step', async () => {
  await using server = await startScriptedModel([[text('Done.')]])
  const turn = startTurn(server.url, { step: 3, history: [user('Go')] })
  expect(await turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.of('requestReady')).toMatchObject([{ step: 3 }])
})

test('B.5 46: a resumed turn that was stopped meanwhile answers its calls and sends nothing', async () => {
  await using server = await startScriptedModel([])
  const turn = startTurn(server.url, { resume, signal: AbortSignal.abort() })
  expect(await turn.end).toEqual({ ending: 'stopped' })
  expect(server.requests).toHaveLength(0)
  expect(turn.journal.of('callFinished')).toHaveLength(3)
})

test('B.5 46: of a reply that had only begun to think nothing is kept, and its request is sent again', async () => {
  await using server = await startScriptedModel([[text('Done.')]])
  const thought = { type: 'thinking', thinking: 'Hm.', signature: 's' }
  const turn = startTurn(server.url, { resume: { step: 2, blocks: [{ index: 0, block: thought }], calls: [] } })
  expect(await turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.of('blockCut')).toMatchObject([{ step: 2, index: 0 }])
  expect(turn.journal.of('requestReady')).toMatchObject([{ step: 2 }])
  expect(server.requests[0]?.['messages']).toHaveLength(1)
})

test('B.5 46: complete text without an end goes on from it', async () => {
  await using server = await startScriptedModel([[text('Done.')]])
  const begun = { type: 'text', text: 'I will' }
  const turn = startTurn(server.url, { resume: { step: 1, blocks: [{ index: 0, block: begun }], calls: [] } })
  expect(await turn.end).toEqual({ ending: 'completed' })
  expect(turn.journal.of('stepFinished')[0]).toMatchObject({ step: 1, stop: 'cut', after: { role: 'user' } })
  expect(server.requests[0]?.['messages']).toHaveLength(3)
})
