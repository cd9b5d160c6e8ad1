import type { Cost, NoticeAction, TurnError, Usage } from '@overskill/protocol'
import type { HistoryEntry, RawBlock, StopReason } from './model.ts'
import type { ToolResult } from './tool.ts'

/** Where a call stands: (turn, step, position) is its identity; a provider's id is data and may repeat (L5). */
export type CallPlace = { step: number; position: number; call: string }

/** A tool call whose block has stopped: its input is complete, readable or not. */
export type DeclaredCall = CallPlace & {
  index: number // the provider's block index in the reply
  providerId: string
  name: string
  inputText: string // raw JSON as streamed; '' counts as {}
  block: RawBlock // sent back unchanged
}

/**
 * The owner of a turn, as the loop sees it: it makes facts durable and shows them. Every promise resolves when the fact is
 * stored; the loop waits for it before it goes on. A rejected promise means that the turn is not ours any more (lease lost)
 * or the store is gone: the loop stops at once and touches nothing further.
 */
export interface TurnJournal<Work> {
  /** Before the request leaves. `body` is what goes over the wire. */
  requestReady(step: number, body: unknown, history: readonly HistoryEntry[]): Promise<void>
  /** Growing parts: shown within 33 ms, the first of a block at once. Order is kept; no need to wait. */
  blockStarted(
    step: number,
    index: number,
    kind: 'text' | 'thinking' | 'tool',
    call?: { call: string; name: string },
  ): void
  delta(step: number, index: number, text: string): void
  /** A text, thinking or unknown block is complete. */
  blockStopped(step: number, index: number, block: RawBlock): Promise<void>
  /** A tool call's block is complete: stored with its raw input before it runs. Status becomes queued. */
  callQueued(call: DeclaredCall, input: unknown): Promise<void>
  /** The call starts. Resolves once `tool.running` is stored; a refused second start rejects (L5). */
  callRunning(call: DeclaredCall): Promise<void>
  /** What this one call may touch; nothing lasts before `callFinished`. */
  work(call: DeclaredCall): Promise<Work>
  /** Result, staged changes and events in one transaction. A pending call may end here directly (unknown tool, bad input). */
  callFinished(call: DeclaredCall, result: ToolResult, work: Work | undefined, ms: number): Promise<void>
  /** A block that was cut off: what was shown of it is marked, nothing of it is kept for the model. */
  blockCut(step: number, index: number, why: string): Promise<void>
  /** All calls of the step have results. */
  stepFinished(step: number, end: { stop: StopReason; usage: Usage; cost: Cost }): Promise<void>
  retrying(attempt: number, of: number, reason: string, retryAtMs: number): Promise<void>
  notice(level: 'info' | 'warning' | 'error', code: string, text: string, actions?: NoticeAction[]): Promise<void>
  /** A refusal: this round's text and writes are taken back (B.5 49). */
  rollBack(step: number): Promise<void>
}

/** How a turn ended, from the loop's side. Files written by finished calls are kept in every ending. */
export type TurnEnd =
  | { ending: 'completed' }
  | { ending: 'stopped' }
  | { ending: 'failed'; error: TurnError; actions: NoticeAction[] }
