import { expect, test } from 'vitest'
import { judge, quantile } from './figure.ts'
import { tableRows, verdict } from './table.ts'

const measured = { name: 'a figure', target: 20, unit: 'ms', samples: 200 }
const commit = (...rounds: number[]) => ({ name: 'journal commit', unit: 'ms', bracket: 1, rounds })

test('a figure is its median round, never its best', () => {
  const figure = judge({ ...measured, rounds: [5, 30, 25, 40, 6] })
  expect(figure).toMatchObject({ value: 25, allowed: 20, pass: false })
  expect(verdict(figure)).toBe('MISSED')
})

test('a target grows with a reference that is slower than its bracket, and the verdict says so', () => {
  const figure = judge({ ...measured, rounds: [30, 31, 32], beside: commit(2, 2, 9) })
  expect(figure).toMatchObject({ value: 31, allowed: 40, pass: true, reference: { value: 2 }, ratio: 15.5 })
  expect(verdict(figure)).toBe('pass (≤ 40 ms)')
})

test('a reference that is faster than its bracket makes a target no smaller', () => {
  const figure = judge({ ...measured, rounds: [19, 19, 19], beside: commit(0.1, 0.1, 0.1) })
  expect(figure).toMatchObject({ allowed: 20, pass: true })
  expect(verdict(figure)).toBe('pass')
})

test('a percentile is a value that was measured, whatever the order', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99)]).toEqual([101, 191, 199])
})

test('a figure is told in lines of at most 120 columns that hold every round', () => {
  const rounds = Array.from({ length: 40 }, (_, index) => 1000.25 + index)
  const name = 'first app of the sample model on line after send'
  const text = tableRows(judge({ ...measured, name, rounds, beside: commit(1, 2, 3), note: 'word '.repeat(60) }))
  expect(text.split('\n').filter((line) => line.length > 120)).toEqual([])
  expect(text).toContain('1039')
  expect(text).toContain('n = 200')
})
