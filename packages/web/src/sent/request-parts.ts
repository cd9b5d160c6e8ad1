/** One part of a request as it went over the wire. `bytes`: UTF-8, of its JSON text. */
export type SentPart = {
  kind: 'tools' | 'system' | 'message'
  role: string // of a message, as the provider calls it; empty for the other kinds
  holds: string[] // sorts of blocks in it, each once: "text", "tool_result"
  bytes: number
  value: unknown
}

/** A request by part, in the order in which providers read and cache it: tools, system text, messages. */
export type SentParts = { parts: SentPart[]; bytes: number }

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const encoder = new TextEncoder()
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value) ?? '').length

/** Takes a body of the Messages API or of chat completions apart. What is neither has no parts, only a size. */
export function partsOf(body: unknown): SentParts {
  const bytes = bytesOf(body)
  if (!isFields(body)) return { parts: [], bytes }
  const { tools, system, messages } = body
  const parts: SentPart[] = []
  if (Array.isArray(tools) && tools.length > 0) parts.push(part('tools', '', toolNames(tools), tools))
  if (system !== undefined) parts.push(part('system', '', [], system))
  for (const message of Array.isArray(messages) ? (messages as unknown[]) : []) {
    const role = isFields(message) && typeof message['role'] === 'string' ? message['role'] : ''
    parts.push(part('message', role, holdsOf(message), message))
  }
  return { parts, bytes }
}

const part = (kind: SentPart['kind'], role: string, holds: string[], value: unknown): SentPart => ({
  ...{ kind, role, holds, value },
  bytes: bytesOf(value),
})

const toolNames = (tools: unknown[]): string[] =>
  tools.flatMap((tool) => {
    const named = isFields(tool) && isFields(tool['function']) ? tool['function'] : tool
    return isFields(named) && typeof named['name'] === 'string' ? [named['name']] : []
  })

function holdsOf(message: unknown): string[] {
  if (!isFields(message)) return []
  const { content, tool_calls: calls } = message
  const types = Array.isArray(content)
    ? content.flatMap((block: unknown) => (isFields(block) && typeof block['type'] === 'string' ? [block['type']] : []))
    : typeof content === 'string' && content !== ''
      ? ['text']
      : []
  return [...new Set([...types, ...(Array.isArray(calls) && calls.length > 0 ? ['tool_calls'] : [])])]
}

/** `tokens`: a part's share by its bytes. `cached`: how many of them the provider had kept, as it keeps a beginning. */
export type TokenShare = { tokens: number; cached: number }

/**
 * Shares the tokens that a provider counted for a whole request out among its parts. Which part has how many nobody tells, so
 * each share is an estimate; together they are exactly the number counted.
 */
export function shareTokens(parts: readonly SentPart[], counted: { prompt: number; cacheRead: number }): TokenShare[] {
  const all = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  let before = 0
  return parts.map((each) => {
    bytes += each.bytes
    const until = Math.round((counted.prompt * bytes) / all)
    const share = { tokens: until - before, cached: Math.max(0, Math.min(until, counted.cacheRead) - before) }
    before = until
    return share
  })
}

/** What a request may come to before the provider has counted it: about four bytes to a token. */
export const roughTokens = (parts: readonly SentPart[]): number =>
  Math.ceil(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 4)
