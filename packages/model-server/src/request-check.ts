type Block = { type?: unknown; text?: unknown; id?: unknown; tool_use_id?: unknown; signature?: unknown }
type Message = { role: string; blocks: readonly Block[] }

/**
 * What the Messages API would refuse in this request, in words, or undefined. Covers what a client gets wrong when it keeps
 * a history (AGENT.md B.3): removed parameters, prefill, empty text, calls without results, results in the wrong place.
 */
export function requestProblem(body: Record<string, unknown>): string | undefined {
  return parameterProblem(body) ?? historyProblem(body['messages'])
}

function parameterProblem(body: Record<string, unknown>): string | undefined {
  if (typeof body['model'] !== 'string') return 'model: Field required'
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens: Field required'
  if (body['stream'] !== true) return 'stream: this server only streams'
  const removed = ['temperature', 'top_p', 'top_k'].find((name) => name in body)
  if (removed !== undefined) return `${removed}: is not supported by this API version`
  return undefined
}

function historyProblem(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'messages: at least one message is required'
  const messages = value.map(readMessage)
  if (messages[0]?.role !== 'user') return 'messages.0: the first message must be from the user'
  if (messages.at(-1)?.role === 'assistant') return 'messages: the last message must not be from the assistant'
  for (const [at, message] of messages.entries()) {
    const problem = blockProblem(message) ?? pairingProblem(message, messages[at + 1], messages[at - 1])
    if (problem !== undefined) return `messages.${at}: ${problem}`
  }
  return undefined
}

function readMessage(value: unknown): Message {
  const { role, content } = (typeof value === 'object' && value !== null ? value : {}) as {
    role?: unknown
    content?: unknown
  }
  const blocks = Array.isArray(content) ? content : [{ type: 'text', text: content }]
  return { role: typeof role === 'string' ? role : 'none', blocks: blocks as Block[] }
}

function blockProblem({ role, blocks }: Message): string | undefined {
  if (!['user', 'assistant', 'system'].includes(role)) return `role ${role} is not known`
  if (blocks.length === 0) return 'content must not be empty'
  if (blocks.some((one) => one.type === 'text' && (typeof one.text !== 'string' || !one.text.trim())))
    return 'text content blocks must be non-empty'
  if (blocks.some((one) => one.type === 'thinking' && !one.signature)) return 'thinking block without a signature'
  const firstOther = blocks.findIndex((one) => one.type !== 'tool_result')
  const lastResult = blocks.findLastIndex((one) => one.type === 'tool_result')
  return firstOther !== -1 && lastResult > firstOther ? 'tool_result blocks must come first' : undefined
}

function pairingProblem(
  message: Message,
  next: Message | undefined,
  previous: Message | undefined,
): string | undefined {
  const calls = idsOf(message, 'tool_use', 'id')
  if (new Set(calls).size < calls.length) return '`tool_use` ids must be unique'
  const answered = new Set(next === undefined ? [] : idsOf(next, 'tool_result', 'tool_use_id'))
  const open = calls.find((id) => !answered.has(id))
  if (open !== undefined)
    return `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${JSON.stringify(open)}`
  const results = idsOf(message, 'tool_result', 'tool_use_id')
  if (new Set(results).size < results.length) return 'each `tool_use` must have a single result'
  const asked = new Set(previous === undefined ? [] : idsOf(previous, 'tool_use', 'id'))
  const stray = results.find((id) => !asked.has(id))
  return stray === undefined
    ? undefined
    : `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${JSON.stringify(stray)}`
}

const idsOf = ({ blocks }: Message, type: string, field: 'id' | 'tool_use_id'): unknown[] =>
  blocks.filter((one) => one.type === type).map((one) => one[field])
