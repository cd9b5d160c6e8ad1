import { timeLimitMs } from '@overskill/protocol'
import { pause, type Clock } from './clock.ts'
import type { Tool, ToolResult } from './tool.ts'

/** No tool may take longer, whatever it asks for. */
export const longestToolMs = timeLimitMs('tool')

const timeoutGraceMs = 2_000
const stopGraceMs = 300

export type Execution = {
  result: ToolResult
  /** The tool came back by itself; only then may what it staged last. */
  returned: boolean
}

export type ExecuteOptions = {
  /** Ends the call early: a person's stop. */
  stop: AbortSignal
  clock: Clock
  /** Told about a tool that threw: a mistake of ours. */
  onBug: (error: unknown) => void
}

/**
 * Runs one tool call within its time limit.
 *
 * The limit counts from now. Then, or at `stop`, the tool's signal aborts; it has 2 s (300 ms at a stop) to come back, after
 * which its result is not waited for and not taken any more.
 * @returns Its result. Never rejects: an error, a timeout and a stop are results worded for the model.
 */
export async function executeTool<Work>(
  tool: Tool<Work>,
  input: unknown,
  work: Work,
  { stop, clock, onBug }: ExecuteOptions,
): Promise<Execution> {
  const limitMs = Math.min(tool.limitMs, longestToolMs)
  const late = new AbortController()
  const cancelLimit = clock.after(limitMs, () => late.abort())
  const signal = AbortSignal.any([stop, late.signal])
  try {
    const run = runTool(tool, input, work, signal, onBug)
    const first = await Promise.race([run, aborted(signal)])
    if (first) return first
    const finished = new AbortController()
    const grace = pause(clock, late.signal.aborted ? timeoutGraceMs : stopGraceMs, finished.signal)
    const inGrace = await Promise.race([run, grace])
    finished.abort()
    const ended = late.signal.aborted ? timedOut(limitMs, tool) : cancelledWhileRunning(tool)
    // A tool that was done when the stop came keeps its real result; one that came too late does not.
    return inGrace && inGrace.result.ok && !late.signal.aborted ? inGrace : { result: ended, returned: false }
  } finally {
    cancelLimit()
  }
}

async function runTool<Work>(
  tool: Tool<Work>,
  input: unknown,
  work: Work,
  signal: AbortSignal,
  onBug: (error: unknown) => void,
): Promise<Execution> {
  try {
    return { result: await tool.run(input, work, signal), returned: true }
  } catch (error) {
    if (!signal.aborted) onBug(error)
    const text = `ERROR INTERNAL: ${tool.name} failed by a mistake of its own. ${mayHaveHappened(tool)} Try another way.`
    return { result: { ok: false, status: 'error', code: 'INTERNAL', text }, returned: false }
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })

const mayHaveHappened = <Work>(tool: Tool<Work>): string =>
  tool.effect === 'external' ? 'It may have happened in part; check before repeating.' : 'Nothing of it was kept.'

const timedOut = <Work>(limitMs: number, tool: Tool<Work>): ToolResult => ({
  ok: false,
  status: 'timeout',
  code: 'TIMEOUT',
  text: `ERROR TIMEOUT: ${tool.name} timed out after ${limitMs / 1000} s. ${mayHaveHappened(tool)}`,
})

const cancelledWhileRunning = <Work>(tool: Tool<Work>): ToolResult => ({
  ok: false,
  status: 'cancelled',
  code: 'CANCELLED',
  text: `ERROR CANCELLED: Cancelled while running. ${mayHaveHappened(tool)}`,
})

export const cancelledBeforeStart: ToolResult = {
  ok: false,
  status: 'cancelled',
  code: 'CANCELLED',
  text: 'ERROR CANCELLED: Cancelled before it started. Nothing was changed.',
}

/** A call that another process began and did not finish, and that may not be repeated unasked (AGENT.md D.8). */
export const interruptedCall: ToolResult = {
  ok: false,
  status: 'error',
  code: 'INTERRUPTED',
  text: 'ERROR INTERRUPTED: This call was interrupted before it ended. It may have happened; check before repeating.',
}
