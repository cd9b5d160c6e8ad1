import { once } from 'node:events'
import { must, ok } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { lockApp } from '../apps/lock-app.ts'
import { apps, deployments } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createInProcessDispatcher } from '../dispatch/in-process-dispatcher.ts'
import { newOwner } from '../dispatch/lease-terms.ts'
import { createInProcessBus } from '../events/event-bus.ts'
import { createEventLog } from '../events/event-log.ts'
import type { Built } from './build-version.ts'
import { createDeploymentLeases } from './deployment-leases.ts'
import { DeploymentLost, holdIn, moveIn, startStages } from './moves.ts'
import { createPointers } from './pointers.ts'
import { createPipeline } from './pipeline.ts'

const { db } = await withTestDatabase()
const bus = createInProcessBus()
const log = createEventLog(db, { bus })
await db.insert(apps).values({ id: 'aaaaaa', name: 'One', slug: 'one', model: 'sample/builder' })
afterEach(() => db.delete(deployments)) // what a test leaves under way is not the next one's
const mistake = (error: unknown): void => expect(error).toBeUndefined()

/** A pipeline of a process of its own, whose builds last until `built` settles or they are given up. */
function openPipeline({ isAlone = false, built = Promise.withResolvers<Built>().promise } = {}) {
  const begun = Promise.withResolvers<void>()
  const owner = newOwner()
  const dispatcher = createInProcessDispatcher(mistake)
  const pipeline = createPipeline({
    ...{ db, log, bus, isAlone, onError: mistake },
    dispatcher,
    leases: createDeploymentLeases({ db, log, owner }),
    artifacts: { has: async () => false, store: async () => {} },
    pointers: {
      point: (row) => log.write((write) => moveIn(write, row, 'live', {}, 'completed')).then(() => undefined),
      pointsTo: async () => false,
      confirm: async () => {},
      remove: async () => false,
    },
    async buildVersion(_app, _version, signal) {
      begun.resolve()
      const given = signal.aborted ? Promise.resolve() : once(signal, 'abort')
      return Promise.race([built, given.then((): Built => ({ ok: false, errors: [] }))])
    },
  })
  const ask = () =>
    log.write((write) => pipeline.add(write, { app: 'aaaaaa', environment: 'preview', version: 1, url: 'http://x/' }))
  return { pipeline, ask, begun: begun.promise, owner, dispatcher }
}

const rowOf = (id: string) => db.query.deployments.findFirst({ where: eq(deployments.id, id) })

test('L16: a deployment that is given up ends its build and counts as superseded, not as failed', async () => {
  const { pipeline, ask, begun } = openPipeline()
  await pipeline.serve()
  const added = await ask()
  const ended = pipeline.start(added)
  await begun

  await pipeline.cancel(added.deployment.id)

  expect(await ended).toMatchObject({ id: added.deployment.id, status: 'superseded' })
  await pipeline.close()
})

test('a deployment that is given up before its turn never builds', async () => {
  const { pipeline, ask } = openPipeline()
  await pipeline.serve()
  const added = await ask()

  await pipeline.cancel(added.deployment.id)

  expect(await pipeline.start(added)).toMatchObject({ status: 'superseded' })
  await pipeline.close()
})

test('one that another process builds is given up there, and its end is heard here', async () => {
  const [web, builder] = [openPipeline(), openPipeline()]
  await builder.pipeline.serve()
  const added = await web.ask()
  const ended = web.pipeline.start(added) // nobody serves there: the builder finds it by itself
  await builder.begun
  await web.pipeline.cancel(added.deployment.id)
  expect(await ended).toMatchObject({ status: 'superseded' })
  await Promise.all([web.pipeline.close(), builder.pipeline.close()])
})

