import { resumeStep, runStep } from './agent-step.ts'
import { compactStep } from './compact-step.ts'
import { endAtCap } from './model-request.ts'
import { openTurn, type AgentRun, type AgentTurn } from './agent-turn.ts'
import * as endings from './turn-endings.ts'
import type { TurnEnd } from './turn-journal.ts'

/**
 * Runs one turn: model, tools, results, model, until the model calls no tool any more.
 *
 * Ends early at a stop, at a limit and at a fault that retrying does not cure; finished calls keep what they did in every
 * ending but a refusal. Nothing of the turn runs on after the returned promise has settled, except a tool that ignores its
 * signal, whose result is not taken.
 * @returns How the turn ended.
 * @throws The journal's own error, when the turn is not ours any more. Nothing was touched after it.
 */
export async function runAgent<Work>(run: AgentRun<Work>): Promise<TurnEnd> {
  const { turn, close } = openTurn(run)
  try {
    const end = await runSteps(turn)
    await turn.guarded.stored()
    return end
  } finally {
    close()
  }
}

async function runSteps<Work>(turn: AgentTurn<Work>): Promise<TurnEnd> {
  const { resume } = turn.run
  const first = resume ? await resumeStep(turn, resume) : (turn.run.step ?? 1)
  for (let step = first; ; step += 1) {
    const before = await endBefore(turn, step)
    if (before) return before
    const tooLong = takeTooLong(turn)
    const end = tooLong ? await compactStep(turn, step, tooLong) : await runStep(turn, step)
    if (end) return end
  }
}

function takeTooLong<Work>(turn: AgentTurn<Work>): TurnEnd | undefined {
  const { tooLong } = turn
  turn.tooLong = undefined
  return tooLong
}

async function endBefore<Work>(turn: AgentTurn<Work>, step: number): Promise<TurnEnd | undefined> {
  const { limits } = turn
  turn.guarded.assertOurs()
  if (turn.run.signal.aborted) return { ending: 'stopped' }
  if (turn.isLate()) return endings.timeLimitEnding()
  if (step > limits.steps) return endings.stepLimitEnding(limits.steps)
  return endAtCap(turn)
}
