import { weighty } from './script-marks.ts'

/**
 * Most levels that a script may nest to be parsed here. The parser is native and recursive: where its stack ends, so does the process,
 * and nothing can catch that. Measured with oxc-parser 0.159 on a stack of 8 MB, fewest that end it: `(a=` 2,000, `()=>{` 2,500,
 * `function f(){` 3,500, `${` and `Array<` 4,000, `(` 5,000, `if(a)` 6,000, `a?b:` and `a=>` 8,000, `<a>` 14,000, `**` 20,000, `!` 28,000,
 * and 56,000 of `+1`, `.a` and `()`. What is let through is a quarter of each at most.
 */
export const mostLevels = 1_000

/** What a level costs on the stack, against a link of a chain that the parser takes in a loop but whose tree is deep (`a + b`, `a.b`, `a()`). */
export const level = 4
/** What a link costs. */
export const link = 1
/** The limit in these costs. */
export const most = mostLevels * level

/** Which of the two readings of `/` and `<` fits after a token: an operator, the start of a regular expression or tag, or either. */
export type After = 'operand' | 'operator' | 'either'
/** By what an open bracket ends; a tag becomes the text behind it. */
export type Kind = ')' | ']' | '}' | '${' | 'tag' | 'text'
/** An open bracket. `chain` ends at a comma, `statement` at the end of a statement; both in the measure above. */
type Open = { kind: Kind; header: After; chain: number; statement: number; angles: number; asserts: boolean }

const opened = (kind: Kind, header: After): Open => ({
  ...{ kind, header, chain: 0, statement: 0 },
  ...{ angles: 0, asserts: false },
})

/** What a text would cost if all of it were code in which nothing closes. */
export function costOfMarks(text: string): number {
  let cost = 0
  for (const [mark] of text.matchAll(weighty)) {
    cost += /^[)\]}>.+\-*%&|^!~`]/.test(mark) ? link : level
    if (cost > most) break
  }
  return cost
}

/** What is open at a place of a script, and how deep that is in all. */
export class Levels {
  /** In costs, not in levels. */
  depth = 0
  top = opened('}', 'either')
  readonly #outer: Open[] = []

  /** Whether nothing is open. */
  isOutside(): boolean {
    return this.#outer.length === 0
  }

  /** Lengthens the chain, or the statement, at this level. */
  add(cost: number, isStatement = false): void {
    this.depth += cost
    if (isStatement) this.top.statement += cost
    else this.top.chain += cost
  }

  /** Something opens; `header` is what can come after it. */
  push(kind: Kind, header: After): void {
    this.#outer.push(this.top)
    this.top = opened(kind, header)
    this.depth += level
  }

  /** What opened last closes; it is a link of the chain it lies in. */
  pop(): void {
    this.depth -= level + this.top.chain + this.top.statement
    this.top = this.#outer.pop() ?? this.top
    if (this.top.kind !== 'text') this.add(link) // elements beside each other are no chain
  }

  /** After a comma the chain begins anew, unless it stands between angles, which are in the chain. */
  endElement(): void {
    if (this.top.angles > 0) return
    this.depth -= this.top.chain
    this.top.chain = 0
  }

  /** After a statement nothing of it is left. */
  endStatement(): void {
    this.depth -= this.top.chain + this.top.statement
    this.top = { ...this.top, chain: 0, statement: 0, angles: 0, asserts: false }
  }
}
