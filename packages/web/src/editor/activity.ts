import type { Block } from '@overskill/protocol'
import { runningTurn } from '../conversation/exchanges.ts'
import { planItems } from '../conversation/plan-items.ts'
import { doneOf, isOpen } from '../conversation/tool-words.ts'
import { installText } from '../packages/install-words.ts'
import type { AppState, Waited } from './app-state.ts'
import { editorWords } from './strings.ts'

/** What is going on, in words, and how much of it is done (0 to 1; undefined where nobody can know). */
export type Activity = { text: string; done: number | undefined; waited?: Waited | undefined }

const words = editorWords.activity

/** What the app is doing right now; undefined when nothing. */
export function activityOf(state: AppState): Activity | undefined {
  const { conversation, deployments } = state.snapshot
  const turn = runningTurn(conversation.turns)
  const busy = deployments.find((one) => one.status === 'building' || one.status === 'uploading')
  if (busy?.environment === 'production') return { text: words.publishing(busy.version), done: undefined }
  const installing = installText(state.install)
  if (installing !== undefined) return { text: installing, done: undefined }
  if (turn) {
    const message = conversation.messages.findLast((one) => one.role === 'assistant' && one.turn === turn.id)
    const blocks = message?.role === 'assistant' ? message.blocks : []
    if (state.retrying) return { text: words.retrying, done: planDone(blocks) }
    const text = textOf(blocks.at(-1))
    if (text !== undefined) return { text, done: planDone(blocks) }
  }
  if (busy) {
    if (busy.status === 'uploading') return { text: words.uploading(busy.version), done: undefined }
    const isSeen = state.building?.version === busy.version
    return { text: words.building(busy.version), done: undefined, ...(isSeen && { waited: state.building?.waited }) }
  }
  if (state.building)
    return { text: words.building(state.building.version), done: undefined, waited: state.building.waited }
  if (turn) return { text: words.waiting, done: undefined }
  return conversation.turns.some((one) => one.status === 'queued') ? { text: words.queued, done: undefined } : undefined
}

function textOf(block: Block | undefined): string | undefined {
  if (block?.type === 'tools' && block.calls.some(isOpen)) return doneOf(block.calls)
  if (block?.type === 'thinking' && !block.done) return words.thinking
  if (block?.type === 'text' && !block.done) return words.answering
  // A version stands at the end of a turn: what is left to do then is to build it.
  return block === undefined || block.type === 'version' ? undefined : words.waiting
}

/**
 * How much of the model's own plan is done: the only measure of a whole turn that somebody really keeps. One of which
 * nothing is done yet measures nothing: many models keep it only at the end.
 */
function planDone(blocks: readonly (Block | undefined)[]): number | undefined {
  const calls = blocks.flatMap((block) => (block?.type === 'tools' ? block.calls : []))
  const items = planItems(calls.findLast((call) => call.name === 'os-plan' && call.input !== undefined))
  const done = items.filter((item) => item.state === 'done').length
  return done === 0 ? undefined : done / items.length
}
