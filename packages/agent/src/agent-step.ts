import { noCost } from '@overskill/protocol'
import type { AgentTurn, ResumedStep, Spent } from './agent-turn.ts'
import { mayCompact } from './compact-step.ts'
import { fence } from './fence.ts'
import type { HistoryEntry, StopReason } from './model.ts'
import { addSpent, requestReply, waitForRetry, type Requested } from './model-request.ts'
import { noUsage } from './models/prices.ts'
import { entriesOfStep } from './step-history.ts'
import { StepReply } from './step-reply.ts'
import { StreamingToolCoordinator, type FinishedCall } from './streaming-tool-coordinator.ts'
import { giveBackFault } from './repair.ts'
import { listSources } from './sources.ts'
import * as endings from './turn-endings.ts'
import type { TurnEnd } from './turn-journal.ts'

/** What follows a step: an end of the turn, or the next step, after words of ours to the model if need be. */
type Next = { end?: TurnEnd; after?: HistoryEntry }

/** One model reply and its tool calls. Undefined: the turn goes on. Rejects only when the turn is lost. */
export async function runStep<Work>(turn: AgentTurn<Work>, step: number): Promise<TurnEnd | undefined> {
  const coordinator = coordinate(turn)
  const reply = new StepReply<Work>({
    step,
    journal: turn.journal,
    onCall: (call) => coordinator.accept(call),
    onOdd: (text) => turn.log({ code: 'model_odd', text }),
  })
  const requested = await requestReply(turn, step, reply)
  const { outcome } = requested
  if (outcome.ok && outcome.stop === 'refusal') {
    reply.cutOpen('stopped', false)
    return refuse(turn, step, coordinator, requested)
  }
  const atLimit = outcome.ok && outcome.stop === 'max_tokens'
  const openLength = reply.cutOpen(atLimit ? 'output_limit' : 'connection', false)
  const openInput = atLimit ? openLength : undefined
  if (!reply.isUsable && turn.stop.aborted) reply.drop('stopped')
  const { cutAtLimit } = coordinator.replyEnded(atLimit)
  const calls = await coordinator.finished()
  turn.unchecked ||= calls.some(({ changed }) => changed)
  const asked = !outcome.ok
    ? afterFault(turn, reply, calls)
    : calls.length > 0 || reply.hasDuplicate
      ? afterCalls(turn, outcome.stop, calls, { cutAtLimit, openInput, hasDuplicate: reply.hasDuplicate })
      : afterText(turn, outcome.stop, reply, openInput)
  await tellSources(turn, reply)
  const next = asked.end?.ending === 'completed' ? await afterWork(turn, asked, !reply.isEmpty) : asked
  await finishStep(turn, step, { reply, calls, stop: outcome.ok ? outcome.stop : 'cut', requested, next })
  if (turn.stop.aborted) return undefined
  const end = outcome.ok ? next.end : (requested.end ?? (await endAfterFault(turn, reply, outcome.fault)))
  if (!end || !endings.isTooLong(end) || !mayCompact(turn)) return end
  turn.tooLong = end
  return undefined
}

async function tellSources<Work>(turn: AgentTurn<Work>, { blocks }: StepReply<Work>): Promise<void> {
  const sources = listSources(blocks.map(({ block }) => block))
  if (sources !== '') await turn.journal.notice('info', 'sources', sources)
}

function coordinate<Work>(turn: AgentTurn<Work>): StreamingToolCoordinator<Work> {
  return new StreamingToolCoordinator({
    tools: turn.tools,
    journal: turn.journal,
    mode: turn.run.mode,
    clock: turn.clock,
    cap: turn.limits.parallelCalls,
    stop: turn.stop,
    writtenKeys: turn.writtenKeys,
    maxWrittenKeys: turn.limits.writtenFiles,
    onBug: (error) => turn.log({ code: 'tool_bug', text: 'A tool threw.', error }),
  })
}

/** After a cut, finished calls speak for themselves; text alone needs a word, or the same would be said again. */
const afterFault = <Work>(turn: AgentTurn<Work>, reply: StepReply<Work>, calls: readonly FinishedCall[]): Next =>
  reply.isUsable && calls.length === 0 && !turn.stop.aborted
    ? {
        after: say(
          'Your reply was cut off by a broken connection. Go on exactly where it stops and repeat nothing.',
          true,
        ),
      }
    : {}

async function endAfterFault<Work>(
  turn: AgentTurn<Work>,
  reply: StepReply<Work>,
  fault: Parameters<typeof waitForRetry>[1],
): Promise<TurnEnd | undefined> {
  if (reply.isUsable && (await waitForRetry(turn, fault, 2))) return undefined
  return turn.stop.aborted ? undefined : endings.faultEnding(fault, turn.progress)
}

/** What is odd about a step's calls: how many the reply's limit cut, and the length of one whose block did not even end. */
type OddCalls = { cutAtLimit: number; openInput: number | undefined; hasDuplicate: boolean }

