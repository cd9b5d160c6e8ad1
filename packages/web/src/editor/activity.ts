import type { Block, ToolCall } from '@overskill/protocol'
import { runningTurn } from '../conversation/exchanges.ts'
import { doneOf, isOpen } from '../conversation/tool-words.ts'
import type { AppState } from './app-state.ts'
import { editorWords } from './strings.ts'

/** What is going on, in words, and how much of it is done (0 to 1; undefined where nobody can know). */
export type Activity = { text: string; done: number | undefined }

const words = editorWords.activity

/** What the app is doing right now; undefined when nothing. */
export function activityOf(state: AppState): Activity | undefined {
  const { conversation, deployments } = state.snapshot
  const turn = runningTurn(conversation.turns)
  const busy = deployments.find((one) => one.status === 'building' || one.status === 'uploading')
  if (busy?.environment === 'production') return { text: words.publishing(busy.version), done: undefined }
  if (turn) {
    const message = conversation.messages.findLast((one) => one.role === 'assistant' && one.turn === turn.id)
    const blocks = message?.role === 'assistant' ? message.blocks : []
    if (state.retrying) return { text: words.retrying, done: planDone(blocks) }
    const text = textOf(blocks.at(-1))
    if (text !== undefined) return { text, done: planDone(blocks) ?? callsDone(blocks.at(-1)) }
  }
  if (busy) {
    const text = busy.status === 'building' ? words.building(busy.version) : words.uploading(busy.version)
    return { text, done: undefined }
  }
  if (state.building !== undefined) return { text: words.building(state.building), done: undefined }
  if (turn) return { text: turn.steps === 0 ? words.waiting : words.finishing, done: undefined }
  return conversation.turns.some((one) => one.status === 'queued') ? { text: words.queued, done: undefined } : undefined
}

function textOf(block: Block | undefined): string | undefined {
  if (block?.type === 'tools' && block.calls.some(isOpen)) return doneOf(block.calls)
  if (block?.type === 'thinking' && !block.done) return words.thinking
  if (block?.type === 'text' && !block.done) return words.answering
  if (block?.type === 'tools' && block.status === 'complete') return words.waiting
  return undefined
}

function callsDone(block: Block | undefined): number | undefined {
  if (block?.type !== 'tools' || block.calls.length === 0) return undefined
  return block.calls.filter((call) => !isOpen(call)).length / block.calls.length
}

/** How much of the model's own plan is done: the only measure of a whole turn that somebody really keeps. */
function planDone(blocks: readonly (Block | undefined)[]): number | undefined {
  const calls = blocks.flatMap((block) => (block?.type === 'tools' ? block.calls : []))
  const items = planItems(calls.findLast((call) => call.name === 'os-plan' && call.input !== undefined))
  return items.length === 0 ? undefined : items.filter((item) => item.done).length / items.length
}

/** The steps of a plan call; none when it is not one or cannot be read. */
export function planItems(call: ToolCall | undefined): { text: string; done: boolean }[] {
  const items = (call?.input as { items?: unknown } | undefined)?.items
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('text' in item)) return []
    const { text, status } = item as { text: unknown; status?: unknown }
    return [{ text: String(text), done: status === 'done' || status === 'completed' || status === 'complete' }]
  })
}
