import { nearestRegions, type Region } from './nearest-regions.ts'

/** How a place was found: each step is tried only when the ones before it found nothing. */
export type MatchStep = 'exact' | 'line ends' | 'trailing whitespace' | 'indentation'

export type TextEdit =
  | { ok: true; text: string; step: MatchStep; lines: number[] } // lines: where each place began, before the edit, from 1
  | { ok: false; code: 'NO_MATCH'; nearest: Region[] }
  | { ok: false; code: 'AMBIGUOUS'; lines: number[] }
  | { ok: false; code: 'NO_CHANGE' }

/** A stretch of the text, as offsets, and what comes in its place. */
type Place = { start: number; end: number; replacement: string }

/**
 * Puts `after` in the place of `before` (AGENT.md C.2). The place is looked for in steps: exactly; with line ends taken alike;
 * whole lines with trailing spaces ignored; whole lines with all of their indentation shifted alike. A step edits only if exactly
 * one place matches; `all` takes every exact place. Nothing is ever edited by similarity.
 *
 * The replacement is stored as given, `$&` and all, but in a place found by line ends it takes the file's, and in one found by
 * indentation it is shifted like the place.
 */
export function editText(text: string, before: string, after: string, all = false): TextEdit {
  if (before === after) return { ok: false, code: 'NO_CHANGE' }
  if (before === '') return { ok: false, code: 'NO_MATCH', nearest: [] }
  const exact = exactPlaces(text, before, after, all)
  if (exact.length > 1 && !all) return ambiguous(text, exact)
  if (exact.length > 0) return edited(text, exact, 'exact')
  for (const [step, find] of looserSteps) {
    const places = find(text, before, after)
    if (places.length > 1) return ambiguous(text, places)
    if (places.length === 1) return edited(text, places, step)
  }
  return { ok: false, code: 'NO_MATCH', nearest: nearestRegions(text, before) }
}

const looserSteps: readonly [MatchStep, (text: string, before: string, after: string) => Place[]][] = [
  ['line ends', lineEndPlaces],
  ['trailing whitespace', trailingSpacePlaces],
  ['indentation', indentationPlaces],
]

/** The line of each offset, from 1; offsets ascend, so the text is gone through once. */
function linesAt(text: string, offsets: readonly number[]): number[] {
  let line = 1
  let newline = text.indexOf('\n')
  return offsets.map((offset) => {
    for (; newline >= 0 && newline < offset; newline = text.indexOf('\n', newline + 1)) line += 1
    return line
  })
}

const startsOf = (places: readonly Place[]): number[] => places.map(({ start }) => start)

const ambiguous = (text: string, places: readonly Place[]): TextEdit => ({
  ok: false,
  code: 'AMBIGUOUS',
  lines: linesAt(text, startsOf(places)),
})

function edited(text: string, places: readonly Place[], step: MatchStep): TextEdit {
  let result = ''
  let from = 0
  for (const { start, end, replacement } of places) {
    result += text.slice(from, start) + replacement
    from = end
  }
  result += text.slice(from)
  if (result === text) return { ok: false, code: 'NO_CHANGE' }
  return { ok: true, text: result, step, lines: linesAt(text, startsOf(places)) }
}

/** Where the text stands. To be replaced everywhere, places must not overlap; to be the only one, overlapping ones count. */
function exactPlaces(text: string, before: string, replacement: string, all: boolean): Place[] {
  const starts = findAll(text, before, all ? before.length : 1)
  return starts.map((start) => ({ start, end: start + before.length, replacement }))
}

/** Offsets of a text in another, each at least `stride` behind the one before. Places that overlap are found in one pass as well. */
function findAll(text: string, wanted: string, stride: number): number[] {
  const starts: number[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + stride)) {
    const overlaps = at - (starts.at(-1) ?? -Infinity) < wanted.length
    if (overlaps) return findOverlapping(text, wanted, starts[0] ?? 0)
    starts.push(at)
  }
  return starts
}

/** All offsets, by Knuth, Morris and Pratt: looking again from each place would cost the wanted text's length each time. */
function findOverlapping(text: string, wanted: string, from: number): number[] {
  const borders = new Int32Array(wanted.length + 1) // of each beginning: the longest end that is a beginning too
  for (let at = 1, length = 0; at < wanted.length; borders[(at += 1)] = length) {
    while (length > 0 && wanted[at] !== wanted[length]) length = borders[length] ?? 0
    if (wanted[at] === wanted[length]) length += 1
  }
  const starts: number[] = []
  for (let at = from, length = 0; at < text.length; at += 1) {
    while (length > 0 && text[at] !== wanted[length]) length = borders[length] ?? 0
    if (text[at] === wanted[length]) length += 1
    if (length === wanted.length) starts.push(at + 1 - length)
  }
  return starts
}

const toLf = (text: string): string => text.replaceAll('\r\n', '\n')

