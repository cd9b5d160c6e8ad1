import { fence } from '../fence.ts'
import type { HistoryEntry, ModelRequest, RawBlock } from '../model.ts'
import { isObject, objectOf, textOf } from './json-value.ts'
import { reasoningDetailsType } from './reasoning-details.ts'

/** What a server takes beyond the smallest common part of the protocol. */
export type ChatTraits = {
  systemMessages: boolean // `role: 'system'` later than at the beginning; else operator text stands in a user message
  cacheMarkers: boolean // `cache_control` on parts of a message
  reasoningDetails: boolean // gives `reasoning_details` and wants them back
  costInUsage: boolean // says what a request cost when asked
}

export type ChatShape = { name: string; traits: ChatTraits; maxTokens?: number }

type Part = { type: string; [field: string]: unknown }
type WireMessage = {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string | Part[]
  [field: string]: unknown
}

/**
 * The body of `POST …/chat/completions`. The same history gives the same bytes, so that servers which keep what they have read
 * find it again. Only what all servers take is sent: no `parallel_tool_calls`, no `strict`, no longest reply unless it is known.
 */
export function chatBody(request: ModelRequest, shape: ChatShape): Record<string, unknown> {
  const { name, traits, maxTokens } = shape
  const tools = request.tools.map((tool) => ({
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: tool.schema },
  }))
  const system: WireMessage[] = request.system ? [{ role: 'system', content: request.system }] : []
  const messages = [...system, ...request.history.flatMap((entry) => messagesOf(entry, traits))]
  return {
    model: name,
    stream: true,
    stream_options: { include_usage: true },
    ...(traits.costInUsage && { usage: { include: true } }),
    ...(maxTokens !== undefined && { max_tokens: Math.min(request.maxTokens, maxTokens) }),
    ...(tools.length > 0 && { tools }),
    messages: traits.cacheMarkers ? withCacheMarkers(joined(messages)) : joined(messages),
  }
}

function messagesOf(entry: HistoryEntry, traits: ChatTraits): WireMessage[] {
  if (entry.role === 'system') {
    if (traits.systemMessages) return [{ role: 'system', content: entry.content }]
    return [{ role: 'user', content: fence('system-reminder', entry.content) }]
  }
  if (entry.role === 'assistant') return assistantMessage(entry.content, traits)
  const results = entry.content.filter(({ type }) => type === 'tool_result').map(resultMessage)
  const parts = entry.content.flatMap(userPart)
  return parts.length === 0 ? results : [...results, { role: 'user', content: plainWherePossible(parts) }]
}

function assistantMessage(blocks: readonly RawBlock[], traits: ChatTraits): WireMessage[] {
  const content = blocks.flatMap((block) => (block.type === 'text' ? [textOf(block['text'])] : [])).join('\n\n')
  const calls = blocks.flatMap((block) => (block.type === 'tool_use' ? [callOf(block)] : []))
  const details = traits.reasoningDetails
    ? blocks.flatMap((block) =>
        block.type === reasoningDetailsType && Array.isArray(block['details']) ? block['details'] : [],
      )
    : []
  if (content === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(details.length > 0 && { reasoning_details: details }),
    },
  ]
}

const callOf = (block: RawBlock) => ({
  id: textOf(block['id']),
  type: 'function',
  function: { name: textOf(block['name']), arguments: JSON.stringify(objectOf(block['input'])) },
})

function resultMessage(block: RawBlock): WireMessage {
  const given = block['content']
  const text = typeof given === 'string' ? given : (Array.isArray(given) ? given : []).map(textOfPart).join('\n')
  const failed = block['is_error'] === true && !text.startsWith('ERROR')
  return { role: 'tool', tool_call_id: textOf(block['tool_use_id']), content: failed ? `ERROR: ${text}` : text }
}

/** Servers take only text in results: a picture is named, so that the model knows that there is one. */
const textOfPart = (part: unknown): string => {
  if (!isObject(part)) return ''
  return part['type'] === 'text'
    ? textOf(part['text'])
    : `[${textOf(part['type']) || 'something'} left out: this model gets text only]`
}

function userPart(block: RawBlock): Part[] {
  if (block.type === 'text') return [{ type: 'text', text: textOf(block['text']) }]
  if (block.type !== 'image') return []
  const source = objectOf(block['source'])
  const data = `data:${textOf(source['media_type'])};base64,${textOf(source['data'])}`
  return [{ type: 'image_url', image_url: { url: source['type'] === 'url' ? textOf(source['url']) : data } }]
}

const plainWherePossible = (parts: readonly Part[]): string | Part[] =>
  parts.every(({ type }) => type === 'text') ? parts.map((part) => textOf(part['text'])).join('\n\n') : [...parts]

const partsOf = (content: string | Part[]): Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

/** Many templates of open models want the sides to take turns: messages of the user in a row become one. */
function joined(messages: readonly WireMessage[]): WireMessage[] {
  const all: WireMessage[] = []
  for (const message of messages) {
    const before = all.at(-1)
    if (message.role !== 'user' || before?.role !== 'user') all.push(message)
    else
      all[all.length - 1] = {
        role: 'user',
        content: plainWherePossible([...partsOf(before.content), ...partsOf(message.content)]),
      }
  }
  return all
}

/** On the system text and on the two newest messages that are ours, as on Anthropic's own wire. */
function withCacheMarkers(messages: readonly WireMessage[]): WireMessage[] {
  const ours = messages.flatMap(({ role }, i) => (role === 'user' || role === 'tool' ? [i] : [])).slice(-2)
  const marked = new Set([...(messages[0]?.role === 'system' ? [0] : []), ...ours])
  return messages.map((message, i) => {
    if (!marked.has(i)) return message
    const parts = partsOf(message.content)
    const last = parts.length - 1
    const content = parts.map((part, j) => (j === last ? { ...part, cache_control: { type: 'ephemeral' } } : part))
    return { ...message, content }
  })
}
