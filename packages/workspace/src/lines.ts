import { diffArrays } from 'diff'

/** Lines that came and went between two texts. */
export type LineCount = { added: number; removed: number }

/** The lines of a text, without their ends. A line end at the end begins no further line; an empty text has none. */
export function splitLines(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Above this many differing lines the exact count costs more than it tells; then every line between counts. */
const maxEdits = 4_000

/**
 * Lines added and removed from one text to the other; undefined stands for "no such file" or binary, which has no
 * lines. Texts that differ in thousands of lines are counted as replaced between their first and last difference.
 */
export function countLines(before: string | undefined, after: string | undefined): LineCount {
  let old = splitLines(before ?? '')
  let now = splitLines(after ?? '')
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  old = old.slice(start, old.length - end)
  now = now.slice(start, now.length - end)
  if (old.length === 0 || now.length === 0) return { added: now.length, removed: old.length }
  const parts = diffArrays(old, now, { maxEditLength: maxEdits, timeout: 200 })
  if (!parts) return { added: now.length, removed: old.length }
  const count = { added: 0, removed: 0 }
  for (const part of parts) {
    if (part.added) count.added += part.value.length
    if (part.removed) count.removed += part.value.length
  }
  return count
}
