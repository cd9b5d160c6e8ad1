import { expect, test } from 'vitest'
import { createTestClock } from '../test-clock.ts'
import { createWatchdog, defaultSilenceLimits } from './watchdog.ts'

test('B.5 6: pings keep a stream alive for 300 s and no longer', () => {
  const clock = createTestClock()
  const watchdog = createWatchdog(defaultSilenceLimits, clock)
  watchdog.alive()
  watchdog.content()
  for (let i = 0; i < 5; i += 1) {
    clock.advance(50_000)
    watchdog.alive()
  }
  clock.advance(49_999)
  expect(watchdog.signal.aborted).toBe(false)
  clock.advance(1)
  expect(watchdog.reason()).toContain('no content came for 300 s')
})

test('content starts both limits afresh, and a closed watchdog never barks', () => {
  const clock = createTestClock()
  const watchdog = createWatchdog(defaultSilenceLimits, clock)
  for (let i = 0; i < 20; i += 1) {
    watchdog.alive()
    watchdog.content()
    clock.advance(59_999)
  }
  expect(watchdog.signal.aborted).toBe(false)
  watchdog.close()
  clock.advance(1_000_000)
  expect(watchdog.signal.aborted).toBe(false)
})
