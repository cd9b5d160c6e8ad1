import type { MessageOptions, ReplyPart } from './reply.ts'
import { brokenOff, inputText, pieces, tokensOf, untilAborted, type ReplyPlace, type WireStep } from './wire-steps.ts'

/**
 * The steps of one reply as a chat completions API streams it: a first chunk with the role, deltas, a chunk with
 * `finish_reason`, one with `usage` and no choices, `[DONE]`. A reply of `bytes` alone is just these bytes.
 */
export function* chatSteps(
  parts: readonly ReplyPart[],
  options: MessageOptions,
  place: ReplyPlace,
): Generator<WireStep> {
  yield* brokenOff(wholeReply(parts, options, place), options.after, 'bytes')
}

function* wholeReply(parts: readonly ReplyPart[], options: MessageOptions, place: ReplyPlace): Generator<WireStep> {
  const raw = parts.every(({ part }) => part === 'bytes')
  if (!raw) yield chunk(place, { role: 'assistant', content: '' })
  let calls = 0
  for (const part of parts) {
    if (part.part === 'error') {
      yield data({ error: { message: part.message, type: part.type, code: null } })
      return yield { do: 'end' }
    }
    yield* partSteps(part, calls, place)
    if (part.part === 'tool') calls += 1
  }
  if (!raw) yield* ending(calls, parts, options, place)
  yield { do: 'end' }
}

function* partSteps(part: ReplyPart, callIndex: number, place: ReplyPlace): Generator<WireStep> {
  switch (part.part) {
    case 'text':
      for (const content of pieces(part.text, part.chunkSize ?? 16)) yield chunk(place, { content })
      return
    case 'thinking':
      for (const reasoning of pieces(part.thinking, part.chunkSize ?? 16))
        yield chunk(place, { reasoning_content: reasoning })
      return
    case 'tool': {
      const id = part.id ?? `call_${String(place.messages).padStart(4, '0')}_${String(callIndex).padStart(3, '0')}`
      const start = { index: callIndex, id, type: 'function', function: { name: part.name, arguments: '' } }
      yield chunk(place, { tool_calls: [start] })
      for (const piece of pieces(inputText(part), part.chunkSize ?? 8))
        yield chunk(place, { tool_calls: [{ index: callIndex, function: { arguments: piece } }] })
      return
    }
    case 'bytes':
      return yield { do: 'bytes', text: part.text }
    case 'gate':
      return yield { do: 'wait', until: (signal) => Promise.race([part.until, untilAborted(signal)]) }
    default:
      throw new Error(`A chat completion has no part "${part.part}"`)
  }
}

function* ending(
  calls: number,
  parts: readonly ReplyPart[],
  options: MessageOptions,
  place: ReplyPlace,
): Generator<WireStep> {
  if (options.without === 'message_delta') return
  yield chunk(place, {}, options.stopReason ?? (calls > 0 ? 'tool_calls' : 'stop'))
  const length = parts.reduce((sum, part) => sum + JSON.stringify(part).length, 0)
  const counted = { prompt_tokens: place.inputTokens, completion_tokens: tokensOf(length) }
  if (options.usage !== null) yield data({ ...head(place), choices: [], usage: { ...counted, ...options.usage } })
  if (options.without === undefined) yield { do: 'bytes', text: 'data: [DONE]\n\n' }
}

const head = ({ model, messages }: ReplyPlace) => ({
  id: `chatcmpl-${messages}`,
  object: 'chat.completion.chunk',
  created: 1_767_225_600,
  model,
})

const chunk = (place: ReplyPlace, delta: object, finish: string | null = null): WireStep =>
  data({ ...head(place), choices: [{ index: 0, delta, finish_reason: finish }] })

const data = (value: unknown): WireStep => ({ do: 'bytes', text: `data: ${JSON.stringify(value)}\n\n` })
