import type { ToolCall } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { doneOf, fieldsOf, subjectOf, summaryOf, verbOf } from './tool-words.ts'

const callOf = (name: string, status: ToolCall['status'], index = 0): ToolCall => ({
  id: `call_${name.replaceAll('-', '')}${index}0000`,
  name,
  inputText: '',
  status,
})

test('a finished group says what was done, and what was not', () => {
  const calls = [
    ...[0, 1, 2].map((index) => callOf('os-write', 'complete', index)),
    callOf('os-view', 'complete'),
    callOf('os-replace', 'error'),
    callOf('os-delete', 'cancelled'),
  ]
  expect(summaryOf(calls)).toBe('Wrote 3 files, read 1 file, 1 failed, 1 cancelled')
})

test('a group at work says what is being done', () => {
  const calls = [callOf('os-write', 'complete'), callOf('os-write', 'running', 1), callOf('os-write', 'pending', 2)]
  expect(doneOf(calls)).toBe('Writing 2 files')
})

test('L1: a call that failed is never said to have been done', () => {
  for (const status of ['error', 'timeout', 'cancelled'] as const)
    expect(verbOf(callOf('os-write', status))).toBe('Did not write')
  expect(summaryOf([callOf('os-write', 'error')])).toBe('1 failed')
})

test('a tool this studio does not know is named as it is', () => {
  expect(verbOf(callOf('os-screenshot', 'running'))).toBe('Running os-screenshot')
})

test('the subject of a call is its path, both paths of a move, or its words', () => {
  expect(subjectOf('os-rename', fieldsOf({ from: 'a.ts', to: 'b.ts' }))).toEqual({
    kind: 'path',
    path: 'a.ts',
    to: 'b.ts',
  })
  expect(subjectOf('os-search-files', fieldsOf({ query: 'due' }))).toEqual({ kind: 'words', text: 'due' })
  expect(subjectOf('os-add-dependency', fieldsOf({ packages: ['a', 'b@1'] }))).toEqual({
    kind: 'words',
    text: 'a, b@1',
  })
  expect(subjectOf('os-plan', fieldsOf({ items: [] }))).toBeUndefined()
  expect(subjectOf('os-write', fieldsOf('not an object'))).toBeUndefined()
})
