import type { ModelUsage } from '../model.ts'
import { countOf, isObject, objectOf } from './json-value.ts'

/**
 * Counts of one request from the `usage` of a chat completion, which usually stands in the last chunk. `prompt_tokens` there
 * holds the cached ones too; ours do not.
 *
 * @param streamedLength UTF-16 units of content so far: what a stream without usage made, about 4 to a token.
 */
export function readChatUsage(usage: unknown, streamedLength: number): ModelUsage {
  const given = isObject(usage) ? usage : {}
  const prompt = countOf(given['prompt_tokens'])
  const output = countOf(given['completion_tokens'])
  const details = objectOf(given['prompt_tokens_details'])
  const cached = countOf(details['cached_tokens']) ?? countOf(given['prompt_cache_hit_tokens']) ?? 0
  const written = countOf(details['cache_write_tokens']) ?? 0
  const cost = given['cost']
  return {
    inputTokens: Math.max(0, (prompt ?? 0) - cached - written),
    outputTokens: output ?? Math.floor(streamedLength / 4),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    ...(typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 && { costUsd: cost }),
    ...((prompt === undefined || output === undefined) && { incomplete: true }),
  }
}
