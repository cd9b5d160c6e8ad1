import { expect } from 'vitest'

/** Expects of what is read again and again until it fits: for what a busy machine does when it comes to it. */
export const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000, interval: 50 })
