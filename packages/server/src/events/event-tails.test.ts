import type { AppEvent } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { createEventTails } from './event-tails.ts'

const eventsFrom = (first: number, count: number, text = 'word'): AppEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'text.delta',
    seq: first + index,
    at: '2026-11-26T08:00:00.000Z',
    message: 'msg_1',
    block: 0,
    offset: 0,
    text,
  }))

const numbers = (events: AppEvent[] | undefined) => events?.map(({ seq }) => seq)

test('E-B3: a tail holds the newest thousand events, and says so of a position that is older', () => {
  const tails = createEventTails()
  using tail = tails.watch('app')
  for (let first = 1; first <= 3_000; first += 100) tails.push('app', eventsFrom(first, 100))

  expect(tail.after(1_999)).toBeUndefined()
  expect(numbers(tail.after(2_000))).toEqual(Array.from({ length: 1_000 }, (_, index) => 2_001 + index))
  expect(tail.after(3_000)).toEqual([])
})

test('E-B3: long texts shorten the tail: two million characters are the most that it holds', () => {
  const tails = createEventTails()
  using tail = tails.watch('app')
  tails.push('app', eventsFrom(1, 50, 'x'.repeat(100_000)))

  const held = Array.from({ length: 51 }, (_, position) => tail.after(position)?.length ?? 0)
  expect(Math.max(...held)).toBeLessThan(20)
  expect(Math.max(...held)).toBeGreaterThan(10)
})

test('E-B3: an app that nobody reads any more costs nothing, and its next reader begins with the table', () => {
  const tails = createEventTails()
  {
    using tail = tails.watch('app')
    tails.push('app', eventsFrom(1, 3))
    expect(numbers(tail.after(0))).toEqual([1, 2, 3])
  }
  using later = tails.watch('app')
  expect(later.after(0)).toBeUndefined()
})

test('E-B1: numbers that come in another order than their commits are taken from the table', () => {
  const tails = createEventTails()
  using tail = tails.watch('app')
  tails.push('app', eventsFrom(1, 2))
  tails.push('app', eventsFrom(4, 2))
  tails.push('app', eventsFrom(3, 1))

  expect(tail.after(2), 'number 3 is not in memory').toBeUndefined()
  expect(numbers(tail.after(3))).toEqual([4, 5])
})

const never = new AbortController().signal
/** Waits as a reader does that has everything up to `position`; says when it was woken. */
function waitAt(tail: ReturnType<ReturnType<typeof createEventTails>['watch']>, position: number, stop = never) {
  const state = { isWoken: false }
  void tail.changed(tail.changes(), position, stop).then(() => (state.isWoken = true))
  return state
}
const settle = () => new Promise(setImmediate)

test('E-B2: a ring wakes the readers that stand before its number, and sends them to the table; no others', async () => {
  const tails = createEventTails()
  using tail = tails.watch('app')
  const [behind, there] = [waitAt(tail, 4), waitAt(tail, 7)]
  tails.ring('app', 7)
  await settle()
  expect([behind.isWoken, there.isWoken]).toEqual([true, false])
  expect(tail.after(4)).toBeUndefined()
})

test('E-B2: a number that is too high, as no log has it, hides none of the rings that come after it', async () => {
  const tails = createEventTails()
  using tail = tails.watch('app')
  tails.ring('app', 1_000_000)
  const waiting = waitAt(tail, 4)
  tails.ring('app', 5)
  await settle()
  expect(waiting.isWoken).toBe(true)
})

test('E-B5: what waits is each app with a waiting reader, and the lowest number that one of them stands at', async () => {
  const tails = createEventTails()
  using first = tails.watch('first')
  using second = tails.watch('second')
  using _busy = tails.watch('busy')
  const stop = new AbortController()
  waitAt(first, 9)
  waitAt(first, 3, stop.signal)
  waitAt(second, 0)
  expect([...tails.waiting()]).toEqual([
    ['first', 3],
    ['second', 0],
  ])
  stop.abort()
  tails.push('second', eventsFrom(1, 1))
  expect([...tails.waiting()]).toEqual([['first', 9]])
})
