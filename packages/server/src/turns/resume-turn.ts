import type { HistoryEntry, ResumedStep } from '@overskill/agent'
import { type AssistantMessage, isFinal, type NewAppEvent, toolCallMoves } from '@overskill/protocol'
import { addSteps, resultOf, splitStep, type StoredStep } from './history.ts'
import type { PgTurnJournal } from './pg-turn-journal.ts'
import type { KnownCall } from './reply-blocks.ts'
import type { TurnWriter } from './turn-writer.ts'

/** Where a turn goes on that another process began (B.5 46). For a turn that begins, nothing is done and the step is 1. */
export type ResumePlan = {
  /** The conversation with the steps that are over, as the model gets them back. */
  historyAfter(before: readonly HistoryEntry[]): HistoryEntry[]
  step: number
  resume?: ResumedStep
  known: KnownCall[]
  /** The fingerprints of the faults of its work that the model has heard of. */
  toldFaults: string[]
  /** The step that is not over: a request of it was under way, or had ended. */
  openStep?: number
  /** Ends on the screen what was cut, and says that the turn goes on. */
  mark(writer: TurnWriter, journal: Pick<PgTurnJournal, 'notice'>): Promise<void>
}

export function planResume(steps: readonly StoredStep[], shown: AssistantMessage | undefined): ResumePlan {
  const over = steps.filter(({ stop }) => stop !== null)
  const open = steps.find(({ stop }) => stop === null)
  const calls = steps.flatMap((step) => step.calls)
  const known = calls.map(({ step, index, block, call, name }) => ({ step, index, block, call, name }))
  const mark: ResumePlan['mark'] = async (writer, journal) => {
    if (steps.length === 0) return
    const cut = cutCalls(shown, new Set(calls.map(({ call }) => call)))
    await writer.store(() => cut)
    if (isSaid(shown)) return
    await journal.notice('info', 'resumed', 'This turn was interrupted here. It goes on from what was stored.')
  }
  const resume = open && open.blocks.length > 0 ? resumedStep(open) : undefined
  return {
    historyAfter: (before) => addSteps(before, over),
    step: open ? open.step : (over.at(-1)?.step ?? 0) + 1,
    ...(resume && { resume }),
    ...(open && { openStep: open.step }),
    known,
    toldFaults: toldFaults(shown, resume !== undefined),
    mark,
  }
}

/** Whether the turn was interrupted before, and nothing has come of it since. */
function isSaid(shown: AssistantMessage | undefined): boolean {
  const last = shown?.blocks.at(-1)
  return last?.type === 'notice' && last.code === 'resumed'
}

/**
 * @param isOpen Whether the last step is not over: a fault that was shown at its end did not reach the model, and is looked
 *   for again.
 */
function toldFaults(shown: AssistantMessage | undefined, isOpen: boolean): string[] {
  const said = shown?.blocks.filter((block) => block.type !== 'notice' || block.code !== 'resumed') ?? []
  return (isOpen ? said.slice(0, -1) : said).flatMap((block) =>
    block.type === 'notice' && block.code === 'repair_asked' ? [block.fault ?? ''] : [],
  )
}

function resumedStep(step: StoredStep): ResumedStep {
  const { blocks, calls } = splitStep(step)
  return {
    step: step.step,
    blocks,
    calls: calls.map(({ row, call }) => ({
      call,
      state: isFinal(toolCallMoves, row.status)
        ? { result: resultOf(row) }
        : { stored: row.status === 'running' ? 'running' : 'queued' },
    })),
  }
}

/** Calls that were shown but whose input never became whole: they were not stored and did not run. */
function cutCalls(shown: AssistantMessage | undefined, stored: ReadonlySet<string>): NewAppEvent[] {
  const message = shown?.id
  if (message === undefined) return []
  return (shown?.blocks ?? []).flatMap((block, index) => {
    if (block.type !== 'tools') return []
    const cut = block.calls.filter(({ id, status }) => status === 'pending' && !stored.has(id))
    return cut.map(({ id, name }) => ({
      type: 'tool.failed' as const,
      ...{ message, block: index, call: id, name, status: 'cancelled' as const },
      error: {
        code: 'CUT_OFF',
        message: 'The turn was interrupted before this call was complete. Nothing was changed.',
      },
    }))
  })
}
