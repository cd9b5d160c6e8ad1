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

export function createReplyBlocks(first: number, now: () => number, known: readonly KnownCall[] = []): ReplyBlocks {
  let next = first
  const shown = new Map<string, Shown>()
  const calls = new Map<string, ShownCall>()
  const groups: Shown[] = []
  let last: Shown | undefined
  const place = (step: number, index: number): string => `${step}.${index}`
  for (const { step, index, ...call } of known) {
    calls.set(place(step, index), { ...call, length: 0 })
    if (groups.some(({ block }) => block === call.block)) continue
    groups.push({ block: call.block, kind: 'tools', step, length: 0, startedAt: now(), closed: false })
  }

  const start = (step: number, kind: BlockKind): Shown => {
    last = { block: next++, kind, step, length: 0, startedAt: now(), closed: false }
    return last
  }

  const end = (block: Shown, message: string): NewAppEvent[] => {
    if (block.closed) return []
    block.closed = true
    const ms = Math.round(now() - block.startedAt)
    return [{ type: 'block.completed', message, block: block.block, kind: block.kind, ms }]
  }

  return {
    take() {
      last = undefined
      return next++
    },
    open(step, index, kind, message) {
      const block = start(step, kind)
      shown.set(place(step, index), block)
      return [{ type: 'block.started', message, block: block.block, kind }]
    },
    openCall(step, index, call, name, message) {
      const joins = last?.kind === 'tools' && last.step === step && !last.closed
      const group = joins && last ? last : start(step, 'tools')
      if (!joins) groups.push(group)
      const block = group.block
      calls.set(place(step, index), { block, call, name, length: 0 })
      const begun: NewAppEvent[] = joins ? [] : [{ type: 'block.started', message, block, kind: 'tools' }]
      return [...begun, { type: 'tool.pending', message, block, call, name, status: 'pending' }]
    },
    find: (step, index) => shown.get(place(step, index)),
    findCall: (step, index) => calls.get(place(step, index)),
    close(step, index, message) {
      const block = shown.get(place(step, index))
      return block ? end(block, message) : []
    },
    closeStep: (step, message) => groups.filter((group) => group.step === step).flatMap((group) => end(group, message)),
  }
}
