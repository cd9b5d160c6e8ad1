import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startScriptedModel, text, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTurn, testTools, user } from './agent-test-kit.ts'
import type { TestWork } from './test-journal.ts'
import type { Tool } from './tool.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const nextTick = () => new Promise((resolve) => setImmediate(resolve))

const replies = () => [
  [toolUse('os-write', { file_path: 'a', content: 'x' }), toolUse('slow', { name: 'b' })],
  [text('Done.')],
]

/** The tools of the tests, `slow` already let go; `see` gets what each call worked on, and its signal. */
const seenTools = (see: (work: TestWork, signal: AbortSignal) => void): Tool<TestWork>[] =>
  testTools(Promise.resolve()).map((tool) => ({
    ...tool,
    run(input, work, signal) {
      see(work, signal)
      return tool.run(input, work, signal)
    },
  }))

/** What of these is still there once all that may go has gone; what one round frees may be what held another. */
async function left(refs: Readonly<Record<string, WeakRef<object>>>): Promise<string[]> {
  const there = () => Object.keys(refs).filter((name) => refs[name]?.deref() !== undefined)
  for (let round = 0; round < 10 && there().length > 0; round += 1) {
    await nextTick()
    collectGarbage()
  }
  return there()
}

/** A whole turn, of which nothing is given back but what can be asked whether it is still there. */
async function endedTurn(url: string, stop: AbortController): Promise<Record<string, WeakRef<object>>> {
  const seen: object[] = []
  const history = [user('Build it')]
  const tools = seenTools((work) => seen.push(work))
  const { journal, end } = startTurn(url, { history, tools, signal: stop.signal })
  expect(await end).toEqual({ ending: 'completed' })
  const [written = {}, waited = {}] = seen
  return Object.fromEntries(
    Object.entries({ history, journal, tools, written, waited }).map(([name, one]) => [name, new WeakRef(one)]),
  )
}

test('E5: an ended turn leaves nothing in memory, though the signal that could have stopped it stays', async () => {
  await using model = await startScriptedModel(replies())
  const stop = new AbortController()
  const refs = await endedTurn(model.url, stop)
  expect(await left(refs)).toEqual([])
  expect(stop.signal.aborted).toBe(false)
})

test('E5: calls are let go of by their signals, and the journal hears nothing of that', async () => {
  await using model = await startScriptedModel(replies())
  const signals: AbortSignal[] = []
  const { journal, notes, end } = startTurn(model.url, { tools: seenTools((_work, signal) => signals.push(signal)) })
  const facts = end.then(() => [...journal.facts])
  expect(await end).toEqual({ ending: 'completed' })
  await nextTick()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  expect([journal.facts, notes]).toEqual([await facts, []])
})
