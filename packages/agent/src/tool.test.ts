import { expect, test } from 'vitest'
import { keysConflict, read, write } from './tool.ts'

test.each([
  [write('file:a'), write('file:a'), true],
  [write('file:a'), read('file:a'), true],
  [read('file:a'), read('file:a'), false],
  [write('file:a'), write('file:b'), false],
  [read('tree'), write('file:a'), true],
  [read('tree'), read('file:a'), false],
  [write('tree'), read('file:a'), true],
  [read('tree'), read('tree'), false],
  [read('tree'), write('meta'), false],
  [read('*'), write('meta'), true],
  [read('*'), read('tree'), false],
])('D.1: %o and %o conflict: %o', (a, b, conflict) => {
  expect(keysConflict(a, b)).toBe(conflict)
  expect(keysConflict(b, a)).toBe(conflict)
})
