import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readFrames } from '../frames.ts'
import { answerStyles } from './ask-owner.ts'
import type { StyleWork } from './style-request.ts'

const work: StyleWork = {
  toolchain: { major: 3, config: null },
  sheet: { major: 3, text: '', nesting: false, scans: false },
}

test('a compiler that fails is told to its owner, and the process that asked is answered all the same', async () => {
  const stdin = new PassThrough()
  const answers: unknown[] = []
  const faults: unknown[] = []
  stdin.on(
    'data',
    readFrames((message) => answers.push(message)),
  )
  const failing = () => Promise.reject(new Error('no room'))
  await answerStyles(stdin, { ask: 7, work }, failing, (error) => faults.push(error))
  expect(faults).toEqual([new Error('no room')])
  expect(answers).toEqual([
    { kind: 'styles', ask: 7, answer: { ok: false, faults: [expect.objectContaining({ where: 'process' })] } },
  ])
})
