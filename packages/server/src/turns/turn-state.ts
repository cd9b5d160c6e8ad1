import type { Turn } from '@overskill/protocol'
import type { turns } from '../database/schema.ts'

export type TurnRow = typeof turns.$inferSelect

/** A turn as HTTP and events say it. */
export const presentTurn = (row: TurnRow): Turn => ({
  id: row.id,
  message: row.message,
  status: row.status,
  mode: row.mode,
  model: row.model,
  steps: row.steps,
  usage: row.usage,
  cost: row.cost,
  ...(row.version !== null && { version: row.version }),
  ...(row.deployment && { deployment: row.deployment }),
  ...(row.error && { error: row.error }),
  ...(row.deadline && row.status === 'running' && { deadline: row.deadline.toISOString() }),
})
