import { expect, test } from 'vitest'
import { matchesGlob } from './glob.ts'

test.each([
  ['src/App.tsx', '*.tsx', true],
  ['src/App.tsx', 'src/*.tsx', true],
  ['src/ui/a.tsx', 'src/*.tsx', false],
  ['src/ui/a.tsx', 'src/**/*.tsx', true],
  ['src/a.tsx', 'src/**/*.tsx', true],
  ['src/ui/a.tsx', '**/a.tsx', true],
  ['src/ui/a.tsx', '**', true],
  ['src/ui/a.tsx', 'src/**', true],
  ['src/ui/a.tsx', 'src', true],
  ['src/ui/a.tsx', 'ui', true],
  ['src/ui/a.tsx', 'src/ui', true],
  ['src/ui/a.tsx', 'ui/', true],
  ['src/ui/a.tsx', './src/', true],
  ['src/ui.tsx', 'ui', false],
  ['src/a.css', 'src/**/*.{ts,tsx}', false],
  ['src/a.tsx', 'src/**/*.{ts,tsx}', true],
  ['src/a.tsx', '*.{t,j}s{x,}', true],
  ['a.ts', '?.ts', true],
  ['ab.ts', '?.ts', false],
  ['src/[id].tsx', 'src/[id].tsx', true],
  ['src/App.tsx', '', false],
])('%s and %s: %s', (path, glob, fits) => {
  expect(matchesGlob(path, glob)).toBe(fits)
})

test('a hostile glob takes no time', () => {
  const began = process.cpuUsage() // of this process: other work on the machine does not count
  expect(matchesGlob(`${'a'.repeat(100)}/${'a'.repeat(99)}`, `${'*a'.repeat(90)}*b`)).toBe(false)
  expect(matchesGlob('a/'.repeat(99) + 'a', `${'**/a/'.repeat(40)}b`)).toBe(false)
  expect(matchesGlob('a', '{a,b}'.repeat(80))).toBe(false)
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(200)
})
