import type { ToolCall } from '@overskill/protocol'
import { plural } from '../ui/figures.ts'

/** How the screen speaks of tools: a verb, and what it was done to. */
type ToolWords = {
  doing: string
  done: string
  failed: string
  /** What a number of calls did it to: "6 files". */
  many: (count: number) => string
}

const files = (count: number): string => plural(count, 'file')
/** One call may be about several: how many calls there were says nothing. */
const packages = (): string => 'packages'
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

const known: Record<string, ToolWords> = {
  'os-write': { doing: 'Writing', done: 'Wrote', failed: 'Did not write', many: files },
  'os-replace': { doing: 'Editing', done: 'Edited', failed: 'Did not edit', many: files },
  'os-view': { doing: 'Reading', done: 'Read', failed: 'Did not read', many: files },
  'os-list-files': { doing: 'Listing files', done: 'Listed files', failed: 'Did not list files', many: times },
  'os-search-files': { doing: 'Searching', done: 'Searched', failed: 'Did not search', many: times },
  'os-rename': { doing: 'Renaming', done: 'Renamed', failed: 'Did not rename', many: files },
  'os-delete': { doing: 'Deleting', done: 'Deleted', failed: 'Did not delete', many: files },
  'os-copy': { doing: 'Copying', done: 'Copied', failed: 'Did not copy', many: files },
  'os-add-dependency': { doing: 'Adding', done: 'Added', failed: 'Did not add', many: packages },
  'os-remove-dependency': { doing: 'Removing', done: 'Removed', failed: 'Did not remove', many: packages },
  'os-read-console-logs': {
    doing: 'Reading the console',
    done: 'Read the console',
    failed: 'Did not read the console',
    many: () => '',
  },
  'os-read-network-requests': {
    doing: 'Reading requests',
    done: 'Read requests',
    failed: 'Did not read requests',
    many: () => '',
  },
  'rename-app': { doing: 'Naming the app', done: 'Named the app', failed: 'Did not name the app', many: () => '' },
  'os-plan': { doing: 'Planning', done: 'Planned', failed: 'Did not plan', many: () => '' },
}

const unknown = (name: string): ToolWords => ({
  doing: `Running ${name}`,
  done: `Ran ${name}`,
  failed: `${name} did not work`,
  many: times,
})

const wordsOf = (name: string): ToolWords => known[name] ?? unknown(name)

export const isOpen = (call: ToolCall): boolean =>
  call.status === 'pending' || call.status === 'queued' || call.status === 'running'

export const isFailed = (call: ToolCall): boolean => call.status === 'error' || call.status === 'timeout'

/** The verb of one row. */
export function verbOf(call: ToolCall): string {
  const { doing, done, failed } = wordsOf(call.name)
  if (isOpen(call)) return doing
  return call.status === 'complete' ? done : failed
}

/** What a group of calls does or did, in one line: "Wrote 6 files, read 2 files, 1 failed". */
export function summaryOf(calls: readonly ToolCall[]): string {
  const parts = [doneOf(calls)].filter((part) => part !== '')
  const failures = calls.filter(isFailed).length
  const cancelled = calls.filter((call) => call.status === 'cancelled').length
  if (failures > 0) parts.push(`${failures} failed`)
  if (cancelled > 0) parts.push(`${cancelled} cancelled`)
  return parts.join(', ')
}

/** What the running calls of a group do; when none runs, what was done. Empty when there is neither. */
export function doneOf(calls: readonly ToolCall[]): string {
  const running = calls.filter(isOpen)
  const counted = running.length > 0 ? running : calls.filter((call) => call.status === 'complete')
  const counts = new Map<string, number>()
  for (const call of counted) counts.set(call.name, (counts.get(call.name) ?? 0) + 1)
  const parts = [...counts].map(([name, count], index) => {
    const words = wordsOf(name)
    const verb = running.length > 0 ? words.doing : words.done
    return `${index === 0 ? verb : lowerFirst(verb)} ${words.many(count)}`.trim()
  })
  return parts.join(', ')
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** Whether a call is one that brings packages: what is fetched then is told in its row. */
export const isInstall = (call: ToolCall): boolean => call.name === 'os-add-dependency' && call.status === 'running'

/** What a call is about: paths are drawn in mono, other words plain. */
export type ToolSubject = { kind: 'path'; path: string; to?: string } | { kind: 'words'; text: string } | undefined

type ReadField = (name: string) => string | undefined
type ReadList = (name: string) => string[]

/** What a call is about, from its input, whole or still growing. `list`: of one that is whole, the names of a list in it. */
export function subjectOf(name: string, field: ReadField, list: ReadList = () => []): ToolSubject {
  const names = list('packages')
  if (names.length > 0) return { kind: 'words', text: names.join(', ') }
  const path = field('file_path') ?? field('from')
  if (path !== undefined) {
    const to = field('to')
    return to === undefined ? { kind: 'path', path } : { kind: 'path', path, to }
  }
  if (name === 'os-list-files') return { kind: 'path', path: field('path') ?? '' }
  const text = field('query') ?? field('name') ?? field('packages')
  return text === undefined ? undefined : { kind: 'words', text }
}

/** Reads the text fields of an input that is whole; a list of texts is one text. */
export const fieldsOf =
  (input: unknown): ReadField =>
  (name) => {
    if (typeof input !== 'object' || input === null) return undefined
    const value = (input as Record<string, unknown>)[name]
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ')
    return typeof value === 'string' ? value : undefined
  }

/** Reads the lists of texts in an input that is whole. */
export const listsOf =
  (input: unknown): ReadList =>
  (name) => {
    if (typeof input !== 'object' || input === null) return []
    const value = (input as Record<string, unknown>)[name]
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  }
