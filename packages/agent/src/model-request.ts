import { pause } from './clock.ts'
import { addCosts, addTokens } from '@overskill/protocol'
import type { AgentTurn, Spent } from './agent-turn.ts'
import type { ModelEvent, ModelFault, ModelRequest, ModelUsage } from './model.ts'
import { spendingEnding } from './turn-endings.ts'
import type { TurnEnd } from './turn-journal.ts'
import type { StepReply } from './step-reply.ts'
import { retryWaitMs } from './turn-limits.ts'

type Outcome = (ModelEvent & { type: 'end' })['outcome']

/** How the requests of one step went in the end. `spent`: one entry for each that was sent. `end`: a cap forbids the next try. */
export type Requested = { outcome: Outcome; spent: Spent[]; end?: TurnEnd }

/**
 * Sends one step's request and reads its reply; sends it again while that may help, as long as nothing usable came
 * (B.5 13-15, 17, 19). Rejects only when the turn is lost.
 */
export async function requestReply<Work>(
  turn: AgentTurn<Work>,
  step: number,
  reply: StepReply<Work>,
): Promise<Requested> {
  const spent: Spent[] = []
  for (let attempt = 1; ; attempt += 1) {
    const request: ModelRequest = {
      system: turn.run.system,
      tools: turn.declarations,
      history: turn.history,
      maxTokens: turn.limits.maxTokens,
      ...(turn.dropUnboundThinking && { dropUnboundThinking: true }),
    }
    if (attempt === 1) await prepare(turn, step, request)
    reply.beginTry()
    const outcome = await readStream(turn, request, (event) => reply.take(event))
    spent.push(spend(turn, step, reply.usage))
    turn.guarded.assertOurs()
    if (outcome.ok) return { outcome, spent }
    if (
      outcome.fault.code === 'thinking_unbound' &&
      !turn.dropUnboundThinking &&
      turn.count.retries < turn.limits.retries
    ) {
      await unbind(turn, step, request, outcome.fault)
    } else {
      reply.cutOpen(turn.stop.aborted ? 'stopped' : 'connection', turn.stop.aborted)
      if (reply.isUsable || turn.stop.aborted) return { outcome, spent }
      reply.drop('connection')
      if (!(await waitForRetry(turn, outcome.fault, attempt + 1))) return { outcome, spent }
    }
    const end = await endAtCap(turn)
    if (end) return { outcome, spent, end }
  }
}

/** Tells what a request used as soon as it is over. */
export function spend<Work>(turn: AgentTurn<Work>, step: number, used: ModelUsage): Spent {
  const cost = turn.costOf(used)
  const { cacheWriteHourTokens: _hour, costUsd: _usd, ...usage } = used
  turn.spent = addSpent(turn.spent, { usage, cost })
  void turn.journal.requestEnded(step, { usage, cost })
  return { usage, cost }
}

export const addSpent = (a: Spent, b: Spent): Spent => ({
  usage: addTokens(a.usage, b.usage),
  cost: addCosts(a.cost, b.cost),
})

/** How the turn ends when a cap leaves no room for another request. What was spent so far is stored before anybody is asked. */
export async function endAtCap<Work>(turn: AgentTurn<Work>): Promise<TurnEnd | undefined> {
  await turn.guarded.stored()
  const cap = await turn.run.capReached?.(turn.spent)
  return cap && spendingEnding(cap, turn.progress)
}

async function prepare<Work>(turn: AgentTurn<Work>, step: number, request: ModelRequest): Promise<void> {
  const ready = turn.journal.requestReady(step, turn.run.model.body(request), request.history)
  await ready
  await turn.guarded.stored()
}

/** Our own history did not come back as the provider wants it: once, it may leave out what it cannot read. */
async function unbind<Work>(
  turn: AgentTurn<Work>,
  step: number,
  request: ModelRequest,
  fault: ModelFault,
): Promise<void> {
  turn.dropUnboundThinking = true
  turn.count.retries += 1
  turn.log({ code: 'thinking_unbound', text: fault.detail ?? fault.message })
  await prepare(turn, step, { ...request, dropUnboundThinking: true })
}

/** Reads one stream to its end. A model that breaks its contract is a fault too. */
export async function readStream<Work>(
  turn: AgentTurn<Work>,
  request: ModelRequest,
  take: (event: Exclude<ModelEvent, { type: 'end' }>) => void,
): Promise<Outcome> {
  try {
    for await (const event of turn.run.model.stream(request, turn.stop)) {
      if (event.type === 'end') return event.outcome
      take(event)
    }
  } catch (error) {
    turn.log({ code: 'model_bug', text: 'The stream of the model threw.', error })
  }
  const message = 'The reply of the model could not be read.'
  return { ok: false, fault: { code: 'bad_stream', message, retry: false } }
}

/**
 * Waits before try number `attempt`.
 * @returns Whether to send again: false when it would not help, the budget is spent, or the turn was stopped meanwhile.
 */
export async function waitForRetry<Work>(turn: AgentTurn<Work>, fault: ModelFault, attempt: number): Promise<boolean> {
  const { limits, count, clock, random } = turn
  if (!fault.retry || turn.stop.aborted || attempt > limits.tries || count.retries >= limits.retries) return false
  count.retries += 1
  const waitMs = retryWaitMs(fault, attempt, random, limits.longestWaitMs)
  await turn.journal.retrying(attempt, limits.tries, fault.message, clock.now() + waitMs)
  await pause(clock, waitMs, turn.stop)
  return !turn.stop.aborted
}
