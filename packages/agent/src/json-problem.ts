/** Where a text stops being JSON. `cutOff`: nothing is wrong with it but that it ends too early. */
export type JsonProblem = { at: number; says: string; cutOff: boolean }

const space = /[ \t\n\r]*/y
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const stringPart = /[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const beginOfScalar = /^(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|n(?:u(?:ll?)?)?|-|-?\d[\d.eE+-]*)$/

type Expected = 'value' | 'key' | 'key or }' | 'value or ]' | ':' | ', or }' | ', or ]' | 'end'

/**
 * Finds the first place where a text is no JSON, as a parser's own messages do not say it reliably. Depth costs no stack.
 * Undefined: the text is JSON.
 */
export function findJsonProblem(text: string): JsonProblem | undefined {
  const open: ('{' | '[')[] = []
  let at = 0
  let expected: Expected = 'value'

  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text) || pattern.lastIndex === at) return false
    at = pattern.lastIndex
    return true
  }
  const afterValue = (): Expected => (open.length === 0 ? 'end' : open.at(-1) === '{' ? ', or }' : ', or ]')
  const close = (): Expected => {
    at += 1
    open.pop()
    return afterValue()
  }
  const value = (char: string): Expected | undefined => {
    if (char === '{' || char === '[') {
      at += 1
      open.push(char)
      return char === '{' ? 'key or }' : 'value or ]'
    }
    if (char === '"') return readString() ? afterValue() : undefined
    return skip(scalar) ? afterValue() : undefined
  }
  const readString = (): boolean => {
    at += 1
    while (skip(stringPart));
    if (text.charAt(at) !== '"') return false
    at += 1
    return true
  }
  const step = (char: string): Expected | undefined => {
    if (char === '}' && (expected === 'key or }' || expected === ', or }')) return close()
    if (char === ']' && (expected === 'value or ]' || expected === ', or ]')) return close()
    if (expected === 'value' || expected === 'value or ]') return value(char)
    if (expected === 'key' || expected === 'key or }') return char === '"' && readString() ? ':' : undefined
    const separator = expected === ':' ? ':' : expected === 'end' ? '' : ','
    if (char !== separator) return undefined
    at += 1
    return separator === ':' ? 'value' : open.at(-1) === '{' ? 'key' : 'value'
  }

  while (true) {
    skip(space)
    const start = at
    if (at >= text.length) return expected === 'end' ? undefined : problem(text, at, expected, start)
    const next = step(text.charAt(at))
    if (next === undefined) return problem(text, at, expected, start)
    expected = next
  }
}

function problem(text: string, at: number, expected: Expected, start: number): JsonProblem {
  const rest = text.slice(at)
  const inString = text.charAt(start) === '"' && at > start
  const halfEscape = inString && /^\\(?:u[0-9a-fA-F]{0,3})?$/.test(rest)
  const halfNumber = /^(?:\.|[eE][+-]?)$/.test(rest) && /\d/.test(text.charAt(at - 1))
  if (rest === '' || halfEscape || halfNumber || (!inString && rest.length < 400 && beginOfScalar.test(rest)))
    return { at: text.length, says: 'it ends too early', cutOff: true }
  if (inString) return { at, says: 'a character or escape that a string may not hold', cutOff: false }
  return { at, says: `expected ${expected === 'end' ? 'the end' : expected}`, cutOff: false }
}
