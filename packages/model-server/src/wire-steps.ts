import type { MessageOptions, ReplyPart, Usage, WireEvent } from './reply.ts'

/** What the server does next with an open event stream. A wait ends early when its signal aborts, and never rejects. */
export type WireStep =
  | { do: 'event'; event: WireEvent }
  | { do: 'bytes'; text: string }
  | { do: 'wait'; until: (signal: AbortSignal) => Promise<unknown> }
  | { do: 'cut' }
  | { do: 'end' }

/** Where the reply stands: ids and counts are made from it, so that the same request gets the same bytes. */
export type ReplyPlace = { model: string; messages: number; inputTokens: number }

export const tokensOf = (characters: number) => Math.ceil(characters / 4)

/** The steps of one message as the Messages API streams it: start, blocks, `message_delta`, `message_stop`. */
export function* messageSteps(
  parts: readonly ReplyPart[],
  options: MessageOptions,
  place: ReplyPlace,
): Generator<WireStep> {
  yield* brokenOff(wholeMessage(parts, options, place), options.after, 'event')
}

/** The steps as they are, or only so many of those that `counts` names and then the fault of `after`. */
export function* brokenOff(
  steps: Iterable<WireStep>,
  after: MessageOptions['after'],
  counts: WireStep['do'],
): Generator<WireStep> {
  let left = after?.events ?? Number.POSITIVE_INFINITY
  for (const step of steps) {
    if (step.do === counts && left-- === 0) break
    yield step
  }
  if (!after) return
  if (after.how === 'hang') yield { do: 'wait', until: untilAborted }
  yield { do: after.how === 'cut' ? 'cut' : 'end' }
}

function* wholeMessage(parts: readonly ReplyPart[], options: MessageOptions, place: ReplyPlace): Generator<WireStep> {
  const lead = parts.findIndex((part) => part.part !== 'bytes' && part.part !== 'gate')
  const failsFirst = parts[lead]?.part === 'error'
  if (!failsFirst) yield step(messageStart(options, place))
  yield* options.interleave ? interleaved(parts, place) : inOrder(parts, place)
  if (parts.some((part) => part.part === 'error')) return yield { do: 'end' }
  if (options.without !== 'message_delta') yield step(messageDelta(parts, options, place))
  if (options.without === undefined) yield step({ type: 'message_stop' })
  yield { do: 'end' }
}

function* inOrder(parts: readonly ReplyPart[], place: ReplyPlace): Generator<WireStep> {
  for (const [part, index] of numbered(parts)) {
    yield* partSteps(part, index, place)
    if (part.part === 'error') return
  }
}

/** Each part with the index of the block that it is, or that comes next. */
function numbered(parts: readonly ReplyPart[]): [ReplyPart, number][] {
  let index = 0
  return parts.map((part) => [part, isBlock(part) ? index++ : index])
}

/** Each block gives one step in turn until all are empty. */
function* interleaved(parts: readonly ReplyPart[], place: ReplyPlace): Generator<WireStep> {
  let running = numbered(parts).map(([part, index]) => partSteps(part, index, place))
  while (running.length > 0) {
    const still: typeof running = []
    for (const one of running) {
      const next = one.next()
      if (next.done) continue
      yield next.value
      still.push(one)
    }
    running = still
  }
}

const isBlock = (part: ReplyPart) =>
  part.part === 'text' || part.part === 'thinking' || part.part === 'tool' || part.part === 'block'

function* partSteps(part: ReplyPart, index: number, place: ReplyPlace): Generator<WireStep> {
  switch (part.part) {
    case 'event':
      return yield step(part.event)
    case 'bytes':
      return yield { do: 'bytes', text: part.text }
    case 'gate':
      return yield { do: 'wait', until: (signal) => Promise.race([part.until, untilAborted(signal)]) }
    case 'error':
      return yield step({
        type: 'error',
        error: { type: part.type, message: part.message },
        request_id: 'req_scripted',
      })
    default:
      yield* blockSteps(part, index, place)
  }
}

