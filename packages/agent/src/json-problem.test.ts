import { expect, test } from 'vitest'
import { findJsonProblem } from './json-problem.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const samples = [
  '{"file_path":"a.ts","content":"x\\n\\u00e9\\ud83d\\ude00 \\"q\\" 👍"}',
  ' { "a" : [ 1 , -2.5e+10 , true , false , null , { } , [ ] , "" ] , "b" : { "c" : [ [ ] ] } } ',
  '[]',
  '"text"',
  '-0.5E-3',
  'null',
]

test('JSON has no problem, and every beginning of it only ends too early', () => {
  for (const text of samples) {
    expect(findJsonProblem(text)).toBeUndefined()
    for (let end = 0; end < text.length; end += 1) {
      const part = text.slice(0, end)
      if (!isJson(part)) expect(findJsonProblem(part), part).toMatchObject({ cutOff: true, at: end })
    }
  }
})

test('one strange character anywhere is judged as a parser judges it', () => {
  for (const text of samples)
    for (let at = 0; at <= text.length; at += 1)
      for (const char of ['}', ']', ',', ':', '"', '\\', 'x', '\n', '7', '/', '\u0001']) {
        const broken = text.slice(0, at) + char + text.slice(at)
        expect(findJsonProblem(broken) === undefined, JSON.stringify(broken)).toBe(isJson(broken))
      }
})

test('the place of the problem is named', () => {
  expect(findJsonProblem('{"a": 1, // no\n"b": 2}')).toEqual({ at: 9, says: 'expected key', cutOff: false })
  expect(findJsonProblem('{"a": 1} trailing')).toEqual({ at: 9, says: 'expected the end', cutOff: false })
  expect(findJsonProblem('{"a": undefined}')).toMatchObject({ at: 6, cutOff: false })
  expect(findJsonProblem('{"a": "tab\tinside"}')).toMatchObject({ at: 10, cutOff: false })
  expect(findJsonProblem("{'a': 1}")).toMatchObject({ at: 1, cutOff: false })
})

test('depth costs no stack and length no time', () => {
  expect(findJsonProblem('['.repeat(300_000))).toMatchObject({ cutOff: true })
  expect(findJsonProblem('['.repeat(300_000) + ']'.repeat(300_000))).toBeUndefined()
  const long = JSON.stringify({ content: '\\n"é'.repeat(500_000) })
  const begin = process.cpuUsage()
  expect(findJsonProblem(long)).toBeUndefined()
  expect(process.cpuUsage(begin).user / 1000).toBeLessThan(2000)
})
