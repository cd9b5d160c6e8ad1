import { expect, test } from 'vitest'
import { handDownMs, partOf, timeLimitMs, timeLimitNames } from './time-limits.ts'

test.each(timeLimitNames)('%s is not waited for longer than what it is part of', (name) => {
  const parent = partOf(name)
  expect(timeLimitMs(name)).toBeGreaterThan(0)
  expect(timeLimitMs(name)).toBeLessThanOrEqual(parent === undefined ? 60 * 60_000 : timeLimitMs(parent))
})

test('the turn is the only limit that is part of nothing, and all others lead to it', () => {
  expect(timeLimitNames.filter((name) => partOf(name) === undefined)).toEqual(['turn'])
})

test('what a build waits for beside its turn fits into it: its packages, then the bundle', () => {
  expect(timeLimitMs('buildPackages') + timeLimitMs('bundle')).toBeLessThanOrEqual(timeLimitMs('checkBuild'))
  expect(timeLimitMs('deploymentBuild')).toBe(timeLimitMs('checkBuild'))
})

test('what is handed down is the own limit, or what is left of the parent where that is less, and never below nothing', () => {
  expect(handDownMs(180_000, 1_000, 3_600_000)).toBe(180_000)
  expect(handDownMs(180_000, 3_500_000, 3_600_000)).toBe(100_000)
  expect(handDownMs(180_000, 3_700_000, 3_600_000)).toBe(0)
  expect(handDownMs(180_000, 1_000, Infinity)).toBe(180_000)
})
