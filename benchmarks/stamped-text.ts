import { setTimeout as delay } from 'node:timers/promises'
import type { AppEvent } from '@overskill/protocol'
import type { Reply } from './timed-model.ts'

/** Text whose every word says when it was written: whoever reads it knows how long it was on its way. */

const wordLength = 14

/** Writes a text block of so many words, each a delta; `rest` is waited for after each of them, by its number from 1. */
export async function writeStamped(reply: Reply, words: number, rest: (word: number) => Promise<void>): Promise<void> {
  const index = reply.text()
  for (let word = 1; word <= words; word += 1) {
    reply.delta(index, `${performance.now().toFixed(2)} `.padEnd(wordLength, '.'))
    await rest(word)
  }
  reply.stop(index)
}

/** A word each `ms`. */
export const every = (ms: number) => (): Promise<void> => delay(ms)

/** How old each whole word of a text event is at `at`, in ms on the same clock. Nothing for other events. */
export function agesIn(event: AppEvent, at: number): number[] {
  if (event.type !== 'text.delta') return []
  const first = Math.ceil(event.offset / wordLength) * wordLength - event.offset
  const words = Math.floor((event.text.length - first) / wordLength)
  return Array.from({ length: Math.max(0, words) }, (_, index) => {
    const from = first + index * wordLength
    return at - Number.parseFloat(event.text.slice(from, from + wordLength))
  })
}
