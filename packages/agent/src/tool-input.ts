import { cutText } from '@overskill/protocol'
import type { z } from 'zod'
import { findJsonProblem } from './json-problem.ts'
import { refused, type Tool, type ToolResult } from './tool.ts'

/**
 * A tool call's input, read. `note` is told to the model along with the result. `cutOff`: the text ends too early, so why it
 * did is worded only when the reply's end is known.
 */
export type ToolInput<Work> =
  | { ok: true; tool: Tool<Work>; input: Record<string, unknown>; note?: string }
  | { ok: false; input?: unknown; cutOff?: boolean; result: ToolResult }

/** Longest input text in UTF-16 units: a file of the largest size, each character of it escaped. */
const maxInputLength = 6_000_000

/** Reads and checks a call's raw input. Never repairs anything silently (B.5 30-36). */
export function readToolInput<Work>(
  tools: ReadonlyMap<string, Tool<Work>>,
  name: string,
  inputText: string,
): ToolInput<Work> {
  const tool = tools.get(name)
  if (!tool) return { ok: false, result: unknownTool([...tools.keys()], name) }
  if (inputText.length > maxInputLength)
    return no(
      'TOO_LARGE',
      `The input has ${inputText.length} characters; at most ${maxInputLength} are taken. Send less.`,
    )
  const text = inputText.trim() === '' ? '{}' : inputText
  const problem = findJsonProblem(text)
  if (problem?.cutOff)
    return { ...no('CUT_OFF', 'The input ends in the middle. Nothing was done. Send the call again.'), cutOff: true }
  if (problem) return no('INVALID_JSON', invalidJson(text, problem.at, problem.says))
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ...no('INVALID_INPUT', `The input must be an object, got ${sortOf(value)}.`), input: value }
  return checkInput(tool, value as Record<string, unknown>, text)
}

/** What is quoted of an input may begin and end in half a character, which the model's provider would refuse (B.5 37). */
const no = (code: string, text: string) => ({ ok: false as const, result: refused(code, text.toWellFormed()) })

/** What a call is told whose input was still growing when the reply reached its longest length (B.5 30). */
export const cutAtLimit = (length: number): ToolResult =>
  refused(
    'CUT_OFF',
    `Your call was cut off after ${length} characters at max_tokens. Nothing was done. Write the file in smaller parts.`,
  )

function invalidJson(text: string, at: number, says: string): string {
  const before = text.slice(Math.max(0, at - 20), at)
  const after = text.slice(at, at + 20)
  return `The input is not JSON at character ${at}: ${says}. There: ${before}⟦here⟧${after}\nNothing was done. Send the call again with valid JSON.`
}

function checkInput<Work>(tool: Tool<Work>, value: Record<string, unknown>, text: string): ToolInput<Work> {
  const known = Object.keys(tool.input.shape)
  const extra = Object.keys(value).filter((key) => !known.includes(key))
  const taken = Object.fromEntries(Object.entries(value).filter(([key]) => known.includes(key)))
  const lone = /\\ud[89a-f]|[\ud800-\udfff]/i.test(text) ? replaceLone(taken) : { value: taken, count: 0 }
  const input = lone.value as Record<string, unknown>
  const parsed = tool.input.safeParse(input)
  if (!parsed.success) return { ...no('INVALID_INPUT', wrongInput(tool, parsed.error, input)), input: value }
  const notes = [
    ...(extra.length > 0
      ? [`Ignored unknown arguments: ${extra.slice(0, 10).join(', ')}. Known: ${known.join(', ')}.`]
      : []),
    ...(lone.count > 0 ? ['Half surrogate pairs in the input are no characters; each became U+FFFD.'] : []),
  ]
  return { ok: true, tool, input, ...(notes.length > 0 && { note: notes.join(' ').toWellFormed() }) }
}

/** Every string with lone surrogates replaced by U+FFFD: they cannot be stored as UTF-8 (B.5 37). */
function replaceLone(value: unknown): { value: unknown; count: number } {
  if (typeof value === 'string')
    return value.isWellFormed() ? { value, count: 0 } : { value: value.toWellFormed(), count: 1 }
  if (typeof value !== 'object' || value === null) return { value, count: 0 }
  let count = 0
  const inner = (part: unknown) => {
    const replaced = replaceLone(part)
    count += replaced.count
    return replaced.value
  }
  const copy = Array.isArray(value)
    ? value.map(inner)
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part)]))
  return { value: copy, count }
}

function wrongInput<Work>(tool: Tool<Work>, error: z.ZodError, input: unknown): string {
  const lines = error.issues.slice(0, 20).map((issue) => `- ${issueLine(issue, input)}`)
  const count = error.issues.length
  return `${count} ${count === 1 ? 'problem' : 'problems'} with the input of ${tool.name}:\n${lines.join('\n')}\nNothing was done. Send the call again.`
}

function issueLine(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.join('.') || 'input'
  const got = issue.path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  )
  if (issue.code !== 'invalid_type') return `${path}: ${issue.message}, got ${shown(got)}`
  return got === undefined
    ? `${path}: missing, expected ${issue.expected}`
    : `${path}: expected ${issue.expected}, got ${got === null ? 'null' : `${sortOf(got)} ${shown(got)}`}`
}

const sortOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function unknownTool(names: readonly string[], name: string): ToolResult {
  const sorted = names.toSorted()
  const near = sorted
    .map((known) => ({ known, far: editDistance(name.slice(0, 80).toLowerCase(), known) }))
    .toSorted((a, b) => a.far - b.far)[0]
  const hint = near && near.far <= Math.max(2, near.known.length / 3) ? ` Did you mean ${near.known}?` : ''
  return refused(
    'UNKNOWN_TOOL',
    `No tool named ${cutText(name, 80) || '(empty)'}.${hint} Available: ${sorted.join(', ')}.`,
  )
}

/** Insertions, deletions and replacements that turn one word into another. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1)
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
