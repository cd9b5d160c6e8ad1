import type { Clock } from './clock.ts'
import { cancelledBeforeStart, executeTool, interruptedCall } from './streaming-tool-executor.ts'
import type { ToolInput } from './tool-input.ts'
import { keysConflict, type ResourceKey, type ToolResult } from './tool.ts'
import type { DeclaredCall, TurnJournal } from './turn-journal.ts'

export type JobContext<Work> = {
  journal: TurnJournal<Work>
  clock: Clock
  stop: AbortSignal
  onBug: (error: unknown) => void
}

/** How far the call had come in another process: unknown here, stored as queued, or started. */
export type StoredStart = 'none' | 'queued' | 'running'

/** The life of one tool call that may run: its place in the order, its keys, its start, its one result. */
export class StreamingToolExecutionJob<Work> {
  readonly call: DeclaredCall
  readonly keys: readonly ResourceKey[]
  readonly #read: ToolInput<Work> & { ok: true }
  readonly #context: JobContext<Work>
  #stored: StoredStart

  constructor(
    call: DeclaredCall,
    read: ToolInput<Work> & { ok: true },
    context: JobContext<Work>,
    stored: StoredStart = 'none',
  ) {
    this.call = call
    this.keys = read.tool.keys(read.input)
    this.#read = read
    this.#context = context
    this.#stored = stored
  }

  /** Whether both may not run at once: some key of the one conflicts with some key of the other. */
  conflictsWith(other: StreamingToolExecutionJob<Work>): boolean {
    return this.keys.some((a) => other.keys.some((b) => keysConflict(a, b)))
  }

  /** The call has to wait: it is stored as queued. */
  async queue(): Promise<void> {
    if (this.#stored !== 'none') return
    this.#stored = 'queued'
    await this.#context.journal.callQueued(this.call, this.#read.input)
  }

  /** Runs to the stored result. Rejects only when the journal does: the turn is lost then. */
  async run(): Promise<ToolResult> {
    const { journal, clock, stop, onBug } = this.#context
    const { tool, input, note } = this.#read
    const wasRunning = this.#stored === 'running'
    if (wasRunning && tool.effect === 'external') return this.#finish(interruptedCall, undefined, 0)
    if (this.#stored === 'none') await journal.callStarted(this.call, input)
    else if (this.#stored === 'queued') await journal.callRunning(this.call)
    const startedAt = clock.now()
    const work = await journal.work(this.call)
    if (stop.aborted) return this.#finish(cancelledBeforeStart, undefined, 0)
    const { result, returned } = await executeTool(tool, input, work, { stop, clock, onBug })
    return this.#finish(withNote(result, note), returned ? work : undefined, clock.now() - startedAt)
  }

  /** Ends a call that never started. */
  async cancel(): Promise<ToolResult> {
    await this.queue()
    return this.#finish(cancelledBeforeStart, undefined, 0)
  }

  async #finish(result: ToolResult, work: Work | undefined, ms: number): Promise<ToolResult> {
    return (await this.#context.journal.callFinished(this.call, result, work, ms)) ?? result
  }
}

const withNote = (result: ToolResult, note: string | undefined): ToolResult =>
  note === undefined ? result : { ...result, text: `${result.text}\nNote: ${note}` }
