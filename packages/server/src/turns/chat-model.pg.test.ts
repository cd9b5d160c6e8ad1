import { bytes, chatWire, httpError, startScriptedModel, text, thinking, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], {
  wire: chatWire,
  models: ['text-embedding-1', 'coder-1'],
  rest: () => replies.shift() ?? [text('Nothing more to do.')],
})
const plane = await startTestPlane({ chatUrl: `${model.url}/v1` })

const homePage = (words: string) => `export function HomePage() {\n  return <h1>${words}</h1>\n}\n`

/** Two calls whose pieces come in turns, as chat servers may send them. */
function interleaved(calls: readonly { path: string; content: string }[]) {
  const delta = (tool: object) =>
    bytes(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [tool] } }] })}\n\n`)
  const inputs = calls.map(({ path, content }) => JSON.stringify({ file_path: path, content }))
  const longest = Math.max(...inputs.map(({ length }) => length))
  return [
    ...calls.map((_, index) => delta({ index, id: `call_${index}`, function: { name: 'os-write', arguments: '' } })),
    ...Array.from({ length: Math.ceil(longest / 9) }, (_, nth) => nth * 9).flatMap((at) =>
      inputs.map((input, index) => delta({ index, function: { arguments: input.slice(at, at + 9) } })),
    ),
    bytes('data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n'),
    bytes(
      'data: {"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":60,"prompt_tokens_details":{"cached_tokens":800}}}\n\n',
    ),
    bytes('data: [DONE]\n\n'),
  ]
}

test('a turn through a chat server writes two files side by side, is built and is on line, with the model named', async () => {
  replies.push(
    interleaved([
      { path: 'src/pages/HomePage.tsx', content: homePage('Made by coder') },
      { path: 'src/lib/words.ts', content: "export const words = 'äö'\n" },
    ]),
    [thinking('All there.'), text('Both are written.')],
  )
  const app = await plane.create('Two files')

  const events = await plane.turnEnd(app.id)

  expect(app.model).toBe('openai/coder-1')
  expect(last(events)).toMatchObject({
    type: 'turn.completed',
    turn: {
      status: 'completed',
      deployment: { status: 'live' },
      steps: 2,
      cost: { usd: null, reason: 'price unknown' },
    },
  })
  expect(only(events, 'step.completed')[0]?.usage).toMatchObject({
    inputTokens: 100,
    cacheReadTokens: 800,
    outputTokens: 60,
  })
  expect(only(events, 'build.completed')).toHaveLength(1)
  expect((await plane.page(`preview-${app.id}`)).status).toBe(200)
  const { messages } = value(await plane.calls.messages.conversation({ app: app.id }, 'person'))
  const reply = messages.find(({ role }) => role === 'assistant')
  expect(reply?.role === 'assistant' && reply.blocks.map(({ type }) => type)).toEqual([
    'tools',
    'thinking',
    'text',
    'version',
  ])
  expect(model.requests[1]?.['messages']).toContainEqual(
    expect.objectContaining({
      role: 'tool',
      tool_call_id: 'call_1',
      content: expect.stringContaining('src/lib/words.ts'),
    }),
  )
})

test('A3: the next turn, after a restart, begins with what was sent before', async () => {
  replies.push([toolUse('os-view', { file_path: 'src/index.css' })], [text('Seen.')])
  const app = await plane.create('Look')
  await plane.turnEnd(app.id)
  const sent = JSON.stringify(model.requests.at(-1)?.['messages']).slice(0, -1)
  await plane.restart()
  replies.push([text('Hello again.')])

  await plane.calls.messages.post({ app: app.id, text: 'Hello?' }, 'person')
  const events = await plane.turnEnd(app.id, 2)

  expect(last(events).type).toBe('turn.completed')
  expect(JSON.stringify(model.requests.at(-1)?.['messages']).startsWith(sent)).toBe(true)
})

test('a refusal of the chat server ends the turn with words and what to do', async () => {
  replies.push(httpError(401, 'authentication_error', 'no'))
  const app = await plane.create('Refused')
  expect(last(await plane.turnEnd(app.id))).toMatchObject({
    type: 'turn.failed',
    turn: { error: { code: 'model_key_rejected', message: expect.stringContaining('Set OPENAI_API_KEY') } },
  })
})

test('A9: the connection test of the API tries address, key, model and a tool, and fails for what is not set up', async () => {
  replies.push([toolUse('connection-test', { word: 'lighthouse' })], [text('ok')])
  const done = value(await plane.calls.models.test({ model: 'openai/coder-1' }, 'person'))
  expect(done.steps.map(({ name, ok }) => [name, ok])).toEqual([
    ['address', true],
    ['key', true],
    ['model', true],
    ['tool', true],
  ])
  expect(value(await plane.calls.models.test({ model: 'anthropic/x' }, 'person'))).toMatchObject({ ok: false })
})
