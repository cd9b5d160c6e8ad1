import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '@overskill/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { addressesOf } from './apps/addresses.ts'
import { createApps } from './apps/apps.ts'
import { readConfig } from './config.ts'
import { withTestDatabase } from './database/test-database.ts'
import { createPointers } from './deployments/pointers.ts'
import { insertLive, makeBuild, visitorsOf, withLostAnswers } from './deployments/test-edge.ts'
import { createEventLog } from './events/event-log.ts'
import { createInProcessBus } from './events/event-bus.ts'
import { insertTestApp } from './events/test-app.ts'
import { openServing } from './open-edge.ts'
import { startTestPlane, value } from './test-plane.ts'

const { db } = await withTestDatabase()
const dataDir = await mkdtemp(join(tmpdir(), 'overskill-'))
const config = readConfig({ OVERSKILL_DATA_DIR: dataDir }, dataDir)
const addresses = addressesOf(config.publicUrl, config.domains.apps)
const onError = (error: unknown): void => expect(error).toBeUndefined()
const bus = createInProcessBus()
const serving = await openServing({ config, db, bus, addresses, studioOrigins: [], onError })
afterAll(async () => {
  await serving.hosts.close()
  await rm(dataDir, { recursive: true, force: true })
})
const visit = await visitorsOf(serving.front)

/** What changes apps, on a database whose commits are never answered. */
const log = withLostAnswers(createEventLog(db))
const changed = createApps({ db, log, addresses, starter: new Map(), onNames: (app) => serving.onNames(app) })
const moved = createPointers({ db, log, edge: serving.edge, apps: changed, onMoved: (app) => serving.onMoved(app) })

async function publishedApp() {
  const app = await insertTestApp(db)
  const { artifact, contents } = makeBuild('one')
  await serving.edge.store(artifact, contents)
  for (const environment of ['preview', 'production'] as const)
    await insertLive(db, { app, environment, version: 'one' })
  await serving.onNames(app)
  return { app, slug: `test-${app}` }
}

const soon = (fits: () => Promise<void>): Promise<void> => vi.waitFor(fits, { timeout: 5_000, interval: 100 })
const lost = 'The answer was lost'

test('L33: an app of a single process whose unpublishing was stored but never answered is off line within seconds', async () => {
  const { app, slug } = await publishedApp()
  expect((await visit(slug)).status).toBe(200)
  await expect(moved.remove(app, 'production')).rejects.toThrow(lost)
  await soon(async () => expect((await visit(slug)).status).toBe(404))
  expect((await visit(`preview-${app}`)).status).toBe(200)
})

test('L33: an app of a single process whose deletion was stored but never answered is gone within seconds', async () => {
  const { app, slug } = await publishedApp()
  await expect(log.write((write) => changed.remove(write, app))).rejects.toThrow(lost)
  await soon(async () => expect((await visit(slug)).status).toBe(404))
  expect((await visit(`preview-${app}`)).status).toBe(404)
})

test('an app of a single process whose new address was stored but never answered is there within seconds', async () => {
  const { app, slug } = await publishedApp()
  await expect(changed.patch(app, { slug: `moved-${app}` })).rejects.toThrow(lost)
  await soon(async () => expect((await visit(`moved-${app}`)).status).toBe(200))
  expect((await visit(slug)).status).toBe(404)
})

test('E43: a build that no deployment needs is gone from the disk ten minutes after the start, one that is shown is not', async () => {
  const own = await mkdtemp(join(tmpdir(), 'overskill-'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const started = await openServing({
    ...{ db, bus, addresses, studioOrigins: [], onError },
    config: readConfig({ OVERSKILL_DATA_DIR: own }, own),
  })
  await insertLive(db, { app: await insertTestApp(db), environment: 'preview', version: 'swept-not' })
  const nameOf = (version: string): string => `${makeBuild(version).artifact.hash}.json`
  for (const { artifact, contents } of ['swept', 'swept-not'].map(makeBuild)) {
    await started.edge.store(artifact, contents)
    await utimes(join(own, 'edge', 'artifacts', `${artifact.hash}.json`), new Date(0), new Date(0))
  }
  vi.advanceTimersByTime(10 * 60_000)
  vi.useRealTimers()
  await soon(async () => expect(await readdir(join(own, 'edge', 'artifacts'))).toEqual([nameOf('swept-not')]))
  await started.hosts.close()
  await rm(own, { recursive: true })
})

test('E16: a page that was open before the next deployment and a restart still finds its chunks', async () => {
  const plane = await startTestPlane()
  const { id } = await plane.create()
  const scriptOf = async (): Promise<string> =>
    must(/src="(\/assets\/[^"]+\.js)"/.exec((await plane.page(`preview-${id}`)).body)?.[1], 'The script')
  const deploy = async (text: string, nth: number): Promise<void> => {
    const changes = [{ path: 'src/main.tsx', content: `document.body.append('${text}')\n` }]
    value(await plane.calls.files.edit({ app: id, changes }, 'person'))
    let ready = 0
    await plane.until(id, ({ type }) => type === 'preview.ready' && ++ready === nth)
  }
  await deploy('one', 1)
  const opened = await scriptOf()
  await deploy('two', 2)
  await plane.restart()
  expect(await scriptOf()).not.toBe(opened)
  expect((await plane.page(`preview-${id}`, opened)).status).toBe(200)
})
