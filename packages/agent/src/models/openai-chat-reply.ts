import type { ModelEvent, StopReason } from '../model.ts'
import { faultInStream } from './openai-chat-faults.ts'
import { ChatCalls, isWhole, type GrowingCall } from './openai-chat-calls.ts'
import { readChatUsage } from './openai-chat-usage.ts'
import type { FaultSource } from './faults.ts'
import { isObject, objectOf, textOf, type JsonObject } from './json-value.ts'
import { closeBlock, growBlock, openBlock, type OpenBlock } from './open-block.ts'
import { redact, refusalLength } from './redact.ts'
import { ReasoningDetails } from './reasoning-details.ts'
import { fault, maxBlocks, maxOdd, odd, type ReplyAssembly } from './reply-stream.ts'
import { ThinkTags, type Piece } from './think-tags.ts'

const stopReasons: Record<string, StopReason> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
}

export type ChatReplyOptions = {
  source: FaultSource
  maxBlockLength: number
  /** Names a call that the server gave no id. */
  makeId: () => string
}

/**
 * Puts one reply together from chunks of a chat completion. It is whole after a `finish_reason` or `[DONE]`. There is no end of
 * a block on this wire: text ends where something else begins, a call where its arguments are whole and another one begins, and
 * everything at the finish.
 */
export class ChatReply implements ReplyAssembly {
  readonly #options: ChatReplyOptions
  readonly #calls = new ChatCalls()
  readonly #blocks = new Map<GrowingCall, OpenBlock>()
  readonly #ids = new Set<string>()
  readonly #tags = new ThinkTags()
  readonly #details = new ReasoningDetails()
  #current: OpenBlock | undefined // text or thinking
  #nextIndex = 0
  #streamedLength = 0
  #usage: unknown
  #started = false
  #finish = ''
  #refusal = ''
  #oddCount = 0

  constructor(options: ChatReplyOptions) {
    this.#options = options
  }

