import type { Cost, NoticeAction, TurnError, Usage } from '@overskill/protocol'
import type { HistoryEntry, RawBlock, StopReason } from './model.ts'
import type { ToolResult } from './tool.ts'

/** Where a call stands: (turn, step, position) is its identity; a provider's id is data and may repeat (L5). */
export type CallPlace = { step: number; position: number; call: string }

/** A tool call whose block has stopped: its input is complete, readable or not. */
export type DeclaredCall = CallPlace & {
  index: number // the block's number in the step
  providerId: string
  name: string
  inputText: string // raw JSON as streamed; '' counts as {}
  block: RawBlock // sent back unchanged: store its text, not a form that reorders keys
}

/**
 * The owner of a turn, as the loop sees it: it makes facts durable and shows them. Every promise resolves when the fact is
 * stored. A rejected promise means that the turn is not ours any more (lease lost) or the store is gone: the loop stops at
 * once and touches nothing further.
 *
 * Order: the loop may make the next call before the former has resolved (one chunk of bytes can end several blocks). The
 * order of the calls is the order of the facts; facts that wait together may share one transaction. Before a request leaves,
 * everything before it has resolved.
 */
export interface TurnJournal<Work> {
  /**
   * Before the request leaves. `body` is what goes over the wire. A retry of an unchanged request does not come here again;
   * a step whose request changed does, and the later body is the one that counts.
   */
  requestReady(step: number, body: unknown, history: readonly HistoryEntry[]): Promise<void>
  /**
   * Growing parts: shown within 33 ms, the first of a block at once. Order is kept; no need to wait.
   * A text block starts here only with its first visible character: an empty one is never shown.
   * `index` is the block's number in the step: in the order of the reply, never used twice, also when a request is retried.
   */
  blockStarted(
    step: number,
    index: number,
    kind: 'text' | 'thinking' | 'tool',
    call?: { call: string; name: string },
  ): void
  delta(step: number, index: number, text: string): void
  /** A text, thinking or unknown block is complete and part of the history. One that was never started is only stored. */
  blockStopped(step: number, index: number, block: RawBlock): Promise<void>
  /** A tool call's block is complete, but it must wait: stored with its raw input. Status becomes queued. */
  callQueued(call: DeclaredCall, input: unknown): Promise<void>
  /**
   * A tool call's block is complete and it can start at once: stored with its raw input, queued and running in one
   * transaction. Resolves once `tool.running` is stored; a refused second start rejects (L5).
   */
  callStarted(call: DeclaredCall, input: unknown): Promise<void>
  /** A queued call starts. Resolves once `tool.running` is stored; a refused second start rejects (L5). */
  callRunning(call: DeclaredCall): Promise<void>
  /** What this one call may touch; nothing lasts before `callFinished`. Called after the start is stored. */
  work(call: DeclaredCall): Promise<Work>
  /**
   * Result, staged changes and events in one transaction. `work` is absent when the call did not finish by itself: nothing
   * staged may last then. A pending call may end here directly (unknown tool, bad input, duplicate): it is stored as well,
   * because its block is part of the history.
   * @returns The result as stored, where the store made another of it: the model is told that one (L1). Else nothing.
   */
  callFinished(call: DeclaredCall, result: ToolResult, work: Work | undefined, ms: number): Promise<ToolResult | void>
  /**
   * A block that was cut off: what was shown of it is marked. `kept` is the part that stays in the history (text at a stop);
   * without it nothing of the block is kept for the model. Also for a block that was complete but is dropped with its reply.
   * A pending tool call ends as cancelled and has no result.
   */
  blockCut(step: number, index: number, why: 'connection' | 'stopped' | 'output_limit', kept?: RawBlock): Promise<void>
  /**
   * One request is over, whole or not: what it used, before its calls have ended. Once for each request that was sent, so
   * that whoever asks what was spent knows of all but those under way.
   */
  requestEnded(step: number, spent: { usage: Usage; cost: Cost }): Promise<void>
  /**
   * The step is over: all its calls have results. Once a step, also for one that was cut. `usage` and `cost` hold all
   * requests that the step took. `after` is what the loop itself then says to the model: the next entry of the history.
   * `history` is the whole conversation from here on, where this step made it shorter (B.5 18): it replaces everything before.
   */
  stepFinished(
    step: number,
    end: {
      stop: StopReason | 'cut'
      usage: Usage
      cost: Cost
      after?: HistoryEntry
      history?: readonly HistoryEntry[]
    },
  ): Promise<void>
  /** A wait before the request is sent again. `retryAtMs` is in ms since 1970. */
  retrying(attempt: number, of: number, reason: string, retryAtMs: number): Promise<void>
  /** `fault`: the fingerprint of the fault that the model is told of, so that a later owner of the turn knows it. */
  notice(
    level: 'info' | 'warning' | 'error',
    code: string,
    text: string,
    actions?: NoticeAction[],
    fault?: string,
  ): Promise<void>
  /** A refusal: this step's text and writes are taken back (B.5 49). All its calls have ended before. */
  rollBack(step: number): Promise<void>
}

/** How a turn ended, from the loop's side. Files written by finished calls are kept in every ending. */
export type TurnEnd =
  | { ending: 'completed' }
  | { ending: 'stopped' }
  | { ending: 'failed'; error: TurnError; actions: NoticeAction[] }
