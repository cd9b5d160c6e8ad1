import { and, eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addressesOf } from '../apps/addresses.ts'
import { createApps } from '../apps/apps.ts'
import { deployments } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog, type EventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { startStages } from './moves.ts'
import { createPointers } from './pointers.ts'
import { insertDeployment, insertLive, makeBuild, openTestEdge, visitorsOf, withLostAnswers } from './test-edge.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)
const addresses = addressesOf('http://localhost:4000', 'localhost')
const { edge } = await openTestEdge()
const visit = await visitorsOf(edge)

const pointersOn = (by: EventLog) =>
  createPointers({
    ...{ db, log: by, edge, onMoved: () => {} },
    apps: { present: () => Promise.reject(new Error('No app changes')) },
  })

/** An app whose preview serves `one`, and the deployment of `two` that is about to take its place. */
async function startedDeployment() {
  const app = await insertTestApp(db)
  const { artifact, contents } = makeBuild('one')
  await edge.store(artifact, contents)
  edge.putApp({ app, slug: app })
  const place = { app, environment: 'preview' } as const
  const { fence } = await insertLive(db, { ...place, version: 'one' })
  await edge.switchTo({ ...place, artifactHash: artifact.hash, fence })
  const row = await insertDeployment(db, { ...place, version: 'two', status: 'uploading' })
  return { app, row }
}

const rowOf = (id: string) => db.query.deployments.findFirst({ where: eq(deployments.id, id) })

test('L31: a deployment whose pointer moved without an answer is served when it is said to be live', async () => {
  const { app, row } = await startedDeployment()
  const { artifact, contents } = makeBuild('two')
  await edge.store(artifact, contents)
  await expect(pointersOn(withLostAnswers(log)).point(row, startStages(row))).rejects.toThrow('The answer was lost')
  expect((await visit(`preview-${app}`)).body).toBe('<p>one</p>')

  await pointersOn(log).confirm(row)

  expect((await visit(`preview-${app}`)).body).toBe('<p>two</p>')
  expect(await rowOf(row.id)).toMatchObject({ status: 'live' })
})

test('L31: a deployment whose build is gone from the edge is not said to be live, and leaves its lane free', async () => {
  const { app, row } = await startedDeployment()
  const gone = { ...row, artifact: makeBuild('three').artifact.hash }
  await db.update(deployments).set({ artifact: gone.artifact }).where(eq(deployments.id, row.id))
  await expect(pointersOn(log).point(gone, startStages(gone))).rejects.toThrow(row.id)

  await pointersOn(log).confirm(gone)

  expect(await rowOf(row.id)).toMatchObject({ status: 'failed' })
  expect((await visit(`preview-${app}`)).body).toBe('<p>one</p>')
})

test('L33: an environment is taken off line though the deployment that it shows has failed at its last step', async () => {
  const { app, row } = await startedDeployment()
  const gone = { ...row, artifact: makeBuild('four').artifact.hash }
  await db.update(deployments).set({ artifact: gone.artifact }).where(eq(deployments.id, row.id))
  await expect(pointersOn(log).point(gone, startStages(gone))).rejects.toThrow(row.id)
  await pointersOn(log).confirm(gone)
  await db
    .update(deployments)
    .set({ status: 'superseded' })
    .where(and(eq(deployments.app, app), eq(deployments.status, 'live')))
  const apps = createApps({ db, log, addresses, starter: new Map(), onNames: async () => {} })
  const offLine = createPointers({ db, log, edge, apps, onMoved: () => {} })
  expect(await offLine.remove(app, 'preview')).toBe(true)
  expect((await visit(`preview-${app}`)).status).toBe(404)
  expect(await offLine.remove(app, 'preview')).toBe(false)
})
