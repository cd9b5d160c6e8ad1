import { assert, noCost, type Cost, type Mode, type Usage } from '@overskill/protocol'
import { systemClock, type Clock } from './clock.ts'
import { guardJournal, type GuardedJournal } from './journal-guard.ts'
import type { HistoryEntry, Model, ModelUsage, RawBlock, ToolDeclaration } from './model.ts'
import { costOf, noUsage } from './models/prices.ts'
import type { StoredStart } from './streaming-tool-execution-job.ts'
import { declareTools } from './tool-declarations.ts'
import type { Tool, ToolResult } from './tool.ts'
import type { SpendingCap } from './turn-endings.ts'
import { defaultLimits, RepeatedCalls, type TurnLimits } from './turn-limits.ts'
import type { DeclaredCall, TurnEnd, TurnJournal } from './turn-journal.ts'

/** Something that only we need to know: an oddity of the model's stream, or a mistake of our own with its error. */
export type AgentNote = {
  code: 'model_odd' | 'tool_bug' | 'model_bug' | 'thinking_unbound'
  text: string
  error?: unknown
}

/** A step whose reply another process stored without coming to its end. `blocks` are all but the calls' blocks. */
export type ResumedStep = {
  step: number
  blocks: readonly { index: number; block: RawBlock }[]
  calls: readonly { call: DeclaredCall; state: { result: ToolResult } | { stored: Exclude<StoredStart, 'none'> } }[]
}

/**
 * What is wrong with the work as it stands. The same `fingerprint` means the same fault as before. `forModel` goes out as words of
 * ours: what it quotes stands in a `fence`.
 */
export type WorkFault = { fingerprint: string; forModel: string; forPerson: string }

/** What requests used, and what that cost. */
export type Spent = { usage: Usage; cost: Cost }

export type AgentRun<Work> = {
  model: Model
  tools: readonly Tool<Work>[]
  system: string
  /** Everything before this turn's first reply, the person's message included; on resuming also all finished steps. */
  history: readonly HistoryEntry[]
  mode: Mode
  journal: TurnJournal<Work>
  /** A person's stop. */
  signal: AbortSignal
  /**
   * Looks at the work when the model says that it is done and something was changed since the last look (row A11). Nothing
   * found, or nothing to be said because of the signal: undefined. Never rejects.
   */
  check?: (signal: AbortSignal) => Promise<WorkFault | undefined>
  limits?: Partial<TurnLimits>
  clock?: Clock
  random?: () => number
  /** The number of the next step, 1 by default. */
  step?: number
  resume?: ResumedStep
  /** How the work stands now, in words for the model: told when the conversation is made shorter (B.5 18). */
  workNow?: () => string
  /** How often the conversation was made shorter before, when the turn goes on (B.5 18). */
  compactions?: number
  /** The fingerprints of the faults that were given back to the model before, when the turn goes on (L17). */
  toldFaults?: readonly string[]
  /** What the turn used before, when it goes on. */
  spent?: Spent
  /** Asked before each request, with what the turn has used so far: the cap that it has reached, if any (row A10). */
  capReached?: (spent: Spent) => Promise<SpendingCap | undefined>
  /** What a request cost; by the price table and the model's id by default. */
  costOf?: (usage: ModelUsage) => Cost
  log?: (note: AgentNote) => void
}

/** What lives as long as a turn. */
export type AgentTurn<Work> = {
  run: AgentRun<Work>
  tools: ReadonlyMap<string, Tool<Work>>
  declarations: readonly ToolDeclaration[]
  guarded: GuardedJournal<Work>
  journal: TurnJournal<Work>
  clock: Clock
  random: () => number
  limits: TurnLimits
  history: HistoryEntry[]
  /** Aborts at a person's stop, at the end of the turn's time, when the turn is lost, and at the latest when it has ended. */
  stop: AbortSignal
  isLate: () => boolean
  costOf: (usage: ModelUsage) => Cost
  log: (note: AgentNote) => void
  repeated: RepeatedCalls
  writtenKeys: Set<string>
  dropUnboundThinking: boolean
  /** Whether files were changed since the work was last looked at, and the faults that the model has heard of. */
  unchecked: boolean
  faults: Set<string>
  /** Faults given back so far, those of a former owner included. */
  repairs: number
  /** How often each thing has happened that may happen only so often. */
  count: { retries: number; nudges: number; continues: number; cuts: number; pauses: number; compactions: number }
  /** Set once the conversation is too long: the next step makes it shorter, and where that cannot be, the turn ends so. */
  tooLong: TurnEnd | undefined
  spent: Spent
  progress: boolean
}

/** @returns The turn, and what must be called once it has ended: whatever still listens to its `stop` is let go of then. */
export function openTurn<Work>(run: AgentRun<Work>): { turn: AgentTurn<Work>; close: () => void } {
  const clock = run.clock ?? systemClock
  const limits = { ...defaultLimits, ...run.limits }
  const tools = new Map(run.tools.map((tool) => [tool.name, tool]))
  assert(tools.size === run.tools.length, 'tool names are unique')
  const over = new AbortController()
  const late = new AbortController()
  const guarded = guardJournal(run.journal, () => over.abort())
  const cancelLimit = limits.turnMs === undefined ? () => {} : clock.after(limits.turnMs, () => late.abort())
  const turn: AgentTurn<Work> = {
    run,
    tools,
    declarations: declareTools(run.tools),
    guarded,
    journal: guarded.journal,
    clock,
    random: run.random ?? Math.random,
    limits,
    history: [...run.history],
    stop: AbortSignal.any([run.signal, late.signal, over.signal]),
    isLate: () => late.signal.aborted,
    costOf: run.costOf ?? ((usage) => costOf(run.model.id, usage, new Date(clock.now()))),
    log: run.log ?? (() => {}),
    repeated: new RepeatedCalls(limits.sameCall),
    writtenKeys: new Set(),
    dropUnboundThinking: false,
    unchecked: run.resume !== undefined || (run.step ?? 1) > 1,
    faults: new Set(run.toldFaults),
    repairs: run.toldFaults?.length ?? 0,
    count: { retries: 0, nudges: 0, continues: 0, cuts: 0, pauses: 0, compactions: run.compactions ?? 0 },
    tooLong: undefined,
    spent: run.spent ?? { usage: noUsage, cost: noCost },
    progress: run.resume !== undefined || (run.step ?? 1) > 1,
  }
  const close = (): void => {
    cancelLimit()
    over.abort() // Node keeps each signal of several that has a listener, and what that holds, until it aborts (nodejs/node#64476)
  }
  return { turn, close }
}
