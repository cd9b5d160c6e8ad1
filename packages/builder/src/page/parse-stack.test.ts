import { expect, test } from 'vitest'
import { parseStack } from './parse-stack.ts'

const app = 'http://live-abc123.localhost:4000'
const expected = [
  { file: `${app}/src/App.tsx?t=17`, line: 12, column: 9 },
  { file: `${app}/assets/index-0123456789.js`, line: 1, column: 2345 },
]

test('a stack of Chromium is read, without its message, native code and evals of no file', () => {
  const stack = `TypeError: at http://evil.test/x.js:1:1 is not a function
    at Button (${app}/src/App.tsx?t=17:12:9)
    at Array.map (<anonymous>)
    at async ${app}/assets/index-0123456789.js:1:2345
    at new Promise (native)`
  expect(parseStack(stack)).toEqual(expected)
  expect(parseStack(`Error\n    at eval (eval at run (${app}/a.js:3:4), <anonymous>:1:1)`)).toEqual([
    { file: `${app}/a.js`, line: 3, column: 4 },
  ])
})

test('stacks of Firefox and of Safari are read', () => {
  const firefox = `Button@${app}/src/App.tsx?t=17:12:9\nasync*@${app}/assets/index-0123456789.js:1:2345\n`
  expect(parseStack(firefox)).toEqual(expected)
  const safari = `Button@${app}/src/App.tsx?t=17:12:9\nmap@[native code]\nmodule code@${app}/assets/index-0123456789.js:1:2345`
  expect(parseStack(safari)).toEqual(expected)
  expect(parseStack(`run@${app}/a.js line 3 > eval:1:1`)).toEqual([{ file: `${app}/a.js`, line: 3, column: 0 }])
  expect(parseStack(`${app}/a.js:5:6`)).toEqual([{ file: `${app}/a.js`, line: 5, column: 6 }])
})

test('what is no stack has no places, and a long one few', () => {
  for (const none of [undefined, null, 7, {}, '', 'Error: at noon', 'a@b']) expect(parseStack(none)).toEqual([])
  const long = Array.from({ length: 5_000 }, (_, i) => `    at f (${app}/a.js:${i + 1}:1)`).join('\n')
  expect(parseStack(long)).toHaveLength(50)
  expect(parseStack(`at ${'http://'.repeat(100_000)}`)).toEqual([])
})
