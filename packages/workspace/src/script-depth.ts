import {
  closers,
  closingTagAt,
  continuing,
  eitherWords,
  endOfLine,
  endOfString,
  genericAt,
  lengthAt,
  lineEndIn,
  numberAt,
  operatorWords,
  readRegex,
  simplePairAt,
  space,
  statementWords,
  tagAt,
  isGenericOrTag,
  isWordly,
  wordAt,
} from './script-marks.ts'
import { costOfMarks, type After, type Kind, level, Levels, link, most, mostLevels } from './script-levels.ts'
/**
 * The line at which a script nests deeper than `mostLevels`, from 1; undefined when it does not, and may be parsed. An upper bound in
 * linear time: brackets, tags, type arguments, and chains of operators and statements. Where the text alone does not say whether a `/`
 * or `<` begins a regular expression or a tag, nothing closes any more after it: brackets in texts then cannot hide brackets in code.
 */
export function findTooDeep(text: string, dialect: { types: boolean; tags: boolean }): number | undefined {
  if (text.length * level <= most) return undefined
  const at = new DepthScan(text, dialect.types, dialect.tags).run()
  return at === undefined ? undefined : text.slice(0, at).split('\n').length
}

class DepthScan {
  readonly #text: string
  readonly #types: boolean
  readonly #tags: boolean
  readonly #levels = new Levels()
  #at = 0
  #after: After = 'operator'
  #word = '' // the token before, when it is a word
  #newline = false // since the token before
  #ended: 'no' | 'before a word' | 'yes' = 'no'

  constructor(text: string, types: boolean, tags: boolean) {
    this.#text = text
    this.#types = types
    this.#tags = tags
  }

