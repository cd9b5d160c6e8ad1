import { type App, type Deployment, type Environment, fail, must, ok, type Outcome } from '@overskill/protocol'
import { and, desc, eq, gt, inArray, lt, ne, type SQL } from 'drizzle-orm'
import { type Addresses, previewUrl, productionUrl } from '../apps/addresses.ts'
import type { AppRow, Apps } from '../apps/apps.ts'
import { lockApp } from '../apps/lock-app.ts'
import type { Database } from '../database/database.ts'
import { deployments, pointers, versions } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { Pipeline } from './pipeline.ts'
import type { Pointers } from './pointers.ts'
import { type DeploymentRow, presentDeployment } from './present.ts'

/** A deployment that was asked for, and its end. `ended` never rejects. */
export type Asked = { deployment: Deployment; ended: Promise<Deployment> }

/** Called in the transaction that records a deployment. */
export type AlsoStored = (write: Write, deployment: Deployment) => Promise<void>

/** What can be asked of an app's environments. Production only by a person (L29): no function here has a default for it. */
export type Deployments = {
  /** Without `version`: preview = the newest, production = the one now live in preview. */
  deploy(
    app: string,
    environment: Environment,
    version?: number,
    turn?: string,
    also?: AlsoStored,
  ): Promise<Outcome<Asked>>
  /** Records the deployment of a new version to preview in the caller's transaction, which holds the app; begun after the commit. */
  deployIn(write: Write, app: string, version: number): Promise<void>
  /** Gives up a deployment that has not gone live. */
  cancel(deployment: string): Promise<void>
  /** A new deployment of what an older one showed. */
  rollback(app: string, deployment: string, also?: AlsoStored): Promise<Outcome<Asked>>
  unpublish(app: string): Promise<Outcome<App>>
  /** Unpublishes an app that is about to be deleted, if it was published. */
  takeDown(app: string): Promise<void>
  /** Whether production shows nothing and nothing on its way there will arrive, as a transaction sees it that holds the app. */
  isDown(write: Write, app: string): Promise<boolean>
  list(app: string, before: number | undefined, limit: number): Promise<{ items: Deployment[]; next?: string }>
  /** For the beginning of a page: the newest ones of each environment, and whatever is live. The newest first. */
  recent(app: string): Promise<Deployment[]>
}

/** How many deployments of one environment a page begins with. */
const recentOnes = 30

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

export const createDeployments = (options: DeploymentsOptions): Deployments => new AppDeployments(options)

class AppDeployments implements Deployments {
  readonly #options: DeploymentsOptions

  constructor(options: DeploymentsOptions) {
    this.#options = options
  }

