import type { AssistantMessage, Block, Conversation, Message, ToolCall } from './conversation.ts'
import type { AppEvent, Snapshot } from './events.ts'
import type { Deployment, Turn } from './resources.ts'
import { isFinal, toolCallMoves } from './states.ts'
import { unreachable } from './must.ts'
import { addCosts, addTokens } from './usage.ts'

/**
 * The screen's state is a pure function of the app's events; server and browser fold with this one function.
 * An event that was seen before (a reconnect may repeat some) changes nothing.
 */
export function applyEvent(state: Conversation, event: AppEvent): Conversation {
  if (event.seq <= state.seq) return state
  const seen = { ...state, seq: event.seq }
  switch (event.type) {
    case 'message.created':
    case 'message.updated':
      return { ...seen, messages: upsert(seen.messages, event.message) }
    case 'message.removed':
      return { ...seen, messages: seen.messages.filter((message) => message.id !== event.message) }
    case 'turn.queued':
    case 'turn.started':
      return withTurn(seen, event.turn)
    case 'turn.completed':
    case 'turn.failed':
    case 'turn.stopped':
      return closeBlocks(withTurn(seen, event.turn), event.turn.id)
    case 'step.started':
      return patchTurn(seen, event.turn, (turn) => ({ ...turn, steps: event.step }))
    case 'step.completed':
      return patchTurn(seen, event.turn, (turn) => withSpent(turn, event))
    case 'block.started':
      return withBlock(seen, event, (block) => block ?? emptyBlock(event.kind))
    case 'block.completed':
      return withBlock(seen, event, (block) => closeBlock(block ?? emptyBlock(event.kind), event.ms))
    case 'text.delta':
    case 'thinking.delta': {
      const kind = event.type === 'text.delta' ? 'text' : 'thinking'
      return withBlock(seen, event, (block) => grow(block ?? emptyBlock(kind), event.offset, event.text))
    }
    case 'tool.pending':
    case 'tool.input':
    case 'tool.queued':
    case 'tool.running':
    case 'tool.completed':
    case 'tool.failed':
      return withBlock(seen, event, (block) => withCall(block ?? emptyBlock('tools'), event))
    case 'notice.added':
      return withBlock(seen, event, () => noticeOf(event))
    case 'version.created':
      return event.message ? appendBlock(seen, event.message, { type: 'version', version: event.version }) : seen
    case 'turn.retrying':
    case 'files.changed':
    case 'build.started':
    case 'build.completed':
    case 'build.failed':
    case 'deployment.started':
    case 'deployment.stage':
    case 'deployment.completed':
    case 'deployment.failed':
    case 'preview.ready':
    case 'preview.error':
    case 'preview.live':
    case 'packages.progress':
    case 'packages.ended':
    case 'app.updated':
      return seen
    default:
      return unreachable(event)
  }
}

/** The whole page's state after an event: the conversation, the app and its deployments, newest first. */
export function applyToSnapshot(state: Snapshot, event: AppEvent): Snapshot {
  if (event.seq <= state.seq) return state
  const seen = { ...state, seq: event.seq, conversation: applyEvent(state.conversation, event) }
  if (event.type === 'app.updated') return { ...seen, app: event.app }
  if (event.type === 'preview.live') return { ...seen, live: event.live }
  if ('deployment' in event) return { ...seen, deployments: withDeployment(state.deployments, event.deployment) }
  return seen
}

/** A conversation before its first event. */
export const emptyConversation: Conversation = { seq: 0, messages: [], turns: [] }

const upsert = (messages: Message[], message: Message): Message[] =>
  messages.some((other) => other.id === message.id)
    ? messages.map((other) => (other.id === message.id ? message : other))
    : [...messages, message]

const withDeployment = (deployments: Deployment[], deployment: Deployment): Deployment[] =>
  deployments.some((other) => other.id === deployment.id)
    ? deployments.map((other) => (other.id === deployment.id ? deployment : other))
    : [deployment, ...deployments]

const withTurn = (state: Conversation, turn: Turn): Conversation => ({
  ...state,
  turns: state.turns.some((other) => other.id === turn.id)
    ? state.turns.map((other) => (other.id === turn.id ? turn : other))
    : [...state.turns, turn],
})

const patchTurn = (state: Conversation, id: string, patch: (turn: Turn) => Turn): Conversation => ({
  ...state,
  turns: state.turns.map((turn) => (turn.id === id ? patch(turn) : turn)),
})

