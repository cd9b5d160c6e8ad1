import { eq, sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { apps } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createAppHosts } from './app-hosts.ts'
import { freshEdge } from './fresh-edge.ts'
import { chunkOf, insertDeployment, insertLive, makeBuild, openTestEdge, visitorsOf } from './test-edge.ts'

const { db, pool } = await withTestDatabase()

/** An edge beside others, with what keeps it; its database is asked by the pool, the tests ask by the express. */
async function openHosts(contentDir?: string) {
  const clock = { now: 0 }
  const opened = await openTestEdge(contentDir)
  const { edge } = opened
  const onError = (error: unknown): void => expect(error).toBeUndefined()
  const hosts = createAppHosts({ db, edge, onError, now: () => clock.now })
  let arrived = 0
  const front = freshEdge(edge, hosts)
  const visit = await visitorsOf({
    handle(...call) {
      arrived += 1
      front.handle(...call)
    },
  })
  return { ...opened, hosts, visit, visitAsIs: await visitorsOf(edge), clock, arrived: () => arrived }
}

/** Counts what the pool is asked from now on. The answer to the first is there, and not told before the test lets it. */
function holdFirstRead() {
  const read = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const ask = pool.query.bind(pool) as (...asked: unknown[]) => Promise<unknown>
  const reads = vi.spyOn(pool, 'query')
  onTestFinished(() => reads.mockRestore())
  reads.mockImplementationOnce((async (...asked: unknown[]) => {
    const answer = await ask(...asked)
    read.resolve()
    await release.promise
    return answer
  }) as unknown as typeof pool.query)
  return { reads, read: read.promise, release: release.resolve }
}

const roundTrip = () => db.express.execute(sql`select 1`)

test('pages of an app that are asked for while one is being looked up share the next look', async () => {
  const { visit, arrived } = await openHosts()
  const app = await insertTestApp(db)
  const { reads, read, release } = holdFirstRead()
  const first = visit(`preview-${app}`)
  await read
  const others = Array.from({ length: 10 }, () => visit(`preview-${app}`))
  await vi.waitFor(() => expect(arrived()).toBe(11))
  release()
  expect((await first).status).toBe(503) // there, and nothing deployed yet
  for (const { status } of await Promise.all(others)) expect(status).toBe(503)
  expect(reads).toHaveBeenCalledTimes(2)
})

test('L33: a look that began before an app was deleted does not bring it back, however late it ends', async () => {
  const { hosts, visitAsIs } = await openHosts()
  const app = await insertTestApp(db)
  const { read, release } = holdFirstRead()
  const early = hosts.refresh(app)
  await read
  await db.express.update(apps).set({ deletedAt: new Date() }).where(eq(apps.id, app))
  const late = hosts.refresh(app)
  for (let trip = 0; trip < 10; trip += 1) await roundTrip() // time enough for the later one to end first, if it could
  release()
  await Promise.all([early, late])
  expect((await visitAsIs(`preview-${app}`)).status).toBe(404)
})

test('an app that is not there is looked for once a second, until somebody says that it came', async () => {
  const { hosts, visit, clock } = await openHosts()
  const reads = vi.spyOn(pool, 'query')
  onTestFinished(() => reads.mockRestore())
  for (let i = 0; i < 5; i += 1) expect((await visit('preview-nobody')).status).toBe(404)
  expect(reads).toHaveBeenCalledTimes(1)
  clock.now += 1_001
  expect((await visit('preview-nobody')).status).toBe(404)
  expect(reads).toHaveBeenCalledTimes(2)
  await db.express.insert(apps).values({ id: 'nobody', name: 'Came', slug: 'came', model: 'sample/sample' })
  await hosts.refresh('nobody')
  expect((await visit('preview-nobody')).status).toBe(503)
  expect(reads).toHaveBeenCalledTimes(4)
})

test('of the apps that are not there the latest thousand are remembered', async () => {
  const { hosts } = await openHosts()
  for (let i = 0; i <= 1_000; i += 1) await hosts.refreshForPage(`none-${i}`)
  const reads = vi.spyOn(pool, 'query')
  onTestFinished(() => reads.mockRestore())
  await hosts.refreshForPage('none-1')
  expect(reads).toHaveBeenCalledTimes(0)
  await hosts.refreshForPage('none-0')
  expect(reads).toHaveBeenCalledTimes(1)
})

test('E16: an edge that starts again, and one that hears of a switch, serve the chunks of pages that were open before', async () => {
  const { edge, contentDir } = await openHosts()
  const app = await insertTestApp(db)
  const place = { app, environment: 'preview' } as const
  for (const version of ['zero', 'one', 'two']) {
    const { artifact, contents } = makeBuild(version)
    await edge.store(artifact, contents)
  }
  await insertDeployment(db, { ...place, version: 'zero', status: 'failed' }) // never on line
  await insertDeployment(db, { ...place, version: 'one', status: 'superseded' })
  await insertLive(db, { ...place, version: 'two' })
  const [restarted, other] = [await openHosts(contentDir), await openHosts(contentDir)]
  await restarted.hosts.load()
  await other.hosts.refresh(app)
  for (const { visit } of [restarted, other]) {
    const asked = ['zero', 'one', 'two'].map((version) => visit(`preview-${app}`, chunkOf(version)))
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 200, 200])
  }
})
