import { cutText } from '@overskill/protocol'
import { fence } from './fence.ts'
import type { HistoryEntry, RawBlock } from './model.ts'

/** How the conversation becomes shorter when it has become too long for its model. Lengths in UTF-16 units. */
export type Compaction = {
  /** The older part as words, as much of it as a request for a summary takes. */
  transcript: string
  /** The older part in few words, by rule: stands in for the summary where none could be made. */
  digest: string
  /** The conversation from here on: the summary, what the person asked last, then the newest steps as they were. */
  historyWith(summary: string): HistoryEntry[]
}

/** The share of the old conversation that stays as it is, and the most of it; likewise of what is summarised. */
const kept = { share: 1 / 4, most: 100_000 }
const told = { share: 1 / 3, most: 150_000 }
const digested = { share: 1 / 8, most: 12_000 }

/** The share of the conversation that has to go, and the least of it (a summary has a length too), or it is not worth a try. */
const worthwhile = { share: 1 / 5, least: 1_000 }

const summaryMark = 'conversation-summary'

/**
 * Plans a shorter conversation. The newest steps stay block for block, but for their thinking: that is bound to all that came
 * before it, and a provider refuses it after anything else (AGENT.md B.3). A call and its result are never parted.
 * @returns Undefined where nothing is left to shorten.
 */
export function planCompaction(history: readonly HistoryEntry[]): Compaction | undefined {
  const length = JSON.stringify(history).length
  const cut = findCut(history, sized(length, kept))
  const asked = history.findLastIndex((entry) => entry.role === 'user' && entry.content.some(isPersons))
  const older = history.slice(0, cut)
  const request = asked < cut ? contentOf(history[asked]).filter(isPersons) : []
  const saved = JSON.stringify(older).length - JSON.stringify(request).length
  if (saved < Math.max(length * worthwhile.share, worthwhile.least)) return undefined
  const tail = history.slice(cut).flatMap(withoutThinking)
  return {
    transcript: transcribe(older, sized(length, told)),
    digest: transcribe(older, sized(length, digested)),
    historyWith(summary) {
      const [first, ...rest] = tail
      const head = [{ type: 'text', text: fence(summaryMark, summary) }, ...request]
      return first?.role === 'user'
        ? [{ role: 'user', content: [...head, ...first.content] }, ...rest]
        : [{ role: 'user', content: head }, ...tail]
    },
  }
}

const sized = (length: number, { share, most }: { share: number; most: number }): number =>
  Math.min(Math.floor(length * share), most)

/** Where the newest whole steps begin that are together no longer than `most`. */
function findCut(history: readonly HistoryEntry[], most: number): number {
  let cut = history.length
  let length = 0
  for (let at = history.length - 1; at > 0; at -= 1) {
    length += JSON.stringify(history[at]).length
    if (length > most) break
    if (beginsStep(history, at)) cut = at
  }
  return cut
}

/** A reply that follows a user entry, or what a person says: whatever belongs together stands on one side of it. */
function beginsStep(history: readonly HistoryEntry[], at: number): boolean {
  const entry = history[at]
  if (entry?.role === 'assistant') return history[at - 1]?.role !== 'assistant'
  return (
    entry?.role === 'user' && entry.content.every(({ type }) => type !== 'tool_result') && entry.content.some(isPersons)
  )
}

const contentOf = (entry: HistoryEntry | undefined): readonly RawBlock[] =>
  entry === undefined || entry.role === 'system' ? [] : entry.content

const textOf = (block: RawBlock): string => (typeof block['text'] === 'string' ? block['text'] : '')

const isPersons = (block: RawBlock): boolean =>
  block.type === 'text' && !textOf(block).startsWith('<system-reminder>') && !isSummary(block)

const isSummary = (block: RawBlock): boolean => block.type === 'text' && textOf(block).startsWith(`<${summaryMark}>`)

function withoutThinking(entry: HistoryEntry): HistoryEntry[] {
  if (entry.role !== 'assistant') return [entry]
  const content = entry.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking')
  return content.length > 0 ? [{ role: 'assistant', content }] : []
}

/** The entries as plain words, no longer than `most`: each part is cut shorter until all fit, then the middle is left out. */
function transcribe(entries: readonly HistoryEntry[], most: number): string {
  const within = (part: number) => entries.flatMap((entry) => words(entry, part)).join('\n')
  for (const part of [4000, 1000, 300]) {
    const text = within(part)
    if (text.length <= most) return text
  }
  const lines = within(100).split('\n')
  return dropMiddle(lines, most - gapLength)
}

/** Room for the line that says what is left out. */
const gapLength = 40

function dropMiddle(lines: readonly string[], most: number): string {
  let [first, last, length] = [0, lines.length, 0]
  while (first < last) {
    const next = first <= lines.length - last ? lines[first] : lines[last - 1]
    length += (next?.length ?? 0) + 1
    if (length > most) break
    if (first <= lines.length - last) first += 1
    else last -= 1
  }
  const left = last - first
  const gap = left > 0 ? [`[${left} lines are left out here]`] : []
  return [...lines.slice(0, first), ...gap, ...lines.slice(last)].join('\n')
}

function words(entry: HistoryEntry, part: number): string[] {
  if (entry.role === 'system') return [`Note: ${cutText(entry.content, part)}`]
  return entry.content.flatMap((block) => {
    switch (block.type) {
      case 'text':
        return [`${speaker(entry.role, block)}: ${cutText(textOf(block), isSummary(block) ? part * 4 : part)}`]
      case 'tool_use':
        return [`Call of ${String(block['name'])}: ${cutText(JSON.stringify(block['input']), part)}`]
      case 'tool_result':
        return [`Result: ${cutText(String(block['content']), part)}`]
      default:
        return []
    }
  })
}

function speaker(role: 'user' | 'assistant', block: RawBlock): string {
  if (role === 'assistant') return 'Assistant'
  if (isSummary(block)) return 'Earlier summary'
  return isPersons(block) ? 'Person' : 'Note'
}
