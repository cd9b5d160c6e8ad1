import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRange } from './byte-range.ts'

test('E23: whatever the header says, a range lies within the body', () => {
  const number = fc.option(fc.nat(2000), { nil: '' })
  fc.assert(
    fc.property(number, number, fc.nat(1000), (first, last, bytes) => {
      const range = readRange(`bytes=${first}-${last}`, bytes)
      if (typeof range === 'string') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.end).toBeGreaterThanOrEqual(range.start)
      expect(range.end).toBeLessThan(bytes)
    }),
  )
})

test('E23: a header of any other form is no range', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      if (!/^bytes=\d*-\d*$/i.test(header.replaceAll(' ', ''))) expect(readRange(header, 100)).toBe('whole')
    }),
  )
})
