import { expect, test } from 'vitest'
import { createClaimPauses } from './claim-pauses.ts'

let now = 1_000_000
const pauses = createClaimPauses(() => now)

/** The pause that begins now, in ms, which is over afterwards. */
function pauseOf(app: string, turn: string): number {
  pauses.begin(app, turn)
  const began = now
  while (pauses.holds(app)) now += 500
  return now - began
}

test('a turn that the store fails again and again is claimed after ever longer pauses, fifteen seconds at most', () => {
  expect([1, 2, 3, 4, 5].map(() => pauseOf('first', 'turn_1'))).toEqual([2_000, 4_000, 8_000, 15_000, 15_000])
  expect(pauses.holds('another')).toBe(false)
  expect(pauseOf('first', 'turn_2'), 'the next turn of the app').toBe(2_000)
})

test('a turn that the store fails again after a while begins with a short pause', () => {
  pauseOf('later', 'turn_3')
  pauseOf('later', 'turn_3')
  now += 15_001
  expect(pauseOf('later', 'turn_3')).toBe(2_000)
})

test('a pause ends when something is asked of its turn, and that of another turn does not', () => {
  pauses.begin('asked', 'turn_4')
  pauses.begin('other', 'turn_5')
  pauses.end('turn_4')
  expect([pauses.holds('asked'), pauses.holds('other')]).toEqual([false, true])
})