test('when the program ends, what was being built stays open and is built by the next start: no state goes back', async () => {
  const first = openPipeline({ isAlone: true })
  await first.pipeline.serve()
  const added = await first.ask()
  const ended = first.pipeline.start(added)
  await first.begun
  await first.pipeline.close()
  expect(await ended).toMatchObject({ status: 'building' })

  const second = openPipeline({ isAlone: true, built: Promise.resolve({ ok: true, hash: 'h', bytes: 1 }) })
  await second.pipeline.serve()
  expect(await second.pipeline.ended('aaaaaa', added.deployment)).toMatchObject({ status: 'live', artifact: 'h' })
  await second.pipeline.close()
})

test('A4: a deployment that is claimed while its process ends is given back: the next owner need not wait for its lease', async () => {
  const { pipeline, ask } = openPipeline()
  await pipeline.serve()
  const added = await ask()
  const { closing } = await log.write(async (write) => {
    await lockApp(write, 'aaaaaa') // the claim is under way
    void pipeline.start(added)
    const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await db.execute(waits)).rowCount, { timeout: 5_000 }).toBe(1)
    const closed = pipeline.close()
    await new Promise(setImmediate)
    return { closing: closed }
  })
  await closing
  expect(await rowOf(added.deployment.id)).toMatchObject({ status: 'building', leaseOwner: null, leaseUntil: null })
})

test('A4: what a living process builds is left to it; of one that died it is built elsewhere, but not before its lease is over', async () => {
  const other = openPipeline()
  const { deployment } = await other.ask()
  const leaseUntil = new Date(Date.now() + 3_000)
  await db
    .update(deployments)
    .set({ status: 'building', leaseOwner: 'a_node_that_died', leaseToken: 1, leaseUntil })
    .where(eq(deployments.id, deployment.id))
  await other.pipeline.serve()
  expect(await rowOf(deployment.id)).toMatchObject({ leaseOwner: 'a_node_that_died', leaseToken: 1 })
  await other.begun
  expect(Date.now()).toBeGreaterThanOrEqual(leaseUntil.getTime())
  expect(await rowOf(deployment.id)).toMatchObject({ leaseOwner: other.owner, leaseToken: 2, status: 'building' })
  await other.pipeline.close()
})

test('L12: a build holds no worker of its queue: what the dispatcher handed over is taken when it has begun', async () => {
  const { pipeline, ask, begun, dispatcher } = openPipeline()
  await pipeline.serve()
  const { deployment } = await ask()
  void pipeline.start({ deployment, app: 'aaaaaa', seq: 0 })
  await begun
  await dispatcher.retire() // waits for whatever is being taken, and the build never ends by itself
  expect(await rowOf(deployment.id)).toMatchObject({ status: 'building' })
  await pipeline.cancel(deployment.id)
  await pipeline.close()
})

test('one that waits is given up at once, also while nobody builds', async () => {
  const { pipeline, ask } = openPipeline()
  const added = await ask()
  const ended = pipeline.start(added)
  await pipeline.cancel(added.deployment.id)
  expect(await ended).toMatchObject({ status: 'superseded' })
  await pipeline.close()
})

test('L28: an owner that wakes up after another took over moves no pointer, and says nothing of the build', async () => {
  const added = await openPipeline().ask()
  const { id } = added.deployment
  const lease = { leaseOwner: 'another', leaseToken: 2 }
  const [taken] = await db
    .update(deployments)
    .set({ ...lease, status: 'uploading', artifact: 'h' })
    .where(eq(deployments.id, id))
    .returning()
  const late = { ...must(taken, 'The row'), leaseToken: 1 }
  const pointers = createPointers({
    ...{ db, log, onMoved: mistake },
    edge: { switchTo: () => Promise.reject(new Error('No edge may hear of it')), remove: () => ok(undefined) },
    apps: { present: () => Promise.reject(new Error('No app changes')) },
  })
  await expect(pointers.point(late, startStages(late))).rejects.toThrow(DeploymentLost)
  await expect(log.write((write) => holdIn(write, late))).rejects.toThrow(DeploymentLost)
  expect(await db.query.pointers.findFirst()).toBeUndefined()
})
