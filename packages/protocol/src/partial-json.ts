import { unreachable } from './must.ts'

/**
 * Reads the top-level string fields of a JSON object while its text still grows, so that a file is seen being written.
 * O(1) per character, never parses twice, never throws: what is not a JSON object simply yields no fields.
 * Escapes split between pieces are held back until whole; a lone surrogate is kept as it came (the store replaces it).
 */
export type PartialObject = {
  /** Takes the next piece of raw JSON text. */
  push(piece: string): void
  /** The fields so far, in their order of appearance. `done` once the closing quote was seen. */
  fields(): ReadonlyMap<string, { text: string; done: boolean }>
}

type Mode = 'start' | 'key-or-end' | 'key' | 'colon' | 'value' | 'string' | 'other' | 'after' | 'closed'
type Field = { text: string; done: boolean }

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' }
const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t'

/** A reader for one object's text. */
export const readPartialObject = (): PartialObject => new ObjectReader()

class ObjectReader implements PartialObject {
  readonly #fields = new Map<string, Field>()
  readonly #skip = new ValueSkipper()
  readonly #inString = new StringReader()
  #mode: Mode = 'start'
  #key = ''
  #field: Field = { text: '', done: false }

  push(piece: string): void {
    for (let i = 0; i < piece.length; i += 1) this.#take(piece.charAt(i))
  }

  fields(): ReadonlyMap<string, Field> {
    return this.#fields
  }

  #take(char: string): void {
    switch (this.#mode) {
      case 'key':
        return this.#takeKey(char)
      case 'string':
        return this.#takeString(char)
      case 'value':
        return this.#takeValue(char)
      case 'other':
        return this.#goOn(this.#skip.take(char))
      case 'start':
        if (char === '{') this.#mode = 'key-or-end'
        else if (!isSpace(char)) this.#mode = 'closed'
        return
      case 'key-or-end':
        if (char === '"') this.#beginKey()
        else if (char === '}') this.#mode = 'closed'
        return
      case 'colon':
        if (char === ':') this.#mode = 'value'
        return
      case 'after':
        return this.#goOn(char === ',' ? 'next' : char === '}' ? 'end' : undefined)
      case 'closed':
        return
      default:
        return unreachable(this.#mode)
    }
  }

  #goOn(what: 'next' | 'end' | undefined): void {
    if (what === 'next') this.#mode = 'key-or-end'
    else if (what === 'end') this.#mode = 'closed'
  }

  #beginKey(): void {
    this.#key = ''
    this.#mode = 'key'
  }

  #takeKey(char: string): void {
    const read = this.#inString.take(char)
    if (read === undefined) this.#mode = 'colon'
    else this.#key += read
  }

  #takeString(char: string): void {
    const read = this.#inString.take(char)
    if (read !== undefined) {
      this.#field.text += read
      return
    }
    this.#field.done = true
    this.#mode = 'after'
  }

  #takeValue(char: string): void {
    if (isSpace(char)) return
    if (char === '"') {
      this.#field = { text: '', done: false }
      this.#fields.set(this.#key, this.#field)
      this.#mode = 'string'
      return
    }
    this.#mode = 'other'
    this.#goOn(this.#skip.take(char))
  }
}

/** The inside of a string, one character at a time; an escape is held back until it is whole. */
class StringReader {
  #held = ''

  /** The text that the character completes, which may be none; undefined for the closing quote. */
  take(char: string): string | undefined {
    if (!this.#held) {
      if (char === '"') return undefined
      if (char !== '\\') return char
      this.#held = char
      return ''
    }
    this.#held += char
    if (this.#held[1] === 'u' && this.#held.length < 6) return ''
    const text = this.#held[1] === 'u' ? String.fromCharCode(Number.parseInt(this.#held.slice(2), 16)) : escapes[char]
    this.#held = ''
    return text ?? ''
  }
}

/** A value that is no string: passed over, with everything in it. */
class ValueSkipper {
  #depth = 0
  #inString = false
  #isEscaped = false

  /** `next`: a comma of the object itself followed; `end`: its closing brace. */
  take(char: string): 'next' | 'end' | undefined {
    if (this.#inString) this.#takeInString(char)
    else if (char === '"') this.#inString = true
    else if (char === '{' || char === '[') this.#depth += 1
    else if (this.#depth > 0 && (char === '}' || char === ']')) this.#depth -= 1
    else if (this.#depth === 0 && char === ',') return 'next'
    else if (this.#depth === 0 && char === '}') return 'end'
    return undefined
  }

  #takeInString(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (char === '\\') this.#isEscaped = true
    else if (char === '"') this.#inString = false
  }
}
