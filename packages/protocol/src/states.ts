import { z } from 'zod'
import { assert } from './must.ts'

/** API.md "States": one table each, and only these moves are legal. */

export const ToolCallStatus = z.enum(['pending', 'queued', 'running', 'complete', 'error', 'timeout', 'cancelled'])
export type ToolCallStatus = z.infer<typeof ToolCallStatus>

export const TurnStatus = z.enum(['queued', 'running', 'completed', 'failed', 'stopped'])
export type TurnStatus = z.infer<typeof TurnStatus>

export const DeploymentStatus = z.enum(['queued', 'building', 'uploading', 'live', 'superseded', 'removed', 'failed'])
export type DeploymentStatus = z.infer<typeof DeploymentStatus>

/** `new`: no version yet; `working`: a turn runs or waits; `broken`: the newest version does not build. */
export const AppStatus = z.enum(['new', 'working', 'ready', 'broken'])
export type AppStatus = z.infer<typeof AppStatus>

export const toolCallMoves: Record<ToolCallStatus, readonly ToolCallStatus[]> = {
  pending: ['queued', 'error', 'cancelled'],
  queued: ['running', 'cancelled'],
  running: ['complete', 'error', 'timeout', 'cancelled'],
  complete: [],
  error: [],
  timeout: [],
  cancelled: [],
}

export const turnMoves: Record<TurnStatus, readonly TurnStatus[]> = {
  queued: ['running', 'stopped'],
  running: ['completed', 'failed', 'stopped', 'queued'],
  completed: [],
  failed: [],
  stopped: [],
}

export const deploymentMoves: Record<DeploymentStatus, readonly DeploymentStatus[]> = {
  queued: ['building', 'failed', 'superseded'],
  building: ['uploading', 'failed', 'superseded'],
  uploading: ['live', 'failed', 'superseded'],
  live: ['superseded', 'removed'],
  superseded: [],
  removed: [],
  failed: [],
}

/** Whether a thing in this state has ended: no move leads out of it. */
export const isFinal = <S extends string>(moves: Record<S, readonly S[]>, status: S): boolean =>
  moves[status].length === 0

/** The only way a status changes. A step back or a second ending is a bug of ours, and throws. */
export function advance<S extends string, T extends { status: S }>(moves: Record<S, readonly S[]>, thing: T, to: S): T {
  assert(moves[thing.status].includes(to), `A ${thing.status} thing cannot become ${to}`)
  return { ...thing, status: to }
}
