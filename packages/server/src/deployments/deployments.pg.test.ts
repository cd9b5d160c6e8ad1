import { type DeploymentStatus, type Environment, newId, ok } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { addressesOf } from '../apps/addresses.ts'
import { createApps } from '../apps/apps.ts'
import { deployments as rows } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createInProcessDispatcher } from '../dispatch/in-process-dispatcher.ts'
import { createInProcessBus } from '../events/event-bus.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createDeploymentLeases } from './deployment-leases.ts'
import { createDeployments } from './deployments.ts'
import { createPipeline } from './pipeline.ts'
import { createPointers } from './pointers.ts'

const { db } = await withTestDatabase()
const bus = createInProcessBus()
const log = createEventLog(db)
const mistake = (error: unknown): void => expect(error).toBeUndefined()
const never = () => Promise.reject(new Error('Nothing is built here'))
const addresses = addressesOf('http://localhost:4000', 'localhost')
const apps = createApps({ db, log, addresses, starter: new Map(), onNames: async () => {} })
const edge = { switchTo: never, remove: () => ok(undefined) }
const pointers = createPointers({ db, log, edge, apps, onMoved: () => {} })
const pipeline = createPipeline({
  ...{ db, log, bus, pointers, isAlone: true, onError: mistake, buildVersion: never },
  dispatcher: createInProcessDispatcher(mistake),
  leases: createDeploymentLeases({ db, log, owner: 'here' }),
  artifacts: { has: async () => false, store: never },
})
const deployments = createDeployments({ db, log, apps, addresses, pipeline, pointers })

/** Deployments of one environment, the oldest first, as rows that are there. */
async function insert(app: string, environment: Environment, statuses: readonly DeploymentStatus[]): Promise<string[]> {
  const values = statuses.map((status) => ({
    id: newId('dep'),
    app,
    environment,
    status,
    version: 1,
    url: 'http://x/',
  }))
  for (const value of values) await db.insert(rows).values(value) // one by one: their fences are in this order
  return values.map(({ id }) => id)
}

const many = (count: number, status: DeploymentStatus) => Array.from({ length: count }, () => status)

test('a page begins with the 30 newest deployments of each environment and whatever is live, the newest first', async () => {
  const app = await insertTestApp(db)
  const shown = await insert(app, 'preview', ['live'])
  const production = await insert(app, 'production', [...many(31, 'superseded'), 'live'])
  const failed = await insert(app, 'preview', many(60, 'failed'))

  const known = (await deployments.recent(app)).map(({ id }) => id)

  expect(known).toEqual([...failed.slice(-30).toReversed(), ...production.slice(-30).toReversed(), ...shown])
})

test('L33: production is down when nothing is shown there and nothing on its way will arrive', async () => {
  const app = await insertTestApp(db)
  const isDown = () => log.write((write) => deployments.isDown(write, app))
  expect(await isDown(), 'never published').toBe(true)
  for (const status of ['queued', 'building', 'uploading', 'live'] as const) {
    await insert(app, 'production', [status])
    expect(await isDown(), status).toBe(false)
    await deployments.takeDown(app)
    expect(await isDown(), `${status}, taken down`).toBe(true)
  }
})
