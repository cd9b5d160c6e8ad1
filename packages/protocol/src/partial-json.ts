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

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' }
const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t'

/** A reader for one object's text. */
export function readPartialObject(): PartialObject {
  const fields = new Map<string, { text: string; done: boolean }>()
  let mode: Mode = 'start'
  let key = ''
  let field = { text: '', done: false }
  let held = '' // an escape that is not complete yet
  let depth = 0
  let inInnerString = false
  let innerEscape = false

  /** One character of a string; `true` when it was the closing quote. */
  const stringChar = (char: string, append: (text: string) => void): boolean => {
    if (held) {
      held += char
      if (held[1] === 'u') {
        if (held.length === 6) {
          append(String.fromCharCode(Number.parseInt(held.slice(2), 16)))
          held = ''
        }
      } else {
        append(escapes[char] ?? '')
        held = ''
      }
      return false
    }
    if (char === '\\') held = char
    else if (char === '"') return true
    else append(char)
    return false
  }

  /** One character of a nested or plain value, which is skipped. */
  const otherChar = (char: string): void => {
    if (inInnerString) {
      if (innerEscape) innerEscape = false
      else if (char === '\\') innerEscape = true
      else if (char === '"') inInnerString = false
    } else if (char === '"') inInnerString = true
    else if (char === '{' || char === '[') depth += 1
    else if (depth > 0 && (char === '}' || char === ']')) depth -= 1
    else if (depth === 0 && char === ',') mode = 'key-or-end'
    else if (depth === 0 && char === '}') mode = 'closed'
  }

  const steps: Record<Mode, (char: string) => void> = {
    start: (char) => {
      if (char === '{') mode = 'key-or-end'
      else if (!isSpace(char)) mode = 'closed'
    },
    'key-or-end': (char) => {
      if (char === '"') {
        key = ''
        mode = 'key'
      } else if (char === '}') mode = 'closed'
    },
    key: (char) => {
      if (stringChar(char, (text) => (key += text))) mode = 'colon'
    },
    colon: (char) => {
      if (char === ':') mode = 'value'
    },
    value: (char) => {
      if (isSpace(char)) return
      if (char === '"') {
        field = { text: '', done: false }
        fields.set(key, field)
        mode = 'string'
      } else {
        mode = 'other'
        otherChar(char)
      }
    },
    string: (char) => {
      if (stringChar(char, (text) => (field.text += text))) {
        field.done = true
        mode = 'after'
      }
    },
    other: otherChar,
    after: (char) => {
      if (char === ',') mode = 'key-or-end'
      else if (char === '}') mode = 'closed'
    },
    closed: () => {},
  }

  return {
    push(piece) {
      for (let i = 0; i < piece.length; i += 1) steps[mode](piece.charAt(i))
    },
    fields: () => fields,
  }
}