function afterCalls<Work>(
  turn: AgentTurn<Work>,
  stop: StopReason,
  calls: readonly FinishedCall[],
  { cutAtLimit, openInput, hasDuplicate }: OddCalls,
): Next {
  if (hasDuplicate) return { end: endings.duplicateEnding() }
  if (stop === 'context_exceeded') return { end: endings.tooLongEnding() }
  if (cutAtLimit > 0 || openInput !== undefined) {
    turn.count.cuts += 1
    if (turn.count.cuts > 2) return { end: endings.outputLimitEnding() }
  }
  const looping = turn.repeated.take(
    calls.map(({ call, changed }) => ({
      name: call.name,
      inputText: call.inputText,
      changes: turn.tools.get(call.name)?.changes ?? false,
      changed,
    })),
  )
  if (looping !== undefined) return { end: endings.loopEnding(looping, turn.limits.sameCall) }
  if (openInput === undefined) return {}
  const text = `One more call of your reply was cut off after ${openInput} characters at max_tokens. Nothing of it was done. Write the file in smaller parts.`
  return { after: say(text, false) }
}

function afterText<Work>(turn: AgentTurn<Work>, stop: StopReason, reply: StepReply<Work>, openInput?: number): Next {
  const { count } = turn
  const hasContent = !reply.isEmpty
  if (stop === 'context_exceeded') {
    const text =
      'Your reply was cut off where the conversation became too long. Go on exactly where it stops and repeat nothing.'
    return { end: endings.tooLongEnding(), after: say(text, hasContent) }
  }
  if (stop === 'max_tokens' && openInput !== undefined) {
    count.cuts += 1
    if (count.cuts > 2) return { end: endings.outputLimitEnding() }
    const text = `Your call was cut off after ${openInput} characters at max_tokens. Nothing was done. Write the file in smaller parts.`
    return { after: say(text, hasContent) }
  }
  if (stop === 'max_tokens') {
    count.continues += 1
    if (count.continues > 1) return { end: endings.outputLimitEnding() }
    return {
      after: say('Your reply reached its longest length. Go on exactly where it stops and repeat nothing.', hasContent),
    }
  }
  if (stop === 'pause_turn') {
    count.pauses += 1
    return count.pauses > 5 ? { end: endings.pauseLimitEnding() } : {}
  }
  if (reply.isUsable || count.nudges > 0) return { end: { ending: 'completed' } }
  count.nudges += 1
  return {
    after: say('Your reply was empty. Go on with the task, or say in one sentence that it is done.', hasContent),
  }
}

/** The model says that it is done: if its work has a fault that it has not heard of, it hears of it and goes on. */
async function afterWork<Work>(turn: AgentTurn<Work>, done: Next, hasContent: boolean): Promise<Next> {
  const words = await giveBackFault(turn)
  return words === undefined ? done : { after: say(words, hasContent) }
}

/** Words of ours to the model. After a reply they are a user entry; after a user entry operator text, as the provider wants. */
const say = (text: string, afterReply: boolean): HistoryEntry =>
  afterReply
    ? { role: 'user', content: [{ type: 'text', text: fence('system-reminder', text) }] }
    : { role: 'system', content: text }

type StepEnd<Work> = {
  reply: Pick<StepReply<Work>, 'blocks'>
  calls: readonly Pick<FinishedCall, 'call' | 'result'>[]
  stop: StopReason | 'cut'
  requested: Pick<Requested, 'spent'>
  next: Next
}

async function finishStep<Work>(turn: AgentTurn<Work>, step: number, end: StepEnd<Work>): Promise<void> {
  const { after } = end.next
  const entries = entriesOfStep({ blocks: end.reply.blocks, calls: end.calls, after })
  turn.history.push(...entries)
  if (entries.length > 0) turn.progress = true
  await turn.journal.stepFinished(step, {
    stop: end.stop,
    ...sumOf(end.requested.spent),
    ...(after && { after }),
  })
}

const sumOf = (spent: readonly Spent[]): Spent => spent.reduce(addSpent, { usage: noUsage, cost: noCost })

/** Takes the step back: its text, and what its calls have already written (B.5 49). */
async function refuse<Work>(
  turn: AgentTurn<Work>,
  step: number,
  coordinator: StreamingToolCoordinator<Work>,
  { outcome, spent }: Requested,
): Promise<TurnEnd> {
  coordinator.cancel()
  coordinator.replyEnded(false)
  await coordinator.finished()
  await turn.journal.rollBack(step)
  await turn.journal.stepFinished(step, { stop: 'refusal', ...sumOf(spent) })
  const refusal = outcome.ok ? outcome.refusal : undefined
  return endings.refusalEnding(refusal?.category ?? '', refusal?.explanation ?? '')
}

/**
 * Brings a step to its end that another process began: calls without a result run or are answered (AGENT.md D.8).
 * @returns The number of the next step: the same again when nothing of its reply can be built on.
 */
export async function resumeStep<Work>(turn: AgentTurn<Work>, { step, blocks, calls }: ResumedStep): Promise<number> {
  // What its request used was told by the former owner, or by who takes the turn over: it is not counted again.
  const spent = [{ usage: { ...noUsage, incomplete: true }, cost: noCost }]
  if (calls.length === 0 && !blocks.some(({ block }) => block.type === 'text')) {
    await Promise.all(blocks.map(({ index }) => turn.journal.blockCut(step, index, 'connection')))
    return step
  }
  const coordinator = coordinate(turn)
  for (const { call, state } of calls) if ('stored' in state) coordinator.accept(call, state.stored)
  coordinator.replyEnded(false)
  const finished = await coordinator.finished()
  const earlier = calls.flatMap(({ call, state }) => ('result' in state ? [{ call, result: state.result }] : []))
  const next = calls.length === 0 ? { after: say('Your reply was cut off. Go on where it stops.', true) } : {}
  const all = [...earlier, ...finished]
  await finishStep(turn, step, { reply: { blocks }, calls: all, stop: 'cut', requested: { spent }, next })
  return step + 1
}
