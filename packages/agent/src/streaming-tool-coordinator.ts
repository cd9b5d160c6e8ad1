import { must, type Mode } from '@overskill/protocol'
import type { Clock } from './clock.ts'
import { StreamingToolExecutionJob, type JobContext, type StoredStart } from './streaming-tool-execution-job.ts'
import { readToolInput, cutAtLimit, type ToolInput } from './tool-input.ts'
import { refused, type Tool, type ToolResult } from './tool.ts'
import type { DeclaredCall, TurnJournal } from './turn-journal.ts'

export type CoordinatorOptions<Work> = {
  tools: ReadonlyMap<string, Tool<Work>>
  journal: TurnJournal<Work>
  mode: Mode
  clock: Clock
  cap: number // calls running at once
  stop: AbortSignal
  /** Written files this turn so far, by key; the coordinator adds to it and refuses more than `maxWrittenKeys`. */
  writtenKeys: Set<string>
  maxWrittenKeys: number
  onBug: (error: unknown) => void
}

/** A call with its one result. `changed`: a changing tool that did its work. */
export type FinishedCall = { call: DeclaredCall; result: ToolResult; changed: boolean }

type Slot<Work> = {
  call: DeclaredCall
  changes: boolean
  result: Promise<ToolResult>
  settle: (result: Promise<ToolResult>) => void
  job?: StreamingToolExecutionJob<Work>
}

/**
 * Runs the tool calls of one step. Calls are handed in one by one while the model still writes; each starts at once unless an
 * earlier call that is not finished touches the same things, or `cap` calls run. Every call gets exactly one result.
 */
export class StreamingToolCoordinator<Work> {
  readonly #options: CoordinatorOptions<Work>
  readonly #context: JobContext<Work>
  readonly #slots: Slot<Work>[] = []
  readonly #cutOff: { slot: Slot<Work>; length: number; read: ToolInput<Work> & { ok: false } }[] = []
  #waiting: Slot<Work>[] = [] // in the order asked
  readonly #running = new Set<Slot<Work>>()
  readonly #cancelled = new AbortController()
  readonly #stop: AbortSignal

  constructor(options: CoordinatorOptions<Work>) {
    this.#options = options
    this.#stop = AbortSignal.any([options.stop, this.#cancelled.signal])
    this.#context = { ...options, stop: this.#stop }
    this.#stop.addEventListener('abort', () => this.#cancelWaiting(), { once: true })
  }

  /** Ends all calls of this step, as a stop of the turn does. */
  cancel(): void {
    this.#cancelled.abort()
  }

