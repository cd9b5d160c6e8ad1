import { newId } from '@overskill/protocol'
import type { ModelEvent, ModelUsage, RawBlock } from './model.ts'
import { noUsage } from './models/prices.ts'
import type { DeclaredCall, TurnJournal } from './turn-journal.ts'

type CutReason = Parameters<TurnJournal<unknown>['blockCut']>[2]

type Open = {
  index: number
  kind: 'text' | 'thinking' | 'tool' | 'other'
  text: string
  shown: boolean
  call?: { call: string; name: string; providerId: string; position: number }
}

type StepReplyOptions<Work> = {
  step: number
  journal: TurnJournal<Work>
  /** A tool call's block is complete. */
  onCall: (call: DeclaredCall) => void
  onOdd: (text: string) => void
}

/**
 * The reply of one step as it comes in, over all its tries: shows what grows, stores what is complete, and knows what of it
 * goes into the history. Block numbers go on from try to try.
 */
export class StepReply<Work> {
  readonly #options: StepReplyOptions<Work>
  readonly #open = new Map<number, Open>() // by the index of the model's event
  readonly #providerIds = new Set<string>()
  #kept: { index: number; block: RawBlock; kind: Open['kind'] }[] = []
  #calls: DeclaredCall[] = []
  #positions = 0
  #firstIndex = 0 // of this try
  #nextIndex = 0
  /** Of the request that is under way. */
  usage: ModelUsage = noUsage
  hasDuplicate = false

  constructor(options: StepReplyOptions<Work>) {
    this.#options = options
  }

  /** Everything but the tool calls that goes into the history. */
  get blocks(): readonly { index: number; block: RawBlock }[] {
    return this.#kept.map(({ index, block }) => ({ index, block }))
  }

  /** Whether there is something that a next request can build on: text or a call, not thinking alone. */
  get isUsable(): boolean {
    return this.#calls.length > 0 || this.#kept.some(({ kind }) => kind === 'text')
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0 && this.#kept.length === 0
  }

  /** A request leaves, the first or a repeated one. */
  beginTry(): void {
    this.#firstIndex = this.#nextIndex
    this.usage = noUsage
  }

  take(event: Exclude<ModelEvent, { type: 'end' }>): void {
    switch (event.type) {
      case 'started':
      case 'usage':
        this.usage = event.usage
        break
      case 'block.started':
        this.#start(event)
        break
      case 'delta':
        this.#grow(event.index, event.text)
        break
      case 'block.stopped':
        this.#stop(event)
        break
      case 'odd':
        this.#options.onOdd(event.text)
        break
    }
  }

  #start(event: ModelEvent & { type: 'block.started' }): void {
    const { step, journal } = this.#options
    const index = this.#firstIndex + event.index
    this.#nextIndex = Math.max(this.#nextIndex, index + 1)
    const open: Open = { index, kind: event.kind, text: '', shown: false }
    this.#open.set(event.index, open)
    if (event.kind === 'thinking') {
      open.shown = true
      journal.blockStarted(step, index, 'thinking')
    }
    if (event.kind !== 'tool') return
    const providerId = event.providerId ?? ''
    if (this.#providerIds.has(providerId)) {
      this.hasDuplicate = true
      this.#options.onOdd(`The model used the call id ${providerId.slice(0, 60)} twice in one reply.`)
      return
    }
    this.#providerIds.add(providerId)
    open.call = { call: newId('call'), name: event.name ?? '', providerId, position: this.#positions }
    this.#positions += 1
    open.shown = true
    journal.blockStarted(step, index, 'tool', { call: open.call.call, name: open.call.name })
  }

  #grow(at: number, text: string): void {
    const open = this.#open.get(at)
    if (!open) return
    const { step, journal } = this.#options
    open.text += text
    if (open.shown) return journal.delta(step, open.index, text)
    if (open.kind !== 'text' || open.text.trim() === '') return
    open.shown = true
    journal.blockStarted(step, open.index, 'text')
    journal.delta(step, open.index, open.text)
  }

  #stop(event: ModelEvent & { type: 'block.stopped' }): void {
    const open = this.#open.get(event.index)
    if (!open) return
    this.#open.delete(event.index)
    const { step, journal, onCall } = this.#options
    const { index, kind, call } = open
    if (kind === 'tool') {
      if (!call) return // a duplicate: no part of the history
      const declared = { step, index, ...call, inputText: event.inputText ?? '', block: event.block }
      this.#calls.push(declared)
      onCall(declared)
    } else if (kind !== 'text' || open.shown) {
      this.#kept.push({ index, kind, block: event.block })
      void journal.blockStopped(step, index, event.block)
    }
  }

  /**
   * Marks what did not become complete. `keepText`: the text so far stays in the history (a person's stop).
   * @returns The length of the longest tool input among it, undefined if there is no call: what a reply's limit has cut off.
   */
  cutOpen(why: CutReason, keepText: boolean): number | undefined {
    const { step, journal } = this.#options
    let inputLength: number | undefined
    for (const { index, kind, text, shown } of this.#open.values()) {
      if (kind === 'tool') inputLength = Math.max(inputLength ?? 0, text.length)
      if (!shown) continue
      const kept = keepText && kind === 'text' ? { type: 'text', text } : undefined
      if (kept) this.#kept.push({ index, kind, block: kept })
      void journal.blockCut(step, index, why, kept)
    }
    this.#open.clear()
    return inputLength
  }

  /** Takes the complete blocks back, none of which is usable alone. */
  drop(why: CutReason): void {
    for (const { index } of this.#kept) void this.#options.journal.blockCut(this.#options.step, index, why)
    this.#kept = []
  }
}
