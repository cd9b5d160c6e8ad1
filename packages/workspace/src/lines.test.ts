import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countLines, splitLines } from './lines.ts'

test.each([
  [undefined, 'a\nb\n', 2, 0],
  ['a\nb\n', undefined, 0, 2],
  ['a\nb', 'a\nb\n', 0, 0],
  ['', '', 0, 0],
  ['a\nb\nc', 'a\nx\nc', 1, 1],
  ['a\nb\nc\n', 'a\nb\nc\nd\n', 1, 0],
  ['a\n\n\nb', 'a\nb', 0, 2],
])('from %j to %j: +%i -%i', (before, after, added, removed) => {
  expect(countLines(before, after)).toEqual({ added, removed })
})

test('lines that came less lines that went is the difference in length', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '', 'c c'), { maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { added, removed } = countLines(before, after)
      expect(added - removed).toBe(splitLines(after).length - splitLines(before).length)
    }),
  )
})

test('a megabyte rewritten whole is counted within a second', () => {
  const big = (seed: number): string =>
    Array.from({ length: 60_000 }, (_, i) => `line ${(i * seed) % 99_991}`).join('\n')
  const began = process.cpuUsage() // of this process: other work on the machine does not count
  expect(countLines(big(7), big(13)).added).toBeGreaterThan(50_000)
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000)
})