  /** Takes a call whose block has stopped. `stored`: how far another process had come with it. */
  accept(call: DeclaredCall, stored: StoredStart = 'none'): void {
    const read = readToolInput(this.#options.tools, call.name, call.inputText)
    const slot = this.#newSlot(call, read)
    if (!read.ok) {
      // Why the input ends early is known only when the reply has ended.
      if (read.cutOff) this.#cutOff.push({ slot, length: call.inputText.length, read })
      else this.#answer(slot, read.result)
      return
    }
    const refusal = this.#refusal(read.tool)
    if (refusal) return this.#answer(slot, refusal)
    const job = this.#makeJob(call, read, stored)
    if ('ok' in job) return this.#answer(slot, job)
    slot.job = job
    if (this.#stop.aborted) return slot.settle(job.cancel())
    if (this.#mayStart(slot, job)) return this.#start(slot, job)
    this.#waiting.push(slot)
    this.#watch(slot, job.queue())
  }

  /** The reply has ended: calls whose input was cut off are told why. */
  replyEnded(atLimit: boolean): { cutAtLimit: number } {
    for (const { slot, length, read } of this.#cutOff) this.#answer(slot, atLimit ? cutAtLimit(length) : read.result)
    return { cutAtLimit: atLimit ? this.#cutOff.length : 0 }
  }

  /** All results in the order asked. Rejects when the journal rejected: the turn is lost. */
  async finished(): Promise<FinishedCall[]> {
    return Promise.all(
      this.#slots.map(async ({ call, changes, result }) => {
        const value = await result
        return { call, result: value, changed: changes && value.ok }
      }),
    )
  }

  #newSlot(call: DeclaredCall, read: ToolInput<Work>): Slot<Work> {
    const { promise, resolve } = Promise.withResolvers<ToolResult>()
    promise.catch(() => undefined) // whoever waits in `finished` sees it
    const settle = (result: Promise<ToolResult>): void => {
      result.catch(() => undefined) // also when the slot has its result: the journal has told that the turn is lost
      resolve(result)
    }
    const slot = { call, changes: read.ok && read.tool.changes, result: promise, settle }
    this.#slots.push(slot)
    return slot
  }

  #refusal(tool: Tool<Work>): ToolResult | undefined {
    const { mode } = this.#options
    if (!tool.changes || mode === 'build') return undefined
    return refused(
      'MODE_READ_ONLY',
      `${tool.name} changes the app, and this is ${mode} mode. Say what you would do; the person can switch to build mode.`,
    )
  }

  /** The job, or the refusal of a call that a tool's own functions or the turn's limits do not take. */
  #makeJob(
    call: DeclaredCall,
    read: ToolInput<Work> & { ok: true },
    stored: StoredStart,
  ): StreamingToolExecutionJob<Work> | ToolResult {
    const { writtenKeys, maxWrittenKeys, onBug } = this.#options
    try {
      const job = new StreamingToolExecutionJob(call, read, this.#context, stored)
      const files = job.keys.filter(({ name, access }) => access === 'write' && name.startsWith('file:'))
      const fresh = files.filter(({ name }) => !writtenKeys.has(name))
      if (writtenKeys.size + fresh.length > maxWrittenKeys)
        return refused('TOO_MANY_FILES', `A turn may write ${maxWrittenKeys} files. Finish with what there is.`)
      fresh.forEach(({ name }) => writtenKeys.add(name))
      return job
    } catch (error) {
      onBug(error)
      return refused('INTERNAL', `${read.tool.name} failed by a mistake of its own. Nothing was done. Try another way.`)
    }
  }

  /** A result without a run. */
  #answer(slot: Slot<Work>, result: ToolResult): void {
    const stored = this.#options.journal.callFinished(slot.call, result, undefined, 0)
    slot.settle(stored.then((other) => other ?? result))
  }

  #mayStart(slot: Slot<Work>, job: StreamingToolExecutionJob<Work>): boolean {
    if (this.#running.size >= this.#options.cap) return false
    const earlier = [...this.#running, ...this.#waiting].filter(({ call }) => call.position < slot.call.position)
    return !earlier.some((other) => other.job && job.conflictsWith(other.job))
  }

  #start(slot: Slot<Work>, job: StreamingToolExecutionJob<Work>): void {
    this.#running.add(slot)
    const run = job.run()
    slot.settle(run)
    run.then(
      () => {
        this.#running.delete(slot)
        this.#startWaiting()
      },
      () => this.#running.delete(slot),
    )
  }

  /** One that starts waits no more, before anything of it happens: a stop meanwhile cancels those that wait. */
  #startWaiting(): void {
    for (const slot of [...this.#waiting]) {
      if (this.#stop.aborted) return
      const job = must(slot.job, 'the job of a waiting call')
      if (!this.#mayStart(slot, job)) continue
      this.#waiting = this.#waiting.filter((other) => other !== slot)
      this.#start(slot, job)
    }
  }

  #cancelWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const slot of waiting) slot.settle(must(slot.job, 'the job of a waiting call').cancel())
  }

  /** A failure to store ends the wait of `finished` too. */
  #watch(slot: Slot<Work>, stored: Promise<void>): void {
    stored.catch((error: unknown) => slot.settle(Promise.reject(error as Error)))
  }
}