type BlockPart = Extract<ReplyPart, { part: 'text' | 'thinking' | 'tool' | 'block' }>

function* blockSteps(part: BlockPart, index: number, place: ReplyPlace): Generator<WireStep> {
  yield step({ type: 'content_block_start', index, content_block: startOf(part, index, place) })
  for (const delta of deltasOf(part)) yield step({ type: 'content_block_delta', index, delta })
  if (part.part !== 'block' || part.stop) yield step({ type: 'content_block_stop', index })
}

function startOf(part: BlockPart, index: number, place: ReplyPlace): Record<string, unknown> {
  switch (part.part) {
    case 'text':
      return { type: 'text', text: '' }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool': {
      const id = part.id ?? `toolu_${String(place.messages).padStart(4, '0')}_${String(index).padStart(3, '0')}`
      return { type: 'tool_use', id, name: part.name, input: {}, caller: { type: 'direct' } }
    }
    case 'block':
      return part.start
  }
}

function* deltasOf(part: BlockPart): Generator<Record<string, unknown>> {
  switch (part.part) {
    case 'text':
      for (const piece of pieces(part.text, part.chunkSize ?? 16)) yield { type: 'text_delta', text: piece }
      return
    case 'thinking':
      for (const piece of pieces(part.thinking, part.chunkSize ?? 16)) yield { type: 'thinking_delta', thinking: piece }
      if (part.signature !== undefined) yield { type: 'signature_delta', signature: part.signature }
      return
    case 'tool':
      yield { type: 'input_json_delta', partial_json: '' }
      for (const piece of pieces(inputText(part), part.chunkSize ?? 8))
        yield { type: 'input_json_delta', partial_json: piece }
      return
    case 'block':
      yield* part.deltas
  }
}

export const inputText = (part: Extract<ReplyPart, { part: 'tool' }>) => part.rawInput ?? JSON.stringify(part.input)

/** Cuts by UTF-16 units, so a surrogate pair may be split across two deltas, as it may be on the real wire. */
export function* pieces(words: string, size: number | readonly number[]): Generator<string> {
  const sizes = typeof size === 'number' ? [size] : size
  for (let at = 0, turn = 0; at < words.length; turn++) {
    const length = sizes[turn % sizes.length] ?? 8
    yield words.slice(at, at + length)
    at += length
  }
}

const step = (event: WireEvent): WireStep => ({ do: 'event', event })

function messageStart(options: MessageOptions, place: ReplyPlace): WireEvent {
  const counted: Usage = {
    input_tokens: place.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
    service_tier: 'standard',
  }
  return {
    type: 'message_start',
    message: {
      id: `msg_${String(place.messages).padStart(4, '0')}`,
      type: 'message',
      role: 'assistant',
      model: place.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...(options.usage === null ? {} : { usage: { ...counted, ...options.usage, output_tokens: 1 } }),
    },
  }
}

function messageDelta(parts: readonly ReplyPart[], options: MessageOptions, place: ReplyPlace): WireEvent {
  const stopReason = options.stopReason ?? (parts.some((part) => part.part === 'tool') ? 'tool_use' : 'end_turn')
  const details = options.stopDetails === undefined ? {} : { stop_details: options.stopDetails }
  const characters = parts.reduce((sum, part) => sum + charactersOf(part), 0)
  const counted: Usage = { input_tokens: place.inputTokens, output_tokens: tokensOf(characters) }
  return {
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: null, ...details },
    ...(options.usage === null ? {} : { usage: { ...counted, ...options.usage } }),
  }
}

function charactersOf(part: ReplyPart): number {
  if (part.part === 'text') return part.text.length
  if (part.part === 'thinking') return part.thinking.length
  if (part.part === 'tool') return part.name.length + inputText(part).length
  return 0
}

/** Resolves when the signal aborts. */
export const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
