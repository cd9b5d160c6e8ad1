import {
  type DeclaredCall,
  entriesOfStep,
  type HistoryEntry,
  interruptedCall,
  type RawBlock,
  type ToolResult,
} from '@overskill/agent'
import { must } from '@overskill/protocol'
import { and, asc, eq, inArray, isNotNull, lt, sql as raw, type SQLWrapper } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { blocks, steps, toolExecutions, turns } from '../database/schema.ts'

type Execution = typeof toolExecutions.$inferSelect
type StepRow = Pick<typeof steps.$inferSelect, 'turn' | 'step' | 'stop' | 'taken' | 'after' | 'history'>

/** One stored step: the reply's complete blocks in the provider's order, and what became of its calls. */
export type StoredStep = StepRow & { blocks: { index: number; block: RawBlock }[]; calls: Execution[] }

/** The steps of a turn, in order. */
export async function readSteps(db: Database, turn: string): Promise<StoredStep[]> {
  return (await stepsByTurn(db, [turn])).get(turn) ?? []
}

/** The steps of these turns, each turn's in order; one without any is left out. */
async function stepsByTurn(db: Database, of: string[] | SQLWrapper): Promise<Map<string, StoredStep[]>> {
  const { turn, step, stop, taken, after, history } = steps
  const [stepRows, blockRows, calls] = await Promise.all([
    db
      .select({ turn, step, stop, taken, after, history })
      .from(steps)
      .where(inArray(steps.turn, of))
      .orderBy(asc(steps.step)),
    db.select().from(blocks).where(inArray(blocks.turn, of)).orderBy(asc(blocks.step), asc(blocks.index)),
    db
      .select()
      .from(toolExecutions)
      .where(inArray(toolExecutions.turn, of))
      .orderBy(asc(toolExecutions.step), asc(toolExecutions.position)),
  ])
  const placeOf = (at: { turn: string; step: number }): string => `${at.turn} ${at.step}`
  const blocksAt = Map.groupBy(blockRows, placeOf)
  const callsAt = Map.groupBy(calls, placeOf)
  const stored = stepRows.map((row) => ({
    ...row,
    blocks: (blocksAt.get(placeOf(row)) ?? []).map(({ index, raw }) => ({ index, block: JSON.parse(raw) as RawBlock })),
    calls: callsAt.get(placeOf(row)) ?? [],
  }))
  return Map.groupBy(stored, (one) => one.turn)
}

/** The call as the model made it. */
const declaredCall = (row: Execution, block: RawBlock): DeclaredCall => ({
  step: row.step,
  position: row.position,
  call: row.call,
  index: row.index,
  providerId: row.providerId,
  name: row.name,
  inputText: row.inputText,
  block,
})

/** What a call is answered with; one that never got its end says so. Never a placeholder (L1, L15). */
export const resultOf = ({ status, result, errorCode }: Execution): ToolResult =>
  status === 'complete'
    ? { ok: true, text: result ?? '' }
    : { ok: false, status: 'error', code: errorCode ?? 'INTERRUPTED', text: result ?? interruptedCall.text }

/** A step's blocks without its calls, and its calls with their blocks. */
export function splitStep({ blocks: reply, calls }: StoredStep) {
  const blockOf = (row: Execution): RawBlock =>
    must(
      reply.find(({ index }) => index === row.index),
      `The block of call ${row.call}`,
    ).block
  return {
    blocks: reply.filter(({ index }) => !calls.some((call) => call.index === index)),
    calls: calls.map((row) => ({ row, call: declaredCall(row, blockOf(row)) })),
  }
}

/** A finished step as the model gets it back. */
export function stepEntries(step: StoredStep): HistoryEntry[] {
  if (!step.taken) return []
  const { blocks: rest, calls } = splitStep(step)
  const after = step.after as HistoryEntry | null
  return entriesOfStep({
    blocks: rest,
    calls: calls.map(({ row, call }) => ({ call, result: resultOf(row) })),
    ...(after && { after }),
  })
}

/** The conversation after further steps, each as it was sent and received; one that made it shorter begins it anew (B.5 18). */
export function addSteps(before: readonly HistoryEntry[], stored: readonly StoredStep[]): HistoryEntry[] {
  let entries = [...before]
  for (const step of stored) {
    if (step.history) entries = step.history as HistoryEntry[]
    entries = [...entries, ...stepEntries(step)]
  }
  return entries
}

/** The turns before a place in an app's queue whose words the model gets back. What was refused is not said again (B.5 49). */
export const isRemembered = (app: string, position: number) =>
  and(
    eq(turns.app, app),
    lt(turns.position, position),
    isNotNull(turns.opening),
    raw`${turns.error} ->> 'code' is distinct from 'model_refused'`,
  )

/** The model conversation before a turn: every earlier turn that reached the model, as it was sent and received. */
export async function readHistory(db: Database, app: string, position: number): Promise<HistoryEntry[]> {
  const isEarlier = isRemembered(app, position)
  const [earlier, stepsOf] = await Promise.all([
    db.select({ id: turns.id, opening: turns.opening }).from(turns).where(isEarlier).orderBy(asc(turns.position)),
    stepsByTurn(db, db.select({ id: turns.id }).from(turns).where(isEarlier)),
  ])
  let entries: HistoryEntry[] = []
  for (const { id, opening } of earlier) {
    entries = addSteps([...entries, ...(opening as HistoryEntry[])], stepsOf.get(id) ?? [])
  }
  return joinUsers(entries)
}

/** Two entries of one side in a row become one: results first, then what the person says. */
export function joinUsers(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const joined: HistoryEntry[] = []
  for (const entry of entries) {
    const last = joined.at(-1)
    if (entry.role === 'user' && last?.role === 'user') {
      joined[joined.length - 1] = { role: 'user', content: [...last.content, ...entry.content] }
    } else joined.push(entry)
  }
  return joined
}
