import type { DeclaredCall, ToolResult } from '@overskill/agent'
import type { NewAppEvent, ToolCallStatus } from '@overskill/protocol'
import { and, eq, lt, or } from 'drizzle-orm'
import { runStatement } from '../database/run-statement.ts'
import { toolExecutions } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import type { ShownCall } from './reply-blocks.ts'
import { withoutNul } from './stored-json.ts'

/** A tool call's row (L2): who writes it, with which lease, and how its tools behave after a crash. */
export type CallOwner = { turn: string; leaseToken: number; effectOf: (tool: string) => 'transactional' | 'external' }

const isCall = ({ turn }: CallOwner, call: DeclaredCall) =>
  and(eq(toolExecutions.turn, turn), eq(toolExecutions.step, call.step), eq(toolExecutions.position, call.position))

/** Writes the block and its call ahead of its run, or with its end when it never ran. A second one of the same place throws (L5). */
export async function storeCall(
  { sql }: Write,
  owner: CallOwner,
  call: DeclaredCall,
  block: number,
  status: ToolCallStatus,
  result?: ToolResult,
): Promise<void> {
  const { step, position, index } = call
  const { turn, leaseToken } = owner
  const now = new Date().toISOString()
  const started = status === 'running' ? now : null
  const { result: said, errorCode } = result ? endOf(result) : { result: null, errorCode: null }
  await runStatement(sql, callStatement, [
    ...[turn, step, index, JSON.stringify(call.block), position, call.call, call.providerId, block, call.name],
    ...[withoutNul(call.inputText), owner.effectOf(call.name), status, leaseToken, said, errorCode],
    ...[started, result ? now : null],
  ])
}

/** One statement: a burst of calls waits for as many round trips as it has calls, and no more. */
const callStatement = `
    with block as (insert into blocks (turn, step, index, raw) values ($1, $2, $3, $4))
    insert into tool_executions (
      turn, step, index, position, call, provider_id, block, name, input_text, effect, status, lease_token,
      result, error_code, started_at, finished_at
    ) values ($1, $2, $3, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

/** A queued call starts, or one that a former owner of the turn had started; throws when this owner started it before (L5). */
export async function startCall({ sql }: Write, owner: CallOwner, call: DeclaredCall): Promise<void> {
  const moved = await sql
    .update(toolExecutions)
    .set({ status: 'running', startedAt: new Date(), leaseToken: owner.leaseToken })
    .where(
      and(
        isCall(owner, call),
        or(
          eq(toolExecutions.status, 'queued'),
          and(eq(toolExecutions.status, 'running'), lt(toolExecutions.leaseToken, owner.leaseToken)),
        ),
      ),
    )
    .returning({ call: toolExecutions.call })
  if (moved.length === 0) throw new Error(`Call ${call.call} was started before`)
}

/** A call ends: its row was there, or it ends without ever having been queued. */
export async function endCall(
  write: Write,
  owner: CallOwner,
  call: DeclaredCall,
  block: number,
  result: ToolResult,
): Promise<void> {
  const status = result.ok ? 'complete' : result.status
  const { result: said, errorCode } = endOf(result)
  const ended = await runStatement(write.sql, endStatement, [
    ...[owner.turn, call.step, call.position, said, errorCode, status, new Date().toISOString()],
  ])
  if (ended.length === 0) await storeCall(write, owner, call, block, status, result)
}

const endStatement = `
    update tool_executions set result = $4, error_code = $5, status = $6, finished_at = $7
    where turn = $1 and step = $2 and position = $3 returning 1`

const endOf = (result: ToolResult) => ({
  result: withoutNul(result.text),
  errorCode: result.ok ? null : result.code,
})

type Place = { message: string; block: number; call: string; name: string }

export const placeOf = (message: string, { block, call, name }: ShownCall): Place => ({ message, block, call, name })

/** The event that ends a call on the screen. */
export function endEvent(at: Place, result: ToolResult, ms: number): NewAppEvent {
  if (result.ok) {
    const { text, added, removed } = result
    const lines = { ...(added !== undefined && { added }), ...(removed !== undefined && { removed }) }
    return { type: 'tool.completed', ...at, status: 'complete', result: text, ms, ...lines }
  }
  const error = { code: result.code, message: result.text }
  return { type: 'tool.failed', ...at, status: result.status, result: result.text, error, ms }
}
