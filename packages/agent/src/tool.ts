import { timeLimitMs } from '@overskill/protocol'
import type { z } from 'zod'

/**
 * What two calls must not touch at once: `file:src/App.tsx`, `tree`, `meta`, `*`. Two keys conflict when at least one writes and
 * - they have the same name, or one of them is `*`; or
 * - one is `tree` and the other a `file:` key: who reads the tree sees every file, so a `tree` read conflicts with any `file:` write
 *   and the other way round. Two `file:` keys of different names never conflict.
 */
export type ResourceKey = { name: string; access: 'read' | 'write' }

export const read = (name: string): ResourceKey => ({ name, access: 'read' })
export const write = (name: string): ResourceKey => ({ name, access: 'write' })

/** Whether two keys may not be held at once (see `ResourceKey`). */
export function keysConflict(a: ResourceKey, b: ResourceKey): boolean {
  if (a.access === 'read' && b.access === 'read') return false
  if (a.name === b.name || a.name === '*' || b.name === '*') return true
  return (a.name === 'tree' && b.name.startsWith('file:')) || (b.name === 'tree' && a.name.startsWith('file:'))
}

/** What the model is told about a call, and what the screen shows: one record, made in one place (L1). */
export type ToolResult =
  | { ok: true; text: string; added?: number; removed?: number }
  | { ok: false; status: 'error' | 'timeout' | 'cancelled'; code: string; text: string }

export const done = (text: string, lines?: { added: number; removed: number }): ToolResult => ({
  ok: true,
  text: `OK ${text}`,
  ...lines,
})

/** A failure worded for the model: what is wrong, the present truth, what to do next. Never a stack or a host path. */
export const refused = (code: string, text: string): ToolResult => ({
  ok: false,
  status: 'error',
  code,
  text: `ERROR ${code}: ${text}`,
})

/**
 * A tool: what the model sees and what the code does, in one place. `Work` is what one call may touch, made by the owner of
 * the turn for that call alone; nothing it stages lasts until the owner commits the call's result.
 */
export interface Tool<Work> {
  name: string
  description: string
  input: z.ZodObject
  /** `transactional`: touches only `Work`, runs again after a crash. `external`: may have happened; never repeated unasked. */
  effect: 'transactional' | 'external'
  /** `read` tools are allowed in plan and chat mode; others answer MODE_READ_ONLY there. */
  changes: boolean
  /** Streams its long string arguments early (AGENT.md 0.4). */
  eager: boolean
  limitMs: number
  keys(input: unknown): ResourceKey[]
  /** May reject only by a mistake of ours. Must honour `signal` within 2 s. */
  run(input: unknown, work: Work, signal: AbortSignal): Promise<ToolResult>
}

/** Ties a tool's functions to its schema's type. The loop validates before `keys` and `run` see the input. */
export function defineTool<Work, Input extends z.ZodObject>(tool: {
  name: string
  description: string
  input: Input
  effect: 'transactional' | 'external'
  changes: boolean
  eager?: boolean
  limitMs?: number
  keys(input: z.infer<Input>): ResourceKey[]
  run(input: z.infer<Input>, work: Work, signal: AbortSignal): Promise<ToolResult>
}): Tool<Work> {
  const parsed = (input: unknown) => tool.input.parse(input) as z.infer<Input>
  return {
    ...tool,
    eager: tool.eager ?? false,
    limitMs: tool.limitMs ?? timeLimitMs('fileTool'),
    keys: (input) => tool.keys(parsed(input)),
    run: (input, work, signal) => tool.run(parsed(input), work, signal),
  }
}
