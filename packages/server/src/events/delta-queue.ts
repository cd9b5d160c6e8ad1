import type { NewAppEvent } from '@overskill/protocol'

/** A piece of growing text: of a block, or of a tool call's input. */
export type Delta = Extract<NewAppEvent, { type: 'text.delta' | 'thinking.delta' | 'tool.input' }>

/** The deltas that are not stored yet, by app, in the order in which they came. Adjacent ones of one text are one. */
export type DeltaQueue = {
  /** Returns whether the app's deltas should be stored without waiting: a text begins, or much has gathered. */
  add(app: string, delta: Delta): boolean
  /** Removes and returns an app's. */
  take(app: string): Delta[]
  /** Puts an app's back, before what came meanwhile. */
  putBack(app: string, deltas: Delta[]): void
  has(app: string): boolean
  apps(): string[]
}

const dueCharacters = 2_000

export function createDeltaQueue(): DeltaQueue {
  const waiting = new Map<string, Delta[]>()
  return {
    add(app, delta) {
      const deltas = waiting.get(app) ?? []
      waiting.set(app, deltas)
      const joined = joinDeltas(deltas.at(-1), delta)
      if (joined) deltas.pop()
      deltas.push(joined ?? delta)
      return delta.offset === 0 || deltas.reduce((sum, one) => sum + piece(one).length, 0) >= dueCharacters
    },
    take(app) {
      const deltas = waiting.get(app) ?? []
      waiting.delete(app)
      return deltas
    },
    putBack(app, deltas) {
      if (deltas.length > 0) waiting.set(app, [...deltas, ...(waiting.get(app) ?? [])])
    },
    has: (app) => waiting.has(app),
    apps: () => [...waiting.keys()],
  }
}

const piece = (delta: Delta): string => (delta.type === 'tool.input' ? (delta.inputDelta ?? '') : delta.text)

/** Both as one, where a delta goes on where the last one ended. */
export function joinDeltas(last: Delta | undefined, delta: Delta): Delta | undefined {
  const offset = last?.offset ?? 0
  if (!last || !isSameText(last, delta) || offset + piece(last).length !== delta.offset) return undefined
  const text = piece(last) + piece(delta)
  return delta.type === 'tool.input' ? { ...delta, offset, inputDelta: text } : { ...delta, offset, text }
}

const isSameText = (one: Delta, other: Delta): boolean =>
  one.type === other.type &&
  one.message === other.message &&
  one.block === other.block &&
  (one.type !== 'tool.input' || other.type !== 'tool.input' || one.call === other.call)
