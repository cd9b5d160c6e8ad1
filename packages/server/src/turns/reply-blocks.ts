import type { NewAppEvent } from '@overskill/protocol'

export type BlockKind = 'text' | 'thinking' | 'tools'

/** A shown block of the assistant message. `length`: UTF-16 units shown so far. */
type Shown = { block: number; kind: BlockKind; step: number; length: number; startedAt: number; closed: boolean }

/** A call that is shown: where, and how much of its raw input was. */
export type ShownCall = { block: number; call: string; name: string; length: number }

/** A call that a former process showed. */
export type KnownCall = { step: number; index: number; block: number; call: string; name: string }

/**
 * Which block of the assistant message shows what of the model's reply. Consecutive calls of one step share one block. Numbers
 * only grow; the turn's one owner gives them.
 */
export type ReplyBlocks = {
  /** The next free number, for a notice or a version card. */
  take(): number
  open(step: number, index: number, kind: 'text' | 'thinking', message: string): NewAppEvent[]
  openCall(step: number, index: number, call: string, name: string, message: string): NewAppEvent[]
  /** The text block of this place in the reply, if it is shown. */
  find(step: number, index: number): Shown | undefined
  findCall(step: number, index: number): ShownCall | undefined
  close(step: number, index: number, message: string): NewAppEvent[]
  /** Closes the tool groups of a step that has ended. */
  closeStep(step: number, message: string): NewAppEvent[]
}

export const createReplyBlocks = (first: number, now: () => number, known: readonly KnownCall[] = []): ReplyBlocks =>
  new NumberedBlocks(first, now, known)

const placeOf = (step: number, index: number): string => `${step}.${index}`

class NumberedBlocks implements ReplyBlocks {
  readonly #now: () => number
  readonly #shown = new Map<string, Shown>()
  readonly #calls = new Map<string, ShownCall>()
  readonly #groups: Shown[] = []
  #next: number
  #last: Shown | undefined

  constructor(first: number, now: () => number, known: readonly KnownCall[]) {
    this.#next = first
    this.#now = now
    for (const { step, index, ...call } of known) {
      this.#calls.set(placeOf(step, index), { ...call, length: 0 })
      if (this.#groups.some(({ block }) => block === call.block)) continue
      this.#groups.push({ block: call.block, kind: 'tools', step, length: 0, startedAt: now(), closed: false })
    }
  }

  take(): number {
    this.#last = undefined
    return this.#next++
  }

  open(step: number, index: number, kind: 'text' | 'thinking', message: string): NewAppEvent[] {
    const block = this.#start(step, kind)
    this.#shown.set(placeOf(step, index), block)
    return [{ type: 'block.started', message, block: block.block, kind }]
  }

  openCall(step: number, index: number, call: string, name: string, message: string): NewAppEvent[] {
    const last = this.#last
    const joined = last?.kind === 'tools' && last.step === step && !last.closed ? last : undefined
    const group = joined ?? this.#start(step, 'tools')
    if (!joined) this.#groups.push(group)
    const { block } = group
    this.#calls.set(placeOf(step, index), { block, call, name, length: 0 })
    const begun: NewAppEvent[] = joined ? [] : [{ type: 'block.started', message, block, kind: 'tools' }]
    return [...begun, { type: 'tool.pending', message, block, call, name, status: 'pending' }]
  }

  find(step: number, index: number): Shown | undefined {
    return this.#shown.get(placeOf(step, index))
  }

  findCall(step: number, index: number): ShownCall | undefined {
    return this.#calls.get(placeOf(step, index))
  }

  close(step: number, index: number, message: string): NewAppEvent[] {
    const block = this.find(step, index)
    return block ? this.#end(block, message) : []
  }

  closeStep(step: number, message: string): NewAppEvent[] {
    return this.#groups.filter((group) => group.step === step).flatMap((group) => this.#end(group, message))
  }

  #start(step: number, kind: BlockKind): Shown {
    this.#last = { block: this.#next++, kind, step, length: 0, startedAt: this.#now(), closed: false }
    return this.#last
  }

  #end(block: Shown, message: string): NewAppEvent[] {
    if (block.closed) return []
    block.closed = true
    const ms = Math.round(this.#now() - block.startedAt)
    return [{ type: 'block.completed', message, block: block.block, kind: block.kind, ms }]
  }
}
