import type { NoticeAction } from '@overskill/protocol'
import type { AgentTurn } from './agent-turn.ts'

/** What a person can do about a fault that the model does not mend. */
const choices: NoticeAction[] = ['restore', 'model', 'continue']

/**
 * Looks at the work of a turn whose model says that it is done (row A11). A fault goes back to the model as the next step, a
 * few times a turn; one that it has heard of already does not, because a loop of repairs costs money and mends nothing (L17).
 *
 * @returns What to say to the model; undefined when the turn is over, with or without a fault.
 */
export async function giveBackFault<Work>(turn: AgentTurn<Work>): Promise<string | undefined> {
  const { run, faults, limits, journal, stop } = turn
  if (!run.check || run.mode !== 'build' || !turn.unchecked || stop.aborted) return undefined
  turn.unchecked = false
  const fault = await run.check(stop)
  if (!fault || stop.aborted) return undefined
  if (faults.has(fault.fingerprint)) {
    const text = `The same fault is back after the model tried to mend it, so it was not asked again. ${fault.forPerson}`
    await journal.notice('warning', 'repair_stopped', text, choices)
    return undefined
  }
  if (turn.repairs >= limits.repairs) {
    const text = `The model tried ${turn.repairs} times to mend what it made, and there is still a fault. ${fault.forPerson}`
    await journal.notice('warning', 'repair_stopped', text, choices)
    return undefined
  }
  faults.add(fault.fingerprint)
  turn.repairs += 1
  await journal.notice(
    'info',
    'repair_asked',
    `${fault.forPerson} The model is asked to mend it.`,
    undefined,
    fault.fingerprint,
  )
  return fault.forModel
}
