export type Piece = { kind: 'text' | 'thinking'; text: string }

const open = '<think>'
const close = '</think>'

/**
 * Tells thinking apart that a model writes as `<think>…</think>` at the beginning of its text, as many open models do. A tag
 * anywhere else is text: a model may write about tags. What may still become a tag is held back until it is known.
 */
export class ThinkTags {
  #state: 'start' | 'thinking' | 'text' = 'start'
  #held = ''

  push(text: string): Piece[] {
    this.#held += text
    const pieces: Piece[] = []
    if (this.#state === 'start') this.#readStart()
    if (this.#state === 'thinking') this.#readThinking(pieces)
    if (this.#state === 'text') this.#give('text', this.#held.length, pieces)
    return pieces
  }

  /** What is still held back, once nothing more comes. */
  end(): Piece[] {
    const pieces: Piece[] = []
    this.#give(this.#state === 'thinking' ? 'thinking' : 'text', this.#held.length, pieces)
    this.#state = 'start'
    return pieces
  }

  #readStart(): void {
    const start = this.#held.trimStart()
    if (start.startsWith(open)) {
      this.#held = start.slice(open.length)
      this.#state = 'thinking'
    } else if (!open.startsWith(start)) this.#state = 'text'
  }

  #readThinking(pieces: Piece[]): void {
    const at = this.#held.indexOf(close)
    if (at === -1) return this.#give('thinking', this.#held.length - beginningOf(close, this.#held), pieces)
    this.#give('thinking', at, pieces)
    this.#held = this.#held.slice(close.length)
    this.#state = 'text'
  }

  #give(kind: Piece['kind'], length: number, pieces: Piece[]): void {
    if (length > 0) pieces.push({ kind, text: this.#held.slice(0, length) })
    this.#held = this.#held.slice(length)
  }
}

/** How many characters at the end of `text` may be the beginning of `tag`. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(tag.slice(0, length))) return length
  return 0
}
