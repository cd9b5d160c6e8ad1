import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readRecording,
  startReplayedModel,
  startScriptedModel,
  text,
  toolUse,
  cutAfter,
  httpError,
} from '@overskill/model-server'
import { afterAll, expect, test } from 'vitest'
import { last, startTestPlane, value } from '../test-plane.ts'

const dir = await mkdtemp(join(tmpdir(), 'overskill-record-'))
afterAll(() => rm(dir, { recursive: true, force: true }))

const files = ['src/one.ts', 'src/two.ts']
const writes = files.map((path) => toolUse('os-write', { file_path: path, content: `export const at = '${path} ✓'\n` }))

const shown = async (plane: Awaited<ReturnType<typeof startTestPlane>>, app: string) => {
  const { messages } = value(await plane.calls.messages.conversation({ app }, 'person'))
  return messages
    .flatMap((message) => (message.role === 'assistant' ? message.blocks : []))
    .map((block) => {
      if (block.type === 'tools') return block.calls.map(({ name, status, result }) => ({ name, status, result }))
      return block.type === 'text' ? block.text : block.type
    })
}

test('A14: a recorded turn, its faults included, is played again without the model and comes to the same end', async () => {
  await using model = await startScriptedModel([
    httpError(529, 'overloaded_error', 'Overloaded', { 'retry-after': '0' }),
    cutAfter(4, [text('Cut off in the middle of a sentence that is long')]),
    [text('Zwei Dateien: ✓ 👍'), ...writes],
    [text('Both are there.')],
  ])
  const recorded = await startTestPlane({ modelUrl: model.url, env: { OVERSKILL_RECORD: dir } })
  const app = await recorded.create('Two files')
  const end = last(await recorded.turnEnd(app.id))
  const [turn] = await readdir(dir)

  const recording = await readRecording(join(dir, turn ?? ''))
  await using replayed = await startReplayedModel(recording)
  const again = await startTestPlane({ modelUrl: replayed.url })
  const copy = await again.create(recording.turn.prompt)
  const endAgain = last(await again.turnEnd(copy.id))

  expect(end.type).toBe('turn.completed')
  expect(endAgain.type).toBe(end.type)
  expect(replayed.asked).toBe(4)
  expect(await shown(again, copy.id)).toEqual(await shown(recorded, app.id))
  expect(
    new Set(files).isSubsetOf(
      new Set(value(await again.calls.files.list({ app: copy.id }, 'person')).items.map(({ path }) => path)),
    ),
  ).toBe(true)
})

test('no recording holds a key, wherever it stood', async () => {
  const names = await readdir(dir, { recursive: true, withFileTypes: true })
  const kept = await Promise.all(
    names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8')),
  )
  expect(kept.length).toBeGreaterThan(4)
  expect(kept.join('')).not.toContain('scripted-key')
})
