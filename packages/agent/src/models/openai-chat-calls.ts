import { readCallId, readCallName } from './call-label.ts'
import { countOf, isObject, objectOf, parseJson, textOf, type JsonObject } from './json-value.ts'

/** A call that grows. `text` is its arguments so far; it is not told of before it has a name. */
export type GrowingCall = { wireIndex: number | undefined; wireId: string; name: string; text: string; closed: boolean }

/** One piece of a call: what it adds to which call. */
export type CallPiece = { call: GrowingCall; isNew: boolean; text: string }

/**
 * Says which call each piece of `delta.tool_calls` belongs to. Servers give an index, an id, both or neither, give them once or
 * with every piece, and some give every call the same index (AGENT.md A.4).
 */
export class ChatCalls {
  readonly #calls: GrowingCall[] = []

  get open(): GrowingCall[] {
    return this.#calls.filter(({ closed }) => !closed)
  }

  push(given: unknown): CallPiece[] {
    const before = this.#calls.length
    return (Array.isArray(given) ? given : []).flatMap((one) => (isObject(one) ? [this.#take(one, before)] : []))
  }

  #take(given: JsonObject, before: number): CallPiece {
    const fn = objectOf(given['function'])
    const piece = {
      index: countOf(given['index']),
      id: readCallId(given['id']),
      name: readCallName(fn['name']),
      text: argumentsText(fn['arguments']),
    }
    const known = this.#find(piece, before)
    if (known) {
      known.text += piece.text
      known.name ||= piece.name
      return { call: known, isNew: false, text: piece.text }
    }
    const call = { wireIndex: piece.index, wireId: piece.id, name: piece.name, text: piece.text, closed: false }
    this.#calls.push(call)
    return { call, isNew: true, text: piece.text }
  }

  #find(piece: { index: number | undefined; id: string; name: string; text: string }, before: number) {
    const { index, id, name } = piece
    const at = this.#calls.findLastIndex((call) =>
      index !== undefined ? call.wireIndex === index : id === '' || call.wireId === id,
    )
    const call = this.#calls[at]
    if (!call) return undefined
    if (id !== '' && id !== call.wireId && (call.wireId !== '' || name !== '')) return undefined
    if (id !== '' || name === '') return call
    const sameChunk = at >= before
    const startsAgain = sameChunk ? index === undefined : name !== call.name
    return startsAgain || (/^\s*\{/.test(piece.text) && isWhole(call.text)) ? undefined : call
  }
}

/** Whether nothing can follow any more: arguments that are a whole object. `{}` may be a placeholder that real ones follow. */
export function isWhole(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  const parsed = parseJson(text)
  return isObject(parsed) && Object.keys(parsed).length > 0
}

const argumentsText = (given: unknown): string => (isObject(given) ? JSON.stringify(given) : textOf(given))
