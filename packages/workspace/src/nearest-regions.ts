import { splitLines } from './lines.ts'

/** A stretch of a file as it is now. `fromLine` is 1 for the first line. */
export type Region = { fromLine: number; lines: string[] }

const maxRegionLines = 24
const words = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? []

/** How alike each line of the file is to its best counterpart in the wanted text: 0 to 1, by shared words. */
function likeness(lines: readonly string[], wanted: readonly string[]): number[] {
  const wantedWords = wanted.map((line) => new Set(words(line)))
  const places = new Map<string, number[]>()
  for (const [at, list] of wantedWords.entries()) {
    for (const word of list) places.set(word, [...(places.get(word) ?? []), at])
  }
  const shared = new Uint16Array(wanted.length)
  return lines.map((line) => {
    const unique = new Set(words(line))
    shared.fill(0)
    for (const word of unique) {
      for (const at of places.get(word) ?? []) shared[at] = (shared[at] ?? 0) + 1
    }
    return shared.reduce(
      (best, count, at) => Math.max(best, (2 * count) / (unique.size + (wantedWords[at]?.size ?? 0) || 1)),
      0,
    )
  })
}

/**
 * The places of a text that look most like the wanted one, best first, not overlapping; fewer than `most` when less has a word in
 * common. Only to be shown: no edit is ever made by likeness.
 */
export function nearestRegions(text: string, wanted: string, most = 3): Region[] {
  const lines = splitLines(text)
  const wantedLines = splitLines(wanted)
    .filter((line) => line.trim() !== '')
    .slice(0, 200)
  const scores = likeness(lines, wantedLines)
  const size = Math.min(Math.max(splitLines(wanted).length, 1), maxRegionLines, lines.length)
  let sum = scores.slice(0, size).reduce((a, b) => a + b, 0)
  const windows = [{ start: 0, sum }]
  for (let start = 1; start + size <= lines.length; start += 1) {
    sum += (scores[start + size - 1] ?? 0) - (scores[start - 1] ?? 0)
    windows.push({ start, sum })
  }
  const chosen: number[] = []
  for (const window of windows.toSorted((a, b) => b.sum - a.sum || a.start - b.start)) {
    if (window.sum < 0.01 || chosen.length === most) break
    if (chosen.every((start) => Math.abs(start - window.start) >= size)) chosen.push(window.start)
  }
  return chosen.map((start) => {
    const from = Math.max(0, start - 1)
    return { fromLine: from + 1, lines: lines.slice(from, Math.min(lines.length, start + size + 1)) }
  })
}
