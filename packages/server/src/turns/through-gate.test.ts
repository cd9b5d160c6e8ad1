import pLimit from 'p-limit'
import { expect, test } from 'vitest'
import { throughGate } from './through-gate.ts'

test('A7: who is stopped while others begin does not wait for them, and begins once', async () => {
  const gate = pLimit(1)
  const before = Promise.withResolvers<string>()
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()]
  const began: string[] = []
  const begin = (name: string) => () => {
    began.push(name)
    return Promise.resolve(name)
  }
  const ahead = throughGate(gate, first.signal, () => before.promise)
  const waiting = throughGate(gate, second.signal, begin('stopped'))
  const last = throughGate(gate, third.signal, begin('last'))
  second.abort()
  expect(await waiting).toBe('stopped')
  expect(began).toEqual(['stopped'])
  before.resolve('ahead')
  expect(await Promise.all([ahead, last])).toEqual(['ahead', 'last'])
  expect(began).toEqual(['stopped', 'last'])
  expect(await throughGate(gate, second.signal, begin('again'))).toBe('again')
})
