import { advance, type Deployment, deploymentMoves, type DeploymentStatus } from '@overskill/protocol'
import { and, eq, inArray } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { deployments, pointers } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import { type DeploymentRow, presentDeployment } from './present.ts'

/** Another has moved the deployment on, or owns it by now: nothing of what this one did counts. */
export class DeploymentLost extends Error {
  constructor(deployment: string) {
    super(`Deployment ${deployment} is in other hands`)
  }
}

/** Holds a deployment that is ours and under way until the transaction ends; throws `DeploymentLost` when it is not. */
export async function holdIn({ sql }: Pick<Write, 'sql'>, row: DeploymentRow): Promise<void> {
  const isOurs = and(eq(deployments.id, row.id), eq(deployments.leaseToken, row.leaseToken))
  const held = await sql
    .select({ id: deployments.id })
    .from(deployments)
    .where(and(isOurs, inArray(deployments.status, ['building', 'uploading'])))
    .for('update')
  if (held.length === 0) throw new DeploymentLost(row.id)
}

/** A legal move, as row and event, in the caller's transaction. */
export async function moveIn(
  write: Write,
  row: DeploymentRow,
  to: DeploymentStatus,
  set: Partial<DeploymentRow>,
  type: 'stage' | 'completed' | 'failed',
): Promise<DeploymentRow> {
  const { status } = advance(deploymentMoves, row, to)
  const [changed] = await write.sql
    .update(deployments)
    .set({ ...set, status })
    .where(
      and(eq(deployments.id, row.id), eq(deployments.status, row.status), eq(deployments.leaseToken, row.leaseToken)),
    )
    .returning()
  if (!changed) throw new DeploymentLost(row.id)
  await write.append(row.app, [{ type: `deployment.${type}`, deployment: presentDeployment(changed) }])
  return changed
}

/** Whether the address still shows this deployment: it may have been taken off line just after its pointer moved. */
export async function isShown({ sql }: { sql: Write['sql'] | Database }, row: DeploymentRow): Promise<boolean> {
  const isPlace = and(eq(pointers.app, row.app), eq(pointers.environment, row.environment))
  return (await sql.query.pointers.findFirst({ where: isPlace }))?.deployment === row.id
}

export type StageTimer = { end(name: Deployment['stages'][number]['name']): Deployment['stages'] }

/** Real times of the stages, in ms since the deployment was asked for; those that a former owner measured stay. */
export function startStages(row: DeploymentRow): StageTimer {
  const list: Deployment['stages'] = [...row.stages]
  let since = row.createdAt.getTime() + list.reduce((sum, { ms }) => sum + ms, 0)
  return {
    end(name) {
      const now = Date.now()
      list.push({ name, ms: Math.max(0, now - since) })
      since = now
      return [...list]
    },
  }
}
