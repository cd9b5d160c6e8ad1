import type { ModelUsage } from '../model.ts'
import { countOf, isObject, type JsonObject } from './json-value.ts'

/**
 * Counts of one request, put together from `message_start` and every `message_delta`. The provider's numbers are cumulative:
 * a later one replaces an earlier one, and nothing is ever added (B.5 26). A count that is absent or null is 0 and makes the
 * whole "at least" (B.5 27).
 */
export class UsageReading {
  readonly #seen: JsonObject = {}
  #final = false

  /** Takes one `usage` object. `final`: it comes from a `message_delta`, so `output_tokens` is no placeholder. */
  take(usage: unknown, final: boolean): void {
    if (!isObject(usage)) return
    if (final && countOf(usage['output_tokens']) !== undefined) this.#final = true
    for (const [name, value] of Object.entries(usage)) {
      if (value !== null && value !== undefined) this.#seen[name] = value
    }
  }

  /** @param streamedLength UTF-16 units of content so far: what a stream without an end made, about 4 to a token. */
  read(streamedLength: number): ModelUsage {
    const input = countOf(this.#seen['input_tokens'])
    const output = countOf(this.#seen['output_tokens'])
    const written = this.#seen['cache_creation']
    const hour = isObject(written) ? countOf(written['ephemeral_1h_input_tokens']) : undefined
    const incomplete = input === undefined || output === undefined || !this.#final
    return {
      inputTokens: input ?? 0,
      outputTokens: this.#final ? (output ?? 0) : Math.max(output ?? 0, Math.floor(streamedLength / 4)),
      cacheReadTokens: countOf(this.#seen['cache_read_input_tokens']) ?? 0,
      cacheWriteTokens: countOf(this.#seen['cache_creation_input_tokens']) ?? 0,
      ...(hour !== undefined && hour > 0 && { cacheWriteHourTokens: hour }),
      ...(incomplete && { incomplete: true }),
    }
  }
}