/** Places that match when every CRLF counts as LF. The replacement takes the line ends that the place has. */
function lineEndPlaces(text: string, before: string, after: string): Place[] {
  if (!text.includes('\r\n') && !before.includes('\r\n')) return []
  const plain = toLf(text)
  const found = exactPlaces(plain, toLf(before), '', false)
  const starts = originalOffsets(text, startsOf(found))
  const ends = originalOffsets(
    text,
    found.map(({ end }) => end),
  )
  const isCrlfFile = text.includes('\r\n')
  return starts.map((start, i) => {
    const end = ends[i] ?? start
    const place = text.slice(start, end)
    const isCrlf = place.includes('\n') ? place.includes('\r\n') : isCrlfFile
    return { start, end, replacement: isCrlf ? toLf(after).replaceAll('\n', '\r\n') : toLf(after) }
  })
}

/** The offsets in a text of ascending offsets in the same text with LF for CRLF, in one pass. */
function originalOffsets(text: string, plainOffsets: readonly number[]): number[] {
  let passed = 0
  let at = text.indexOf('\r\n')
  return plainOffsets.map((plainOffset) => {
    for (; at >= 0 && at < plainOffset + passed; at = text.indexOf('\r\n', at + 2)) passed += 1
    return plainOffset + passed
  })
}

/** A line with where it stands; `text` is without its line end, which lies between `end` and `next`. */
type Line = { text: string; start: number; end: number; next: number }

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const next = newline < 0 ? text.length : newline + 1
    const withoutLf = newline < 0 ? text.length : newline
    const end = text.charAt(withoutLf - 1) === '\r' && withoutLf > start ? withoutLf - 1 : withoutLf
    lines.push({ text: text.slice(start, end), start, end, next })
    start = next
  }
  return lines
}

/**
 * Windows of whole lines of the text that `fits` accepts. When the wanted text ends with a line end, so does the place. `fits` gives
 * the replacement, or undefined where the window does not match.
 */
function wholeLinePlaces(
  text: string,
  before: string,
  fits: (window: readonly Line[], wanted: readonly Line[]) => string | undefined,
): Place[] {
  const wanted = linesOf(before)
  if (wanted.every((line) => line.text.trim() === '')) return []
  const lines = linesOf(text)
  const places: Place[] = []
  for (let at = 0; at + wanted.length <= lines.length; at += 1) {
    const first = lines[at]
    const last = lines[at + wanted.length - 1]
    if (!first || !last || first.text.trim() !== wanted[0]?.text.trim()) continue
    const replacement = fits(lines.slice(at, at + wanted.length), wanted)
    if (replacement === undefined) continue
    places.push({ start: first.start, end: before.endsWith('\n') ? last.next : last.end, replacement })
  }
  return places
}

/** A replacement in the line ends of the lines around it. */
const inLineEndsOf = (window: readonly Line[], replacement: string): string =>
  window.some((line) => line.next - line.end === 2) ? toLf(replacement).replaceAll('\n', '\r\n') : toLf(replacement)

function trailingSpacePlaces(text: string, before: string, after: string): Place[] {
  return wholeLinePlaces(text, before, (window, wanted) =>
    window.every((line, i) => line.text.trimEnd() === wanted[i]?.text.trimEnd())
      ? inLineEndsOf(window, after)
      : undefined,
  )
}

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? ''
const isBlank = (line: string): boolean => line.trim() === ''

/** What was put before (`add`) or taken off (`cut`) every line of the wanted text to make the text's lines. */
type Shift = { add: string } | { cut: string }

function shiftOf(window: readonly Line[], wanted: readonly Line[]): Shift | undefined {
  const first = wanted.findIndex((line) => !isBlank(line.text))
  const here = indentOf(window[first]?.text ?? '')
  const there = indentOf(wanted[first]?.text ?? '')
  if (here.endsWith(there)) return { add: here.slice(0, here.length - there.length) }
  if (there.endsWith(here)) return { cut: there.slice(0, there.length - here.length) }
  return undefined
}

/** The line shifted; undefined when it has not the indentation to lose. Blank lines stay as they are. */
function shifted(line: string, shift: Shift): string | undefined {
  if (isBlank(line)) return line
  if ('add' in shift) return shift.add + line
  return line.startsWith(shift.cut) ? line.slice(shift.cut.length) : undefined
}

function indentationPlaces(text: string, before: string, after: string): Place[] {
  return wholeLinePlaces(text, before, (window, wanted) => {
    const shift = shiftOf(window, wanted)
    if (!shift) return undefined
    const matches = wanted.every((line, i) => {
      const here = window[i]?.text ?? ''
      return isBlank(line.text) ? isBlank(here) : shifted(line.text, shift)?.trimEnd() === here.trimEnd()
    })
    if (!matches) return undefined
    const lines = toLf(after)
      .split('\n')
      .map((line) => shifted(line, shift))
    return lines.includes(undefined) ? undefined : inLineEndsOf(window, lines.join('\n'))
  })
}
