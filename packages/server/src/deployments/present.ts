import type { Deployment } from '@overskill/protocol'
import type { deployments } from '../database/schema.ts'

export type DeploymentRow = typeof deployments.$inferSelect

/** A deployment as HTTP and events say it. */
export const presentDeployment = (row: DeploymentRow): Deployment => ({
  id: row.id,
  environment: row.environment,
  version: row.version,
  ...(row.artifact !== null && { artifact: row.artifact }),
  ...(row.bytes !== null && { bytes: row.bytes }),
  url: row.url,
  status: row.status,
  stages: row.stages,
  ...(row.error !== null && { error: row.error }),
  createdAt: row.createdAt.toISOString(),
})