  push(data: unknown): ModelEvent[] {
    const events = isObject(data) ? this.#chunk(data) : [odd('an event that is no object')]
    return events.filter((event) => event.type !== 'odd' || this.#oddCount++ < maxOdd)
  }

  isContent(): boolean {
    return true // signs of life are comments on this wire
  }

  done(): ModelEvent[] {
    const missing = this.#finish === '' ? [odd('[DONE] without a finish_reason')] : []
    return [...missing, ...this.#closeAll(), ...this.#end()]
  }

  over(): ModelEvent[] {
    if (this.#finish !== '') return [...this.#closeAll(), ...this.#end()]
    return this.#started ? [this.#usageEvent()] : []
  }

  #usageEvent(): ModelEvent {
    return { type: 'usage', usage: readChatUsage(this.#usage, this.#streamedLength) }
  }

  #chunk(data: JsonObject): ModelEvent[] {
    const choices = Array.isArray(data['choices']) ? data['choices'].map(objectOf) : []
    const choice = choices.find((one) => (one['index'] ?? 0) === 0) ?? {}
    const error = data['error'] ?? choice['error']
    const events: ModelEvent[] = []
    if (!this.#started) {
      this.#started = true
      events.push({ type: 'started', model: textOf(data['model']), usage: readChatUsage(undefined, 0) })
    }
    if (isObject(data['usage'])) this.#usage = data['usage']
    if (error !== undefined && error !== null) {
      const what = faultInStream(isObject(error) || typeof error === 'string' ? error : data, this.#options.source)
      return [...events, this.#usageEvent(), { type: 'end', outcome: { ok: false, fault: what } }]
    }
    events.push(...this.#delta(objectOf(choice['delta'] ?? choice['message'])))
    if (this.#isTooLong()) {
      const limit = `One part of the reply passed ${this.#options.maxBlockLength} characters.`
      return [...events, this.#usageEvent(), fault('bad_stream', limit, false)]
    }
    const reason = textOf(choice['finish_reason'])
    if (reason !== '' && reason !== 'null') {
      this.#finish = reason
      events.push(...this.#closeAll())
    }
    return events
  }

  #delta(delta: JsonObject): ModelEvent[] {
    const detailsText = this.#details.push(delta['reasoning_details'])
    const thinking = textOf(delta['reasoning_content']) || textOf(delta['reasoning']) || detailsText
    const refusal = textOf(delta['refusal'])
    this.#refusal += refusal
    this.#streamedLength += refusal.length
    const pieces = contentPieces(delta['content'])
    return [
      ...this.#grow('thinking', thinking),
      ...pieces.flatMap(({ kind, text }) =>
        kind === 'thinking' ? this.#grow(kind, text) : this.#growAll(this.#tags.push(text)),
      ),
      ...this.#callPieces(delta['tool_calls']),
    ]
  }

  #growAll(pieces: readonly Piece[]): ModelEvent[] {
    return pieces.flatMap(({ kind, text }) => this.#grow(kind, text))
  }

  #grow(kind: Piece['kind'], text: string): ModelEvent[] {
    if (text === '') return []
    const events: ModelEvent[] = []
    if (this.#current?.kind !== kind) {
      events.push(...this.#closeCurrent())
      const start = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '' }
      this.#current = openBlock(this.#nextIndex++, start)
      events.push({ type: 'block.started', index: this.#current.index, kind })
    }
    const delta = kind === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text }
    return [...events, ...this.#growBlock(this.#current, delta, text.length)]
  }

  #growBlock(block: OpenBlock, delta: JsonObject, length: number): ModelEvent[] {
    this.#streamedLength += length
    const shown = growBlock(block, delta) ?? ''
    return shown === '' ? [] : [{ type: 'delta', index: block.index, text: shown }]
  }

  #callPieces(given: unknown): ModelEvent[] {
    return this.#calls.push(given).flatMap(({ call, isNew, text }) => {
      if (call.closed) return text.trim() === '' ? [] : [odd('arguments of a call that was whole')]
      const begun = isNew ? this.#closeBeforeCall(call) : []
      const block = this.#blocks.get(call)
      if (block)
        return [...begun, ...this.#growBlock(block, { type: 'input_json_delta', partial_json: text }, text.length)]
      return call.name === '' ? begun : [...begun, ...this.#openCall(call)]
    })
  }

  /** Another call begins: the text before it is complete, and so is a call whose arguments are whole. */
  #closeBeforeCall(next: GrowingCall): ModelEvent[] {
    const whole = this.#calls.open.filter((call) => call !== next && this.#blocks.has(call) && isWhole(call.text))
    return [
      ...this.#growAll(this.#tags.end()),
      ...this.#closeCurrent(),
      ...whole.flatMap((call) => this.#closeCall(call)),
    ]
  }

  #openCall(call: GrowingCall): ModelEvent[] {
    const events: ModelEvent[] = []
    let id = call.wireId
    if (this.#ids.has(id)) events.push(odd(`the call id ${id.slice(0, 60)} twice`))
    if (id === '' || this.#ids.has(id)) id = this.#options.makeId()
    this.#ids.add(id)
    const block = openBlock(this.#nextIndex++, { type: 'tool_use', id, name: call.name, input: {} })
    this.#blocks.set(call, block)
    events.push({ type: 'block.started', index: block.index, kind: 'tool', name: call.name, providerId: id })
    const delta = { type: 'input_json_delta', partial_json: call.text }
    return [...events, ...this.#growBlock(block, delta, call.text.length)]
  }

  #closeCall(call: GrowingCall): ModelEvent[] {
    call.closed = true
    const opened = this.#blocks.has(call) ? [] : this.#openCall(call)
    const block = this.#blocks.get(call)
    return block ? [...opened, closeBlock(block)] : opened
  }

  #closeCurrent(): ModelEvent[] {
    const block = this.#current
    this.#current = undefined
    return block ? [closeBlock(block)] : []
  }

  #closeAll(): ModelEvent[] {
    return [
      ...this.#growAll(this.#tags.end()),
      ...this.#closeCurrent(),
      ...this.#calls.open.flatMap((call) => this.#closeCall(call)),
    ]
  }

  #end(): ModelEvent[] {
    const details = this.#details.block()
    const index = this.#nextIndex
    const kept: ModelEvent[] = details
      ? [
          { type: 'block.started', index, kind: 'other' },
          { type: 'block.stopped', index, block: details },
        ]
      : []
    const failed = this.#finish === 'error'
    const what = faultInStream('', this.#options.source)
    const end: ModelEvent = { type: 'end', outcome: failed ? { ok: false, fault: what } : this.#outcome() }
    return [...kept, this.#usageEvent(), end]
  }

  #outcome(): (ModelEvent & { type: 'end' })['outcome'] & { ok: true } {
    const said = stopReasons[this.#finish] ?? 'other'
    if (said === 'refusal' || this.#refusal !== '') {
      const explanation = redact(this.#refusal, this.#options.source.key, refusalLength)
      return { ok: true, stop: 'refusal', refusal: { category: '', explanation } }
    }
    const stop = this.#blocks.size > 0 && said !== 'max_tokens' ? 'tool_use' : said
    return { ok: true, stop: this.#finish === '' && stop === 'other' ? 'end_turn' : stop }
  }

  #isTooLong(): boolean {
    const { maxBlockLength } = this.#options
    if (this.#streamedLength > maxBlockLength * maxBlocks) return true
    return [this.#current, ...this.#blocks.values()].some((block) => (block?.text.length ?? 0) > maxBlockLength)
  }
}

/** `content` is text, or parts: text ones, and thinking ones that hold text parts themselves. */
function contentPieces(content: unknown): Piece[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return (Array.isArray(content) ? content : []).filter(isObject).flatMap((part): Piece[] => {
    if (part['type'] === 'thinking') {
      const text = contentPieces(part['thinking'])
        .map((one) => one.text)
        .join('')
      return [{ kind: 'thinking', text }]
    }
    return [{ kind: 'text', text: textOf(part['text']) }]
  })
}
