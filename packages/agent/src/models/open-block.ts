import type { ModelEvent, RawBlock } from '../model.ts'
import { readCallId, readCallName } from './call-label.ts'
import { parseJson, textOf, isObject, type JsonObject } from './json-value.ts'

export type BlockKind = 'text' | 'thinking' | 'tool' | 'other'

/** A block that still grows. `raw` is what was received; growing text is kept apart until the block stops. */
export type OpenBlock = {
  index: number
  kind: BlockKind
  raw: RawBlock
  text: string
  held: string // half a surrogate pair at the end of `text`, which is not shown before it is whole
  hasDelta: boolean
}

const kinds: Record<string, BlockKind> = {
  text: 'text',
  thinking: 'thinking',
  redacted_thinking: 'thinking',
  tool_use: 'tool',
}

/** Opens the block that a `content_block_start` announces. */
export function openBlock(index: number, start: JsonObject): OpenBlock {
  const type = textOf(start['type'])
  const kind = kinds[type] ?? 'other'
  const text = kind === 'text' ? textOf(start['text']) : kind === 'thinking' ? textOf(start['thinking']) : ''
  const label = kind === 'tool' && { id: readCallId(start['id']), name: readCallName(start['name']) }
  return { index, kind, raw: { ...start, type, ...label }, text, held: '', hasDelta: false }
}

/**
 * Adds a delta to its block.
 * @returns The part to show, '' for one that shows nothing, undefined for a sort of delta that is not known (B.5 20).
 */
export function growBlock(block: OpenBlock, delta: JsonObject): string | undefined {
  block.hasDelta = true
  switch (delta['type']) {
    case 'text_delta':
      return grow(block, textOf(delta['text']))
    case 'thinking_delta':
      return grow(block, textOf(delta['thinking']))
    case 'input_json_delta':
      return grow(block, textOf(delta['partial_json']))
    case 'signature_delta':
      block.raw['signature'] = delta['signature']
      return ''
    case 'citations_delta':
      block.raw['citations'] = [
        ...(Array.isArray(block.raw['citations']) ? block.raw['citations'] : []),
        delta['citation'],
      ]
      return ''
    default:
      return undefined
  }
}

/** A pair may be split between two deltas; half of one is no text, so it is shown with its other half (B.5 37). */
function grow(block: OpenBlock, piece: string): string {
  block.text += piece
  const whole = block.held + piece
  const last = whole.charCodeAt(whole.length - 1)
  block.held = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : ''
  return whole.slice(0, whole.length - block.held.length).toWellFormed()
}

/**
 * The whole block as it goes into the history. A tool's unreadable input travels inside an object, because the provider
 * takes nothing else back: `{"INVALID_JSON": "<text as streamed>"}`.
 */
export function closeBlock(block: OpenBlock): ModelEvent & { type: 'block.stopped' } {
  const { index, raw, text } = block
  if (block.kind === 'text') return { type: 'block.stopped', index, block: { ...raw, text } }
  if (raw.type === 'thinking') return { type: 'block.stopped', index, block: { ...raw, thinking: text } }
  if (block.kind !== 'tool' && !('input' in raw && text !== '')) return { type: 'block.stopped', index, block: raw }
  const inputText = text === '' && !block.hasDelta && hasKeys(raw['input']) ? JSON.stringify(raw['input']) : text
  const input = inputText.trim() === '' ? {} : parseJson(inputText)
  const closed = { ...raw, input: isObject(input) ? input : { INVALID_JSON: inputText } }
  return { type: 'block.stopped', index, block: closed, ...(block.kind === 'tool' && { inputText }) }
}

const hasKeys = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 0
