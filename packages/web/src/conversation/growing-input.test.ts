import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentLines, createInputReader } from './growing-input.ts'

test('the line count grows with the content, and a path is known before it', () => {
  const read = createInputReader()
  const whole = JSON.stringify({ file_path: 'src/App.tsx', content: 'one\ntwo\nthree\n' })
  expect(read(whole.slice(0, 26)).fields.get('file_path')?.text).toBe('src/App.tsx')
  const counts = Array.from({ length: whole.length }, (_, end) => read(whole.slice(0, Math.max(26, end))).lines)
  expect(counts.every((count, index) => index === 0 || count >= (counts[index - 1] ?? 0))).toBe(true)
  expect(read(whole).lines).toBe(3)
})

test('B.5 39: content that comes before its path is kept, and is there when the path is known', () => {
  const read = createInputReader()
  const whole = JSON.stringify({ content: 'one\ntwo', file_path: 'src/App.tsx' })
  const early = read(whole.slice(0, 20))
  expect([early.fields.get('file_path')?.text, early.lines]).toEqual([undefined, 2])
  const late = read(whole)
  expect([late.fields.get('file_path')?.text, late.fields.get('content')?.text]).toEqual(['src/App.tsx', 'one\ntwo'])
})

test('however the text is cut, the count is that of the content', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat()), (lines, cuts) => {
      const content = lines.join('\n')
      const whole = JSON.stringify({ file_path: 'a.txt', content })
      const read = createInputReader()
      for (const cut of cuts.map((one) => one % whole.length).sort((a, b) => a - b)) read(whole.slice(0, cut))
      expect(read(whole).fields.get('content')?.text).toBe(content)
      expect(read(whole).lines).toBe(contentLines((name) => (name === 'content' ? content : undefined)))
    }),
  )
})

test('a text that is shorter than the last one begins anew', () => {
  const read = createInputReader()
  read('{"content":"a\\nb\\nc')
  expect(read('{"content":"x').lines).toBe(1)
  expect(read('{"content":"x').fields.get('content')?.text).toBe('x')
})

test('a large file costs the same however often it is drawn', () => {
  const read = createInputReader()
  const whole = JSON.stringify({ content: 'a line of the file\n'.repeat(20_000) })
  const before = process.cpuUsage() // of this process alone: what else the machine does is not counted
  for (let end = 0; end < whole.length; end += 200) read(whole.slice(0, end))
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
  expect(read(whole).lines).toBe(20_000)
})
