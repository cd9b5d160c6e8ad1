const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))
/** What a statement may begin with that ends with another statement. */
export const statementWords = words('if else for while do with')
/** After these comes an operand, never a division. */
export const operatorWords = words(
  'if else for while do with return throw case typeof void delete new in instanceof default extends',
)
/** Names as well as operators, by their place. */
export const eitherWords = words(
  'of await yield as satisfies is keyof unique readonly infer asserts abstract declare namespace',
)
/** Words that go on with a statement after `;`, `}` or a line end. */
export const continuing = words('else while catch finally in instanceof as satisfies extends is of from implements')

/** What closes each bracket. */
export const closers: Record<string, ')' | ']' | '}'> = { '(': ')', '[': ']', '{': '}' }
/** A name, keyword or private name: no ASCII but # $ \ _, letters and digits. */
export const wordAt = /[^\s!"%-/:-@[\]^`{-~\x85\u180E\u200B]+/y
/** A number, near enough: with at most one dot. */
export const numberAt = /\w+(?:\.\w*)?/y
const lineEnd = /[\n\r\u2028\u2029]/g
/** What separates tokens beyond ASCII. */
export const space = /[\s\x85\u180E\u200B]/
/** Type parameters where a tag could stand, by the parser's own rule. */
export const genericAt = /<\s*(?:const\s+)?[\w$]+\s*(?:[,=]|extends\s+[^\s=>/])/y
/** The beginning of an element or fragment. */
export const tagAt = /<\s*(?:[A-Za-z_$\u0080-\uFFFF][\w$:\-\u0080-\uFFFF]*|(?=>))/y
/** A closing tag without comments in it. */
export const closingTagAt = /<\s*\/\s*[\w$.:\-\u0080-\uFFFF\s]*>/y
/** A pair that is a pair however the text is read. */
export const simplePairAt = /\([^()[\]{}<>'"`/]*\)|\[[^()[\]{}<>'"`/]*\]/y
/** Everything that may open or lengthen something. */
export const weighty =
  /[([{<=?:]|[)\]}>.+\-*%&|^!~`]|\b(?:if|else|for|while|do|with|typeof|void|delete|new|await|yield|extends|keyof|infer|readonly|as|in|class|function)\b/g

/** The length of what a sticky expression matches at an offset; 0 when it does not. */
export function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex - at : 0
}

/** Whether a line ends between two offsets. */
export function lineEndIn(text: string, from: number, to: number): boolean {
  lineEnd.lastIndex = from
  const found = lineEnd.exec(text)
  return found !== null && found.index < to
}

/** Where the line ends that an offset lies in. */
export function endOfLine(text: string, at: number): number {
  lineEnd.lastIndex = at
  return lineEnd.exec(text)?.index ?? text.length
}

/** Behind the string that begins at an offset; behind its line when it does not end there. */
export function endOfString(text: string, at: number): number {
  const quote = text[at]
  let end = at + 1
  for (; end < text.length; end += 1) {
    const char = text[end]
    if (char === '\\') end += text.startsWith('\r\n', end + 1) ? 2 : 1
    else if (char === quote || char === '\n' || char === '\r') break
  }
  return end + 1
}

/** Behind the regular expression that begins at an offset, its flags left, and how many brackets open in it; undefined for none. */
export function readRegex(text: string, at: number): { end: number; groups: number } | undefined {
  let groups = 0
  let isClass = false
  for (let end = at + 1; end < text.length; end += 1) {
    const char = text[end]
    if (char === '\\') end += 1
    else if (char === '\n' || char === '\r') return undefined
    else if (char === '/' && !isClass) return { end: end + 1, groups }
    if (char === '(' || char === '[') groups += 1
    if (char === '[') isClass = true
    else if (char === ']') isClass = false
  }
  return undefined
}

/** Whether a word or number can begin with a character. */
export const isWordly = (char: string): boolean =>
  (char >= 'a' && char <= 'z') ||
  (char >= 'A' && char <= 'Z') ||
  (char >= '0' && char <= '9') ||
  char === '_' ||
  char === '$' ||
  char === '#' ||
  char === '\\' ||
  char > '~'

const genericOrTag = /<\s*(?:(?:const|in|out)\s+)*[\w$]+\s*>\s*[(/]/y
const surelyTag =
  /<[\w$]+>\s*\((?:\{[\w.\s]*\}\)[ \t]*<|(?!(?:public|private|protected|readonly|override|declare|abstract|static|accessor|export|async|const|in|out)\b)\w+ +\w)/y

/** Whether what begins here may be an element as well as the type of a generic function: `<T>(a`. */
export const isGenericOrTag = (text: string, at: number): boolean =>
  lengthAt(genericOrTag, text, at) > 0 && lengthAt(surelyTag, text, at) === 0
