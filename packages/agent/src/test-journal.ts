import { assert } from '@overskill/protocol'
import type { ResumedStep } from './agent-turn.ts'
import type { HistoryEntry, RawBlock } from './model.ts'
import { entriesOfStep } from './step-history.ts'
import type { ToolResult } from './tool.ts'
import type { DeclaredCall, TurnJournal } from './turn-journal.ts'

export type TestFiles = Map<string, string>

/** What one call may touch: writes are staged and applied when its result is stored. */
export type TestWork = { files: TestFiles; staged: TestFiles }

export type Fact = { fact: string; step?: number; [field: string]: unknown }

/** Keeps facts in order and what follows from them, and holds the loop to the contract of the port. */
export class MemoryJournal implements TurnJournal<TestWork> {
  readonly facts: Fact[] = []
  readonly files: TestFiles
  readonly shown = new Map<string, string>() // by step/index
  readonly cut = new Set<string>()
  readonly status = new Map<string, string>() // by call id
  readonly results = new Map<string, ToolResult>()
  readonly history: HistoryEntry[]
  #blocks: { index: number; block: RawBlock }[] = []
  #calls: { call: DeclaredCall; result: ToolResult }[] = []
  readonly #declared = new Map<string, DeclaredCall>() // stored ahead of a result
  #step = 1
  /** Throws for a fact when the turn is lost. */
  before: (fact: Fact) => void = () => {}
  onRetrying: (waitUntilMs: number) => void = () => {}
  readonly #watchers: { sees: (fact: Fact) => boolean; resolve: () => void }[] = []

  constructor(history: readonly HistoryEntry[], files: TestFiles = new Map()) {
    this.history = [...history]
    this.files = files
  }

  /** Resolves with the first fact that fits, past ones included. */
  async when(sees: (fact: Fact) => boolean): Promise<void> {
    if (this.facts.some(sees)) return
    await new Promise<void>((resolve) => this.#watchers.push({ sees, resolve }))
  }

  #note(fact: Fact): void {
    this.before(fact)
    this.facts.push(fact)
    for (const watcher of this.#watchers) if (watcher.sees(fact)) watcher.resolve()
  }

  #move(call: string, from: readonly (string | undefined)[], to: string): void {
    assert(from.includes(this.status.get(call)), `${call} goes from ${this.status.get(call)} to ${to}`)
    this.status.set(call, to)
  }

  async requestReady(step: number, body: unknown): Promise<void> {
    this.#note({ fact: 'requestReady', step, body })
    this.#step = step
  }
  blockStarted(step: number, index: number, kind: string, call?: { call: string; name: string }): void {
    const key = `${step}/${index}`
    assert(!this.shown.has(key), `${key} starts once`)
    this.shown.set(key, '')
    if (call) this.status.set(call.call, 'pending')
    this.#note({ fact: 'blockStarted', step, index, kind, ...call })
  }
  delta(step: number, index: number, text: string): void {
    const key = `${step}/${index}`
    this.shown.set(key, `${this.shown.get(key)}${text}`)
    this.#note({ fact: 'delta', step, index, text })
  }
  async blockStopped(step: number, index: number, block: RawBlock): Promise<void> {
    this.#note({ fact: 'blockStopped', step, index, block })
    this.#blocks.push({ index, block })
  }
  async callQueued(call: DeclaredCall): Promise<void> {
    this.#note({ fact: 'callQueued', step: call.step, call: call.call, position: call.position })
    this.#move(call.call, ['pending'], 'queued')
    this.#declared.set(call.call, call)
  }
  async callStarted(call: DeclaredCall, input: unknown): Promise<void> {
    this.#note({ fact: 'callStarted', step: call.step, call: call.call, position: call.position, input })
    this.#move(call.call, ['pending'], 'running')
    this.#declared.set(call.call, call)
  }
  async callRunning(call: DeclaredCall): Promise<void> {
    this.#note({ fact: 'callRunning', step: call.step, call: call.call, position: call.position })
    this.#move(call.call, ['queued'], 'running')
  }
  async work(): Promise<TestWork> {
    return { files: this.files, staged: new Map() }
  }
  async callFinished(call: DeclaredCall, result: ToolResult, work: TestWork | undefined): Promise<ToolResult | void> {
    this.#note({
      fact: 'callFinished',
      step: call.step,
      call: call.call,
      position: call.position,
      result,
      work: !!work,
    })
    this.#move(call.call, ['pending', 'queued', 'running'], result.ok ? 'complete' : result.status)
    for (const [path, content] of work?.staged ?? []) this.files.set(path, content)
    this.results.set(call.call, result)
    this.#declared.delete(call.call)
    this.#calls.push({ call, result })
  }
  async blockCut(step: number, index: number, why: string, kept?: RawBlock): Promise<void> {
    this.#note({ fact: 'blockCut', step, index, why, kept })
    this.cut.add(`${step}/${index}`)
    this.#blocks = this.#blocks.filter((block) => block.index !== index)
    if (kept) this.#blocks.push({ index, block: kept })
  }
  async requestEnded(step: number, spent: object): Promise<void> {
    this.#note({ fact: 'requestEnded', step, ...spent })
  }
  async stepFinished(
    step: number,
    end: { after?: HistoryEntry; history?: readonly HistoryEntry[]; [field: string]: unknown },
  ): Promise<void> {
    this.#note({ fact: 'stepFinished', step, ...end })
    for (const [call, status] of this.status)
      assert(!['queued', 'running'].includes(status), `${call} is ${status} when its step ends`)
    if (end.history) this.history.splice(0, this.history.length, ...end.history)
    this.history.push(...entriesOfStep({ blocks: this.#blocks, calls: this.#calls, after: end.after }))
    this.#blocks = []
    this.#calls = []
    this.#step = step + 1
  }
  async retrying(attempt: number, of: number, reason: string, retryAtMs: number): Promise<void> {
    this.#note({ fact: 'retrying', attempt, of, reason, retryAtMs })
    setImmediate(() => this.onRetrying(retryAtMs))
  }
  async notice(level: string, code: string, text: string, actions?: string[]): Promise<void> {
    this.#note({ fact: 'notice', level, code, text, actions })
  }
  async rollBack(step: number): Promise<void> {
    this.#note({ fact: 'rollBack', step })
    this.files.clear()
    this.#blocks = []
    this.#calls = []
  }

  /** What another process finds after this one is gone. */
  left(): { step: number; resume?: ResumedStep } {
    const open = [...this.#declared.values()].map((call) => ({
      call,
      state: { stored: this.status.get(call.call) === 'running' ? ('running' as const) : ('queued' as const) },
    }))
    const ended = this.#calls.map(({ call, result }) => ({ call, state: { result } }))
    const calls = [...ended, ...open]
    const step = this.#step
    return this.#blocks.length + calls.length === 0 ? { step } : { step, resume: { step, blocks: this.#blocks, calls } }
  }

  of(fact: string): Fact[] {
    return this.facts.filter((one) => one.fact === fact)
  }
}
