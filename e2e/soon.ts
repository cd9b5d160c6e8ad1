import { expect } from 'vitest'

/** Expects of what is read again and again until it fits: for what a busy machine does when it comes to it. */
export const soon = <T>(read: () => T | Promise<T>, limitMs = 20_000) =>
  expect.poll(read, { timeout: limitMs, interval: 50 })
