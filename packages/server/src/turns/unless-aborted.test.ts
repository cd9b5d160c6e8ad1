import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { throughGate } from './through-gate.ts'
import { unlessAborted } from './unless-aborted.ts'

const listenersOf = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length

test('A7: what is waited for comes through until the signal aborts, and from then on nobody waits for it', async () => {
  const [stop, never] = [new AbortController(), Promise.withResolvers<string>()]
  expect(await unlessAborted(stop.signal, Promise.resolve('done'))).toBe('done')
  const waiting = unlessAborted(stop.signal, never.promise)
  stop.abort()
  expect(await waiting).toBeUndefined()
  expect(await unlessAborted(stop.signal, never.promise), 'aborted before').toBeUndefined()
})

test('a wait that is over leaves no listener on its signal, however it ended', async () => {
  const stop = new AbortController()
  const failing = Promise.withResolvers<string>()
  const waits = [unlessAborted(stop.signal, Promise.resolve('done')), unlessAborted(stop.signal, failing.promise)]
  expect(listenersOf(stop)).toBe(2)
  failing.reject(new Error('no'))
  expect((await Promise.allSettled(waits)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(listenersOf(stop)).toBe(0)
})

test('a turn that came through the gate leaves no listener on its stop', async () => {
  const stop = new AbortController()
  expect(
    await throughGate(
      (begin) => begin(),
      stop.signal,
      () => Promise.resolve('begun'),
    ),
  ).toBe('begun')
  expect(listenersOf(stop)).toBe(0)
})
