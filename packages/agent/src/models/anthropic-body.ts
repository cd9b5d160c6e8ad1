import { fence } from '../fence.ts'
import type { HistoryEntry, ModelRequest, RawBlock } from '../model.ts'
import type { ModelTraits } from './anthropic-traits.ts'
import { textOf } from './json-value.ts'
import { reasoningDetailsType } from './reasoning-details.ts'

type WireMessage = { role: 'user' | 'assistant' | 'system'; content: RawBlock[] }

const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const minutes = { cache_control: { type: 'ephemeral' } }

/**
 * The body of `POST /v1/messages`. System text and tools come out the same for the same input, byte for byte. Blocks of the
 * history go back as they came; the only thing ever added is a cache marker at the end of the two newest user messages.
 */
export function requestBody(
  request: ModelRequest,
  model: { name: string; traits: ModelTraits; maxTokens: number },
): Record<string, unknown> {
  const last = request.tools.length - 1
  const tools = request.tools.map((tool, i) => ({
    name: tool.name,
    description: tool.description,
    input_schema: tool.schema,
    ...(tool.eager && { eager_input_streaming: true }),
    ...(i === last && hour),
  }))
  return {
    model: model.name,
    max_tokens: Math.min(request.maxTokens, model.maxTokens),
    stream: true,
    ...(model.traits.thinking && { thinking: thinking(request) }),
    ...(request.system && { system: [{ type: 'text', text: request.system, ...hour }] }),
    ...(tools.length > 0 && { tools }),
    messages: withCacheMarkers(messages(request.history, model.traits.systemMessages)),
  }
}

const thinking = (request: ModelRequest) => ({
  type: 'adaptive',
  display: 'summarized',
  ...(request.dropUnboundThinking && { block_binding: { prefix_mismatch_behavior: 'drop_block' } }),
})

/**
 * Entries of one side in a row become one message, as the provider would make them. Operator text becomes a message of its own
 * where the model knows that and it stands last or before a reply; else it is text of the user message.
 */
function messages(history: readonly HistoryEntry[], systemMessages: boolean): WireMessage[] {
  const wire: WireMessage[] = []
  history.forEach((entry, i) => {
    const before = wire.at(-1)
    if (entry.role !== 'system') {
      const content = entry.content.flatMap(portable)
      if (entry.role === 'user' && before?.role === 'user') before.content.push(...content)
      else if (content.length > 0) wire.push({ role: entry.role, content })
      return
    }
    const next = history.slice(i + 1).find(({ role }) => role !== 'system')
    const ownMessage = systemMessages && next?.role !== 'user'
    if (ownMessage && before?.role === 'user') wire.push({ role: 'system', content: [text(entry.content)] })
    else if (ownMessage && before?.role === 'system') before.content.push(text(entry.content))
    else if (before?.role === 'user') before.content.push(reminder(entry.content))
    else wire.push({ role: 'user', content: [reminder(entry.content)] })
  })
  return wire
}

const ids: Record<string, string> = { tool_use: 'id', tool_result: 'tool_use_id' }

/** A block as this API takes it: what another protocol left in the history has ids and types that it refuses. */
function portable(block: RawBlock): RawBlock[] {
  if (block.type === reasoningDetailsType) return []
  const field = ids[block.type]
  const id = field === undefined ? '' : textOf(block[field])
  return field === undefined || /^[\w-]*$/.test(id) ? [block] : [{ ...block, [field]: id.replace(/[^\w-]/g, '_') }]
}

const text = (content: string): RawBlock => ({ type: 'text', text: content })
const reminder = (content: string): RawBlock => text(fence('system-reminder', content))

/** Two sliding markers: nine parallel results are twenty blocks, past the reach of a single one (AGENT.md C.3). */
function withCacheMarkers(wire: WireMessage[]): WireMessage[] {
  const marked = wire
    .flatMap((message, i) => (message.role === 'user' && message.content.length > 0 ? [i] : []))
    .slice(-2)
  return wire.map((message, i) => {
    const at = marked.indexOf(i)
    if (at === -1) return message
    const marker = marked.length === 2 && at === 0 ? hour : minutes
    const end = message.content.length - 1
    return { ...message, content: message.content.map((block, j) => (j === end ? { ...block, ...marker } : block)) }
  })
}