  async deploy(
    id: string,
    environment: Environment,
    version?: number,
    turn?: string,
    also?: AlsoStored,
  ): Promise<Outcome<Asked>> {
    const app = await this.#options.apps.find(id)
    if (!app.ok) return app
    const what = await this.#choose(app.value, environment, version)
    if (!what.ok) return what
    const isVersion = and(eq(versions.app, id), eq(versions.number, what.value.version))
    const there = await this.#options.db.query.versions.findFirst({ where: isVersion })
    if (!there) return fail('not_found', `This app has no version ${what.value.version}.`)
    const before = turn === undefined ? undefined : await this.#askedBy(turn, what.value.version)
    if (before) {
      const deployment = presentDeployment(before)
      return ok({ deployment, ended: this.#options.pipeline.ended(id, deployment) })
    }
    return this.#ask(app.value, environment, what.value, turn, also)
  }

  async deployIn(write: Write, app: string, version: number): Promise<void> {
    const { pipeline, addresses } = this.#options
    const url = previewUrl(addresses, app)
    const added = await pipeline.add(write, { app, environment: 'preview', version, url })
    write.afterCommit(() => void pipeline.start(added)) // where this process dies first, another finds it
  }

  cancel(deployment: string): Promise<void> {
    return this.#options.pipeline.cancel(deployment)
  }

  async rollback(id: string, deployment: string, also?: AlsoStored): Promise<Outcome<Asked>> {
    const app = await this.#options.apps.find(id)
    if (!app.ok) return app
    const isThis = and(eq(deployments.app, id), eq(deployments.id, deployment))
    const row = await this.#options.db.query.deployments.findFirst({ where: isThis })
    if (!row) return fail('not_found', `This app has no deployment ${deployment}.`)
    const nothing = 'That deployment never went live: there is nothing to roll back to.'
    if (row.artifact === null) return fail('conflict', nothing)
    return this.#ask(app.value, row.environment, whatOf(row), undefined, also)
  }

  async unpublish(id: string): Promise<Outcome<App>> {
    const { apps, pointers: pointer } = this.#options
    const app = await apps.find(id)
    if (!app.ok) return app
    if (!(await pointer.remove(id, 'production'))) return fail('conflict', 'This app is not published.')
    const after = await apps.find(id)
    return after.ok ? ok(await apps.present(after.value)) : after
  }

  async takeDown(id: string): Promise<void> {
    await this.#options.pointers.remove(id, 'production')
  }

  async isDown({ sql }: Write, app: string): Promise<boolean> {
    const isPlace = and(eq(pointers.app, app), eq(pointers.environment, 'production'))
    const [pointer] = await sql.select().from(pointers).where(isPlace)
    if (pointer && pointer.artifact !== null) return false
    const isComing = and(
      eq(deployments.app, app),
      eq(deployments.environment, 'production'),
      inArray(deployments.status, ['queued', 'building', 'uploading', 'live']),
      gt(deployments.fence, pointer?.fence ?? 0),
    )
    return (await sql.select({ id: deployments.id }).from(deployments).where(isComing).limit(1)).length === 0
  }

  async list(app: string, before: number | undefined, limit: number): Promise<{ items: Deployment[]; next?: string }> {
    const rows = await this.#newest(app, before === undefined ? undefined : lt(deployments.fence, before), limit + 1)
    const shown = rows.slice(0, limit)
    const next = rows.length > limit ? String(must(shown.at(-1), 'The last one').fence) : undefined
    return { items: shown.map(presentDeployment), ...(next && { next }) }
  }

  async recent(app: string): Promise<Deployment[]> {
    const { environment, status } = deployments
    const found = await Promise.all([
      this.#newest(app, eq(environment, 'preview'), recentOnes),
      this.#newest(app, eq(environment, 'production'), recentOnes),
      this.#newest(app, eq(status, 'live'), recentOnes),
    ])
    const each = new Map(found.flat().map((row) => [row.id, row]))
    return [...each.values()].toSorted((a, b) => b.fence - a.fence).map(presentDeployment)
  }

  #newest(app: string, which: SQL | undefined, limit: number): Promise<DeploymentRow[]> {
    return this.#options.db
      .select()
      .from(deployments)
      .where(and(eq(deployments.app, app), which))
      .orderBy(desc(deployments.fence))
      .limit(limit)
  }

  async #ask(
    app: AppRow,
    environment: Environment,
    what: What,
    turn?: string,
    also?: AlsoStored,
  ): Promise<Outcome<Asked>> {
    const { log, pipeline, addresses } = this.#options
    const url = environment === 'preview' ? previewUrl(addresses, app.id) : productionUrl(addresses, app.slug)
    const input = { ...what, app: app.id, environment, url, ...(turn && { turn }) }
    // Who deletes the app meanwhile either finds this deployment and takes it down, or is found here.
    const added = await log.write(async (write) => {
      if (!(await lockApp(write, app.id))) return undefined
      const recorded = await pipeline.add(write, input)
      await also?.(write, recorded.deployment)
      return recorded
    })
    if (!added) return fail('not_found', `There is no app ${app.id}.`)
    return ok({ deployment: added.deployment, ended: pipeline.start(added) })
  }

  /** What a former owner of a turn asked for: it goes on, or has ended, whoever owns the turn by now. */
  async #askedBy(turn: string, version: number): Promise<DeploymentRow | undefined> {
    const isThis = and(eq(deployments.turn, turn), eq(deployments.version, version))
    return this.#options.db.query.deployments.findFirst({
      where: and(isThis, eq(deployments.stopAsked, false), ne(deployments.status, 'superseded')),
      orderBy: desc(deployments.fence),
    })
  }

  /** What to deploy: the version that is named, or the one that the environment stands for; a promotion takes the artifact along. */
  async #choose(app: AppRow, environment: Environment, version?: number): Promise<Outcome<What>> {
    if (environment === 'preview') {
      const number = version ?? app.version
      return number === null ? fail('nothing_to_publish', 'This app has no version yet.') : ok({ version: number })
    }
    const shown = await this.#livePreview(app.id)
    if (shown && (version === undefined || version === shown.version)) return ok(shown)
    if (version !== undefined) return ok({ version })
    return fail('nothing_to_publish', 'Nothing is live in preview yet. Publishing promotes what the preview shows.')
  }

  async #livePreview(app: string): Promise<What | undefined> {
    const [row] = await this.#options.db
      .select({ version: deployments.version, artifact: deployments.artifact, bytes: deployments.bytes })
      .from(pointers)
      .innerJoin(deployments, eq(deployments.id, pointers.deployment))
      .where(and(eq(pointers.app, app), eq(pointers.environment, 'preview')))
    return row && whatOf(row)
  }
}
