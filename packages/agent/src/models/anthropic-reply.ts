import type { ModelEvent, StopReason } from '../model.ts'
import { UsageReading } from './anthropic-usage.ts'
import { faultOfProviderError, type FaultSource } from './faults.ts'
import { countOf, isObject, objectOf, textOf, type JsonObject } from './json-value.ts'
import { closeBlock, growBlock, openBlock, type OpenBlock } from './open-block.ts'
import { redact, refusalLength } from './redact.ts'
import { fault, maxBlocks, maxOdd, odd, type ReplyAssembly } from './reply-stream.ts'

const stopReasons: Record<string, StopReason> = {
  end_turn: 'end_turn',
  tool_use: 'tool_use',
  max_tokens: 'max_tokens',
  stop_sequence: 'stop_sequence',
  pause_turn: 'pause_turn',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_exceeded',
}

/**
 * Puts one reply together from the provider's events (AGENT.md B.1). Blocks are keyed by `index`, never by "the last one".
 * What the grammar forbids is reported as `odd` and survived.
 */
export class AnthropicReply implements ReplyAssembly {
  readonly #source: FaultSource
  readonly #maxBlockLength: number
  readonly #open = new Map<number, OpenBlock>() // by the provider's index
  readonly #used = new Set<number>() // our indexes
  readonly #usage = new UsageReading()
  #streamedLength = 0
  #oddCount = 0
  #started = false
  #stop: StopReason = 'other'
  #refusal: { category: string; explanation: string } | undefined

  constructor(source: FaultSource, maxBlockLength: number) {
    this.#source = source
    this.#maxBlockLength = maxBlockLength
  }

  /** Takes the parsed `data` of one event. The last event it returns may be `end`; then nothing may be pushed any more. */
  push(data: unknown): ModelEvent[] {
    return this.#read(data).filter((event) => event.type !== 'odd' || this.#oddCount++ < maxOdd)
  }

  #read(data: unknown): ModelEvent[] {
    if (!isObject(data)) return [odd('an event that is no object')]
    switch (data['type']) {
      case 'message_start':
        return this.#messageStart(objectOf(data['message']))
      case 'content_block_start':
        return this.#blockStart(data)
      case 'content_block_delta':
        return this.#blockDelta(data)
      case 'content_block_stop':
        return this.#blockStop(data)
      case 'message_delta':
        return this.#messageDelta(data)
      case 'message_stop':
        return this.#messageStop()
      case 'error':
        return [this.#usageEvent(), this.#error(objectOf(data['error']))]
      case 'ping':
        return []
      default:
        return [odd(`an unknown event ${textOf(data['type']).slice(0, 60)}`)]
    }
  }

  isContent(data: unknown): boolean {
    return objectOf(data)['type'] !== 'ping'
  }

  /** Not of this protocol, but sent by servers that speak it: `message_stop` is what ends a message. */
  done(): ModelEvent[] {
    return []
  }

  over(): ModelEvent[] {
    return this.#started || this.#streamedLength > 0 ? [this.#usageEvent()] : []
  }

  #usageEvent(): ModelEvent {
    return { type: 'usage', usage: this.#usage.read(this.#streamedLength) }
  }

  #messageStart(message: JsonObject): ModelEvent[] {
    if (this.#started) return [odd('a second message_start')]
    this.#started = true
    this.#usage.take(message['usage'], false)
    return [{ type: 'started', model: textOf(message['model']), usage: this.#usage.read(0) }]
  }

  #blockStart(data: JsonObject): ModelEvent[] {
    const given = countOf(data['index'])
    if (given === undefined) return [odd('a block without an index')]
    if (this.#open.has(given)) return [odd(`a second start of block ${given}`)]
    const events: ModelEvent[] = this.#started ? [] : [odd('a block before message_start')]
    let index = given
    if (this.#used.has(given)) {
      index = Math.max(...this.#used) + 1
      events.push(odd(`index ${given} used twice`))
    }
    this.#used.add(index)
    const block = openBlock(index, objectOf(data['content_block']))
    this.#open.set(given, block)
    const isTool = block.kind === 'tool'
    const tool = isTool ? { name: textOf(block.raw['name']), providerId: textOf(block.raw['id']) } : {}
    events.push({ type: 'block.started', index, kind: block.kind, ...tool })
    if (block.text !== '') events.push({ type: 'delta', index, text: block.text })
    return events
  }

  #blockDelta(data: JsonObject): ModelEvent[] {
    const block = this.#open.get(countOf(data['index']) ?? -1)
    if (!block) return [odd('a delta of a block that is not open')]
    const delta = objectOf(data['delta'])
    const text = growBlock(block, delta)
    if (text === undefined) return [odd(`an unknown delta ${textOf(delta['type']).slice(0, 60)}`)]
    this.#streamedLength += text.length
    if (block.text.length > this.#maxBlockLength || this.#streamedLength > this.#maxBlockLength * maxBlocks)
      return [
        this.#usageEvent(),
        fault('bad_stream', `One part of the reply passed ${this.#maxBlockLength} characters.`, false),
      ]
    return text === '' || block.kind === 'other' ? [] : [{ type: 'delta', index: block.index, text }]
  }

  #blockStop(data: JsonObject): ModelEvent[] {
    const given = countOf(data['index']) ?? -1
    const block = this.#open.get(given)
    if (!block) return [odd('a stop of a block that is not open')]
    this.#open.delete(given)
    return [closeBlock(block)]
  }

  #messageDelta(data: JsonObject): ModelEvent[] {
    const delta = objectOf(data['delta'])
    const reason = delta['stop_reason']
    if (typeof reason === 'string') this.#stop = stopReasons[reason] ?? 'other'
    const details = objectOf(delta['stop_details'])
    if (this.#stop === 'refusal')
      this.#refusal = {
        category: textOf(details['category']),
        explanation: redact(textOf(details['explanation']), this.#source.key, refusalLength),
      }
    this.#usage.take(data['usage'], true)
    return [this.#usageEvent()]
  }

  /** Blocks without a stop: text and unknown ones are whole once the message is; a tool call without its stop is not. */
  #messageStop(): ModelEvent[] {
    const closed = [...this.#open.values()].filter(({ kind }) => kind === 'text' || kind === 'other').map(closeBlock)
    const refusal = this.#refusal
    return [...closed, { type: 'end', outcome: { ok: true, stop: this.#stop, ...(refusal && { refusal }) } }]
  }

  #error(error: JsonObject): ModelEvent {
    const details = objectOf(error['details'])
    const errorCode = textOf(details['error_code'])
    const fields = {
      type: textOf(error['type']),
      message: textOf(error['message']),
      ...(errorCode && { errorCode }),
      inStream: true,
    }
    return { type: 'end', outcome: { ok: false, fault: faultOfProviderError(fields, this.#source) } }
  }
}
