import { expect, test } from 'vitest'
import { duration, plural, shortHash, size, timeAgo } from './figures.ts'

test('times have a unit and no more digits than they deserve', () => {
  expect([0.4, 12, 99, 1_420, 38_400, 60_000, 125_000].map(duration)).toEqual([
    '0.4 ms',
    '12 ms',
    '99 ms',
    '1.4 s',
    '38 s',
    '1 min',
    '2 min 5 s',
  ])
})

test('sizes count in thousands', () => {
  expect([999, 1_500, 214_300, 2_400_000].map(size)).toEqual(['999 B', '1.5 kB', '214 kB', '2.4 MB'])
})

test('a moment is said by its distance, an old one by its date', () => {
  const now = Date.parse('2026-11-23T12:00:00.000Z')
  expect(timeAgo('2026-11-23T11:59:40.000Z', now)).toBe('just now')
  expect(timeAgo('2026-11-23T12:00:20.000Z', now)).toBe('just now')
  expect(timeAgo('2026-11-23T09:30:00.000Z', now)).toBe('2h ago')
  expect(timeAgo('2026-09-01T12:00:00.000Z', now)).toBe('Sep 1, 2026')
})

test('a hash is shown by six of its digits, and one thing is not two', () => {
  expect([shortHash('sha256:a1b2c3d4'), shortHash('a1b2c3d4'), plural(1, 'file'), plural(1_200, 'file')]).toEqual([
    'a1b2c3',
    'a1b2c3',
    '1 file',
    '1,200 files',
  ])
})
