import type { RawBlock } from '../model.ts'
import { isObject, textOf, type JsonObject } from './json-value.ts'

/** Our type of the block that holds OpenRouter's `reasoning_details`, which must go back as they came (AGENT.md A.4). */
export const reasoningDetailsType = 'reasoning_details'

const growing = ['text', 'summary'] as const

/**
 * Puts `reasoning_details` together from their pieces: pieces of one type and index in a row are one detail, whose text grows
 * and whose other fields are those that came last. Encrypted details are whole, so each stays one.
 */
export class ReasoningDetails {
  readonly #details: JsonObject[] = []

  /** @returns The text to show, '' if there is none. */
  push(pieces: unknown): string {
    let shown = ''
    for (const piece of Array.isArray(pieces) ? pieces : []) {
      if (!isObject(piece)) continue
      shown += textOf(piece['text']) + textOf(piece['summary'])
      const last = this.#details.at(-1)
      if (last && goesOn(last, piece)) grow(last, piece)
      else this.#details.push({ ...piece })
    }
    return shown
  }

  block(): RawBlock | undefined {
    return this.#details.length === 0 ? undefined : { type: reasoningDetailsType, details: this.#details }
  }
}

const goesOn = (last: JsonObject, piece: JsonObject): boolean =>
  last['type'] === piece['type'] &&
  last['index'] === piece['index'] &&
  !('data' in piece) &&
  (textOf(last['signature']) === '' || growing.every((field) => textOf(piece[field]) === ''))

function grow(last: JsonObject, piece: JsonObject): void {
  for (const [field, value] of Object.entries(piece)) {
    if (value === null || value === undefined) continue
    const grows = (growing as readonly string[]).includes(field) && typeof value === 'string'
    last[field] = grows ? textOf(last[field]) + value : value
  }
}