/** A step's tokens and money count once: events that were seen before do not come here. */
const withSpent = (turn: Turn, { usage, cost }: Extract<AppEvent, { type: 'step.completed' }>): Turn => ({
  ...turn,
  ...(usage && { usage: addTokens(turn.usage, usage) }),
  ...(cost && { cost: addCosts(turn.cost, cost) }),
})

const noticeOf = ({ level, code, text, actions, fault }: Extract<AppEvent, { type: 'notice.added' }>): Block => ({
  ...{ type: 'notice', level, code, text },
  ...(actions && { actions }),
  ...(fault !== undefined && { fault }),
})

const emptyBlock = (kind: 'text' | 'thinking' | 'tools'): Block =>
  kind === 'tools'
    ? { type: 'tools', status: 'running', expanded: true, calls: [] }
    : { type: kind, text: '', done: false }

/** Replaces one block of an assistant message; the message must exist, else the event has nothing to change. */
function withBlock(
  state: Conversation,
  place: { message: string; block: number },
  change: (block: Block | undefined) => Block,
): Conversation {
  return patchMessage(state, place.message, (message) => {
    const blocks = [...message.blocks]
    blocks[place.block] = change(blocks[place.block])
    return { ...message, blocks }
  })
}

const appendBlock = (state: Conversation, message: string, block: Block): Conversation =>
  patchMessage(state, message, (found) => ({ ...found, blocks: [...found.blocks, block] }))

function patchMessage(
  state: Conversation,
  id: string,
  patch: (message: AssistantMessage) => AssistantMessage,
): Conversation {
  const index = state.messages.findLastIndex((message) => message.id === id)
  const found = state.messages[index]
  if (found?.role !== 'assistant') return state
  return { ...state, messages: state.messages.with(index, patch(found)) }
}

function grow(block: Block, offset: number, text: string): Block {
  if ((block.type !== 'text' && block.type !== 'thinking') || isWithin(block.text, offset, text)) return block
  return { ...block, text: block.text.slice(0, offset) + text }
}

/** A piece that was there before, and comes late: what came after it stays. */
const isWithin = (known: string, offset: number, piece: string): boolean =>
  known.slice(offset, offset + piece.length) === piece

function closeBlock(block: Block, ms?: number): Block {
  const timed = ms === undefined ? {} : { ms }
  if (block.type === 'text') return { ...block, done: true }
  if (block.type === 'thinking') return { ...block, done: true, ...timed }
  if (block.type === 'tools') return { ...block, status: 'complete', expanded: false, ...timed }
  return block
}

/** The end of a turn closes what a cut left open: nothing keeps growing after the terminal event. */
const closeBlocks = (state: Conversation, turn: string): Conversation => ({
  ...state,
  messages: state.messages.map((message) =>
    message.role === 'assistant' && message.turn === turn
      ? { ...message, blocks: message.blocks.map((block) => closeBlock(block)) }
      : message,
  ),
})

type ToolEvent = Extract<AppEvent, { call: string }>

function withCall(block: Block, event: ToolEvent): Block {
  if (block.type !== 'tools') return block
  const index = block.calls.findIndex((call) => call.id === event.call)
  const before = block.calls[index] ?? { id: event.call, name: event.name, inputText: '', status: 'pending' as const }
  const call = afterToolEvent(before, event)
  const calls = index < 0 ? [...block.calls, call] : block.calls.with(index, call)
  return { ...block, calls }
}

const isLatePiece = ({ inputText, input }: ToolCall, { type, inputDelta, offset = 0 }: ToolEvent): boolean =>
  type === 'tool.input' && inputDelta !== undefined && (input !== undefined || isWithin(inputText, offset, inputDelta))

function afterToolEvent(call: ToolCall, event: ToolEvent): ToolCall {
  if (isFinal(toolCallMoves, call.status) || isLatePiece(call, event)) return call
  const next: ToolCall = { ...call, status: event.status }
  if (event.inputDelta !== undefined) next.inputText = call.inputText.slice(0, event.offset ?? 0) + event.inputDelta
  if (event.input !== undefined) next.input = event.input
  if (event.type === 'tool.running') next.startedAt = event.at
  if (event.deadline !== undefined) next.deadline = event.deadline
  else if (isFinal(toolCallMoves, event.status)) delete next.deadline
  if (event.result !== undefined) next.result = event.result
  if (event.error !== undefined) next.error = event.error
  if (event.ms !== undefined) next.ms = event.ms
  if (event.added !== undefined) next.added = event.added
  if (event.removed !== undefined) next.removed = event.removed
  // The parsed input says the same as the text: keep one copy once it is known.
  if (next.input !== undefined) next.inputText = ''
  return next
}
