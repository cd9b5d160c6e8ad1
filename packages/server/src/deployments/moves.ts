import { advance, type Deployment, deploymentMoves, type DeploymentStatus } from '@overskill/protocol'
import { and, eq } from 'drizzle-orm'
import { deployments } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import { type DeploymentRow, presentDeployment } from './present.ts'

/** Another has moved the deployment on, or owns it by now: nothing of what this one did counts. */
export class DeploymentLost extends Error {
  constructor(deployment: string) {
    super(`Deployment ${deployment} is in other hands`)
  }
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
