import { afterEach, expect, vi } from 'vitest'

/** A stray `console.error` or `console.warn` fails the test that made it: nothing goes wrong quietly. */
const error = vi.spyOn(console, 'error')
const warn = vi.spyOn(console, 'warn')

afterEach(() => {
  const calls = [...error.mock.calls, ...warn.mock.calls]
  error.mockClear()
  warn.mockClear()
  expect(calls, 'a test prints no console.error or console.warn').toEqual([])
})
