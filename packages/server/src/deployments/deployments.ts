import { type App, type Deployment, type Environment, fail, must, ok, type Outcome } from '@overskill/protocol'
import { and, desc, eq, lt } from 'drizzle-orm'
import { type Addresses, previewUrl, productionUrl } from '../apps/addresses.ts'
import type { AppRow, Apps } from '../apps/apps.ts'
import type { Database } from '../database/database.ts'
import { deployments, pointers, versions } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'
import type { Pipeline } from './pipeline.ts'
import type { Pointers } from './pointers.ts'
import { presentDeployment } from './present.ts'

/** A deployment that was asked for, and its end. `ended` never rejects. */
export type Asked = { deployment: Deployment; ended: Promise<Deployment> }

/** What can be asked of an app's environments. Production only by a person (L29): no function here has a default for it. */
export type Deployments = {
  /** Without `version`: preview = the newest, production = the one now live in preview. */
  deploy(app: string, environment: Environment, version?: number, turn?: string): Promise<Outcome<Asked>>
  /** A new deployment of what an older one showed. */
  rollback(app: string, deployment: string): Promise<Outcome<Asked>>
  unpublish(app: string): Promise<Outcome<App>>
  list(app: string, before: string | undefined, limit: number): Promise<{ items: Deployment[]; next?: string }>
  /** The newest ones, for the beginning of a page. */
  recent(app: string): Promise<Deployment[]>
}

/** A version, and its artifact when that very one is meant. */
type What = { version: number; artifact?: string; bytes?: number }

const whatOf = ({
  version,
  artifact,
  bytes,
}: {
  version: number
  artifact: string | null
  bytes: number | null
}): What => ({
  version,
  ...(artifact !== null && { artifact }),
  ...(bytes !== null && { bytes }),
})

export type DeploymentsOptions = {
  db: Database
  log: EventLog
  apps: Apps
  addresses: Addresses
  pipeline: Pipeline
  pointers: Pointers
}

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { db, log, apps, addresses, pipeline, pointers: pointer } = options

  const urlOf = (app: AppRow, environment: Environment): string =>
    environment === 'preview' ? previewUrl(addresses, app.id) : productionUrl(addresses, app.slug)

  const ask = async (app: AppRow, environment: Environment, what: What, turn?: string): Promise<Asked> => {
    const input = { ...what, app: app.id, environment, url: urlOf(app, environment), ...(turn && { turn }) }
    const deployment = await log.write((write) => pipeline.add(write, input))
    return { deployment, ended: pipeline.start({ ...deployment, app: app.id }) }
  }

  const livePreview = async (app: string): Promise<What | undefined> => {
    const [row] = await db
      .select({ version: deployments.version, artifact: deployments.artifact, bytes: deployments.bytes })
      .from(pointers)
      .innerJoin(deployments, eq(deployments.id, pointers.deployment))
      .where(and(eq(pointers.app, app), eq(pointers.environment, 'preview')))
    return row && whatOf(row)
  }

  /** What to deploy: the version that is named, or the one that the environment stands for; a promotion takes the artifact along. */
  const chosen = async (app: AppRow, environment: Environment, version?: number): Promise<Outcome<What>> => {
    if (environment === 'preview') {
      const number = version ?? app.version
      return number === null ? fail('nothing_to_publish', 'This app has no version yet.') : ok({ version: number })
    }
    const shown = await livePreview(app.id)
    if (shown && (version === undefined || version === shown.version)) return ok(shown)
    if (version !== undefined) return ok({ version })
    return fail('nothing_to_publish', 'Nothing is live in preview yet. Publishing promotes what the preview shows.')
  }

  return {
    async deploy(id, environment, version, turn) {
      const app = await apps.find(id)
      if (!app.ok) return app
      const what = await chosen(app.value, environment, version)
      if (!what.ok) return what
      const number = what.value.version
      const there = await db.query.versions.findFirst({
        where: and(eq(versions.app, id), eq(versions.number, number)),
      })
      if (!there) return fail('not_found', `This app has no version ${number}.`)
      return ok(await ask(app.value, environment, what.value, turn))
    },

    async rollback(id, deployment) {
      const app = await apps.find(id)
      if (!app.ok) return app
      const row = await db.query.deployments.findFirst({
        where: and(eq(deployments.app, id), eq(deployments.id, deployment)),
      })
      if (!row) return fail('not_found', `This app has no deployment ${deployment}.`)
      if (row.artifact === null)
        return fail('conflict', 'That deployment never went live: there is nothing to roll back to.')
      return ok(await ask(app.value, row.environment, whatOf(row)))
    },

    async unpublish(id) {
      const app = await apps.find(id)
      if (!app.ok) return app
      if (!(await pointer.remove(id, 'production'))) return fail('conflict', 'This app is not published.')
      const after = await apps.find(id)
      return after.ok ? ok(await apps.present(after.value)) : after
    },

    async list(app, before, limit) {
      const below = before === undefined ? undefined : lt(deployments.fence, Number(before))
      const rows = await db
        .select()
        .from(deployments)
        .where(and(eq(deployments.app, app), below))
        .orderBy(desc(deployments.fence))
        .limit(limit + 1)
      const shown = rows.slice(0, limit)
      const next = rows.length > limit ? String(must(shown.at(-1), 'The last one').fence) : undefined
      return { items: shown.map(presentDeployment), ...(next && { next }) }
    },

    async recent(app) {
      const rows = await db
        .select()
        .from(deployments)
        .where(eq(deployments.app, app))
        .orderBy(desc(deployments.fence))
        .limit(50)
      return rows.map(presentDeployment)
    },
  }
}
