import type { AppEvent } from '@overskill/protocol'
import type { Reply } from './timed-model.ts'

/** Text whose every word says when it was written: whoever reads it knows how long it was on its way. */

const wordLength = 14

/** Writes one stamped word as a delta. */
export const writeStamp = (reply: Reply, index: number): void =>
  void reply.delta(index, `${performance.now().toFixed(2)} `.padEnd(wordLength, '.'))

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
