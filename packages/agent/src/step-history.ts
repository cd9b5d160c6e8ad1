import { must } from '@overskill/protocol'
import type { HistoryEntry, RawBlock } from './model.ts'
import type { ToolResult } from './tool.ts'
import type { DeclaredCall } from './turn-journal.ts'

/** A step as it was stored. `blocks` are all but the tool calls, which stand in `calls` with their results. */
export type StepRecord = {
  blocks: readonly { index: number; block: RawBlock }[]
  calls: readonly {
    call: Pick<DeclaredCall, 'index' | 'providerId' | 'block'>
    result: Pick<ToolResult, 'ok' | 'text'>
  }[]
  after?: HistoryEntry | undefined
}

/**
 * What a step adds to the model's history. The loop and whoever loads a history later make it here, so that a prefix never
 * changes: the blocks as received in the order of their index, then all results in one user entry in the same order.
 * Empty text and thinking without a signature are left out, because the provider takes neither back (B.5 23, 25).
 */
export function entriesOfStep({ blocks, calls, after }: StepRecord): HistoryEntry[] {
  const inOrder = calls.toSorted((a, b) => a.call.index - b.call.index)
  const content = [...blocks, ...calls.map(({ call }) => call)]
    .toSorted((a, b) => a.index - b.index)
    .map(({ block }) => block)
    .filter(isTakenBack)
  const results = inOrder.map(({ call, result }) => resultBlock(call.providerId, must(result, 'the result of a call')))
  return [
    ...(content.length > 0 ? [{ role: 'assistant' as const, content }] : []),
    ...(results.length > 0 ? [{ role: 'user' as const, content: results }] : []),
    ...(after ? [after] : []),
  ]
}

/** Whether a provider takes a block back. */
export const isTakenBack = (block: RawBlock): boolean => {
  if (block.type === 'text') return typeof block['text'] === 'string' && block['text'].trim() !== ''
  if (block.type === 'thinking') return typeof block['signature'] === 'string' && block['signature'] !== ''
  return true
}

const resultBlock = (id: string, result: Pick<ToolResult, 'ok' | 'text'>): RawBlock => ({
  type: 'tool_result',
  tool_use_id: id,
  content: result.text,
  ...(!result.ok && { is_error: true }),
})