  /** The offset at which the text is too deep. */
  run(): number | undefined {
    if (this.#text.startsWith('#!')) this.#at = endOfLine(this.#text, this.#at)
    while (this.#at < this.#text.length) {
      if (this.#levels.top.kind === 'tag') this.#readTag()
      else if (this.#levels.top.kind === 'text') this.#readText()
      else this.#readCode()
      if (this.#levels.depth > most) return Math.min(this.#at, this.#text.length)
    }
    return undefined
  }

  #readCode(): void {
    const char = this.#text.charAt(this.#at)
    if (char <= ' ' || (char > '~' && space.test(char))) return this.#readSpace(char)
    if (char === '/' && this.#skipComment()) return
    const length = isWordly(char) ? lengthAt(char >= '0' && char <= '9' ? numberAt : wordAt, this.#text, this.#at) : 0
    if (length > 0) return this.#readWord(length)
    if (this.#ended === 'yes' || (this.#ended !== 'no' && (char === "'" || char === '"' || char === '@')))
      this.#levels.endStatement()
    this.#ended = 'no'
    if (char === "'" || char === '"') this.#readString()
    else if (char === '`') this.#readTemplate(this.#at + 1)
    else if (char in closers) this.#push(closers[char] ?? ')')
    else if (char === ')' || char === ']' || char === '}') this.#close(char)
    else if (char === '/') this.#readSlash()
    else if (char === '<') this.#readAngle()
    else this.#readOperator(char)
    this.#newline = false
    if (char !== '.' && char !== '>' && char !== '/') this.#word = ''
  }

  #readSpace(char: string): void {
    this.#at += 1
    if (char !== '\n' && char !== '\r' && char !== '\u2028' && char !== '\u2029') return
    this.#newline = true
    if (this.#ended === 'no' && (this.#after === 'operand' || this.#word === '>')) this.#ended = 'before a word'
  }

  #readWord(length: number): void {
    const word = this.#text.slice(this.#at, this.#at + length)
    const isName = this.#word === '.' || /^\d/.test(word)
    if (this.#ended !== 'no' && !continuing.has(word)) this.#levels.endStatement()
    if (word === 'case' && !isName) this.#levels.endStatement()
    this.#ended = 'no'
    this.#newline = false
    this.#after = 'operand'
    this.#at += length
    this.#word = isName ? '' : word
    if (isName) return
    if (operatorWords.has(word)) this.#after = 'operator'
    else if (eitherWords.has(word)) this.#after = 'either'
    else return
    this.#levels.add(level, statementWords.has(word))
  }

  #readOperator(char: string): void {
    this.#at += 1
    const before = this.#after
    this.#after = 'operator'
    if (char === '>') this.#word = ''
    if (char === ';') this.#ended = 'yes'
    else if (char === ',') this.#levels.endElement()
    else if (char === '.') this.#readDot()
    else if (char === '>' && this.#types && this.#levels.top.angles > 0 && this.#text[this.#at - 2] !== '=')
      this.#closeAngle()
    else if (char === '!' && this.#types && before === 'operand') this.#after = 'either'
    else if ((char === '+' || char === '-') && this.#text[this.#at] === char) {
      if (this.#newline && this.#text.startsWith('->', this.#at)) return this.#leak() // a comment, in a script
      this.#at += 1
      this.#after = 'either'
    }
    if (char === ';' || char === ',') return
    this.#levels.add(char === '=' || char === '?' || char === ':' ? level : link)
  }

  #readDot(): void {
    const isSpread = this.#text.startsWith('..', this.#at)
    this.#word = isSpread ? '' : '.'
    if (isSpread) this.#at += 2
  }

  #readString(): void {
    this.#at = endOfString(this.#text, this.#at)
    this.#after = 'operand'
  }

  /** From inside a template to its end, or to code in it. */
  #readTemplate(from: number): void {
    for (this.#at = from; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at]
      if (char === '\\') this.#at += 1
      else if (char === '`') break
      else if (char === '$' && this.#text[this.#at + 1] === '{') {
        this.#at += 1
        return this.#push('${')
      }
    }
    this.#at += 1
    this.#after = 'operand'
    this.#levels.add(link)
  }

  #readSlash(): void {
    const after = this.#after === 'operand' && this.#newline ? 'either' : this.#after
    if (after === 'operand') return this.#readOperator('/')
    if (after === 'operator') return this.#readRegex()
    const next = this.#text.indexOf('/', this.#at + 1)
    if (next >= 0 && !this.#text.slice(this.#at, next).includes('\n')) return this.#leak()
    this.#readOperator('/')
  }

  #readRegex(): void {
    const regex = readRegex(this.#text, this.#at)
    if (!regex) return this.#leak()
    this.#at = regex.end
    if (regex.groups > mostLevels) this.#levels.depth += regex.groups * level
    this.#after = 'operand'
    this.#word = '.' // its flags are read as a word
  }

  #readAngle(): void {
    if (this.#text.startsWith('<!--', this.#at)) return this.#leak() // a comment, in a script
    if (this.#tags && this.#after !== 'operand' && lengthAt(genericAt, this.#text, this.#at) === 0) {
      if (this.#types && isGenericOrTag(this.#text, this.#at)) return this.#leak()
      if (this.#after === 'operator' && this.#openTag()) return
    }
    const isDoubt = this.#after === 'either' || (this.#newline && this.#after === 'operand')
    if (this.#tags && isDoubt && lengthAt(tagAt, this.#text, this.#at) > 0) return this.#leak()
    if (this.#after !== 'operand') this.#levels.top.asserts = true
    this.#at += 1
    this.#after = 'operator'
    this.#levels.add(link)
    if (!this.#types || this.#text[this.#at] === '=') return
    this.#levels.top.angles += 1
    this.#levels.add(level, true)
  }

  #closeAngle(): void {
    this.#levels.top.angles -= 1
    this.#levels.add(-level, true)
    this.#after = 'either'
    if (!this.#levels.top.asserts && this.#levels.top.angles === 0) this.#word = '>'
  }

  #openTag(): boolean {
    const length = lengthAt(tagAt, this.#text, this.#at)
    if (length === 0) return false
    this.#push('tag')
    this.#at += length - 1
    return true
  }

  #readTag(): void {
    const char = this.#text.charAt(this.#at)
    if (char === '/' && this.#skipComment()) return
    if (char === '{') this.#push('}')
    else if (char === '<') {
      if (this.#word !== '=' || !this.#openTag()) this.#leak()
    } else if (char === '"' || char === "'") {
      this.#at += 1
      this.#skipTo(char)
    } else this.#readTagMark(char)
    if (char > ' ') this.#word = char
  }

  #readTagMark(char: string): void {
    this.#at += 1
    if (char === '.') this.#levels.add(link, true)
    if (char !== '>') return
    if (this.#word === '/') this.#pop()
    else this.#levels.top.kind = 'text'
  }

  /** Text between tags. Were it code after all, what opens in it would be open: only pairs without anything in them are passed over. */
  #readText(): void {
    const char = this.#text.charAt(this.#at)
    if (char === '{') return this.#push('}')
    if (char === '<') {
      const closing = lengthAt(closingTagAt, this.#text, this.#at)
      this.#at += closing
      if (closing > 0) this.#pop()
      else if (!this.#openTag()) this.#leak()
      return
    }
    const pair = char === '(' || char === '[' ? lengthAt(simplePairAt, this.#text, this.#at) : 1
    if (pair === 0) this.#levels.depth += level
    this.#at += Math.max(pair, 1)
  }

  #skipComment(): boolean {
    const next = this.#text[this.#at + 1]
    if (next !== '/' && next !== '*') return false
    if (next === '/') this.#at = endOfLine(this.#text, this.#at)
    else {
      const from = this.#at
      this.#at += 2
      this.#skipTo('*/')
      if (!lineEndIn(this.#text, from, this.#at)) return true
      this.#at -= 1
      this.#readSpace('\n')
    }
    return true
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at)
    this.#at = found < 0 ? this.#text.length + 1 : found + end.length
  }

  #push(kind: Kind): void {
    const isHeader = kind === ')' && /^(?:if|while|for|with)$/.test(this.#word)
    const header = isHeader ? 'operator' : this.#word === 'await' ? 'either' : 'operand'
    this.#levels.push(kind, header)
    this.#at += 1
    this.#after = 'operator'
    this.#word = ''
    this.#ended = 'no'
  }

  /** A bracket that closes nothing is passed over: the parser stops there. */
  #close(char: ')' | ']' | '}'): void {
    const { kind, header } = this.#levels.top
    const isTemplate = kind === '${' && char === '}'
    this.#at += 1
    if (this.#levels.isOutside() || (kind !== char && !isTemplate)) return
    this.#pop()
    if (isTemplate) return this.#readTemplate(this.#at)
    this.#after = char === ')' ? header : char === '}' ? 'either' : 'operand'
    if (char === '}' && this.#levels.top.kind !== 'tag' && this.#levels.top.kind !== 'text')
      this.#ended = 'before a word'
  }

  #pop(): void {
    this.#levels.pop()
    this.#after = 'operand'
    this.#word = ''
    this.#newline = false
    this.#ended = 'no'
  }

  /** Both readings are possible from here on: everything that may open counts, and nothing closes. */
  #leak(): void {
    this.#levels.depth += costOfMarks(this.#text.slice(this.#at))
    if (this.#levels.depth <= most) this.#at = this.#text.length
  }
}
