import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { withTestDatabase } from '../database/test-database.ts'
import { apps } from '../database/schema.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createTreeBuilds } from './build-tree.ts'
import { createSharedArtifacts } from './shared-artifacts.ts'
import { startRounds, sweepArtifacts } from './sweep-artifacts.ts'
import { insertDeployment, insertLive, makeBuild, openTestEdge } from './test-edge.ts'

const { db } = await withTestDatabase()
const { signal } = new AbortController()
const day = 24 * 3_600_000

/** An edge that has these builds, none of them stored or asked for within the last hour, and knows no app. */
async function edgeWith(versions: readonly string[]) {
  const { edge, contentDir } = await openTestEdge()
  const builds = versions.map(makeBuild)
  for (const { artifact, contents } of builds) await edge.store(artifact, contents)
  const longAgo = new Date(Date.now() - 2 * 3_600_000)
  for (const { artifact } of builds)
    await utimes(join(contentDir, 'artifacts', `${artifact.hash}.json`), longAgo, longAgo)
  const nameOf = new Map(builds.map(({ artifact }, index) => [`${artifact.hash}.json`, versions[index] ?? '']))
  const stored = async () =>
    (await readdir(join(contentDir, 'artifacts'))).map((name) => nameOf.get(name) ?? '').toSorted()
  return { edge, stored }
}

const deleteApp = (app: string, daysAgo: number) =>
  db
    .update(apps)
    .set({ deletedAt: new Date(Date.now() - daysAgo * day) })
    .where(eq(apps.id, app))

/** Preview deployments that were on line one after the other, the last one still. */
async function deployed(app: string, versions: readonly string[]): Promise<void> {
  for (const version of versions.slice(0, -1))
    await insertDeployment(db, { app, environment: 'preview', version, status: 'superseded' })
  await insertLive(db, { app, environment: 'preview', version: versions.at(-1) ?? '' })
}

const named = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}-${index}`)

test('the newest thirty deployments of a preview keep what they show, older ones do not, and what nobody names goes', async () => {
  const versions = named('preview', 32)
  await deployed(await insertTestApp(db), versions)
  const { edge, stored } = await edgeWith([...versions, 'never-deployed'])
  await sweepArtifacts({ db, edge }, signal)
  expect(await stored()).toEqual(versions.slice(2).toSorted())
})

test('everything that was ever published stays, and whatever is under way', async () => {
  const app = await insertTestApp(db)
  const published = named('published', 33)
  for (const version of published)
    await insertDeployment(db, { app, environment: 'production', version, status: 'removed' })
  const open = (['queued', 'building', 'uploading'] as const).map((status) => [`old-${status}`, status] as const)
  for (const [version, status] of open) await insertDeployment(db, { app, environment: 'preview', version, status })
  await deployed(app, named('newer', 31))
  const expected = [...published, ...open.map(([version]) => version)]
  const { edge, stored } = await edgeWith([...expected, 'nobodys'])
  await sweepArtifacts({ db, edge }, signal)
  expect(await stored()).toEqual(expected.toSorted())
})

test('an app that was deleted lately keeps what it had; one that was deleted long ago keeps only what its address showed', async () => {
  const [lately, longAgo] = [await insertTestApp(db), await insertTestApp(db)]
  await deployed(lately, ['lately-1', 'lately-2'])
  await deployed(longAgo, ['long-ago-1', 'long-ago-2'])
  await deleteApp(lately, 29)
  await deleteApp(longAgo, 31)
  const { edge, stored } = await edgeWith(['lately-1', 'lately-2', 'long-ago-1', 'long-ago-2'])
  await sweepArtifacts({ db, edge }, signal)
  expect(await stored()).toEqual(['lately-1', 'lately-2', 'long-ago-2'])
})

test('a build that is stored but named nowhere yet stays for an hour', async () => {
  await deployed(await insertTestApp(db), ['shown'])
  const { edge } = await edgeWith(['shown'])
  const { artifact, contents } = makeBuild('under-way')
  await edge.store(artifact, contents)
  await sweepArtifacts({ db, edge }, signal)
  expect(await edge.has(artifact.hash)).toBe(true)
})

test('a tree whose build was swept counts as not built, though its row says what it built to', async () => {
  await deployed(await insertTestApp(db), ['kept'])
  const { edge } = await edgeWith(['kept', 'swept'])
  const builder = {
    version: '1',
    build: () => expect.unreachable(),
    warm() {},
    check: () => expect.unreachable(),
    close: async () => {},
  }
  const contents = { read: () => expect.unreachable(), readAll: () => expect.unreachable() }
  const trees = createTreeBuilds({ db, contents, builder, artifacts: edge })
  const { artifact } = makeBuild('swept')
  await trees.note(db, 'tree', artifact)
  await sweepArtifacts({ db, edge }, signal)
  expect(await trees.stored('tree')).toBeUndefined()
  await trees.note(db, 'tree', makeBuild('kept').artifact)
  expect(await trees.stored('tree')).toMatchObject({ hash: makeBuild('kept').artifact.hash })
})

test('in a fleet what was swept here is got from the database again', async () => {
  await deployed(await insertTestApp(db), ['fleet'])
  const { edge, stored } = await edgeWith(['fleet', 'elsewhere'])
  const shared = createSharedArtifacts(db)
  const { artifact, contents } = makeBuild('elsewhere')
  await shared.storeWith((await openTestEdge()).edge).store(artifact, contents)
  await sweepArtifacts({ db, edge }, signal)
  expect(await stored()).toEqual(['fleet'])
  const got = await shared.source(artifact.hash, (hashes) => edge.missing(hashes))
  expect(got?.contents.size).toBe(2)
})

test('a database that names no artifact at all takes nothing from the edge', async () => {
  const empty = await withTestDatabase()
  const { edge, stored } = await edgeWith(['of-another-database'])
  await sweepArtifacts({ db: empty.db, edge }, signal)
  expect(await stored()).toEqual(['of-another-database'])
})

test('rounds begin ten minutes after the start, every six hours, one at a time; the end stops the one that runs and waits for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const hours = (count: number) => vi.advanceTimersByTimeAsync(count * 3_600_000)
  const begun: { end: () => void; fail: (error: Error) => void; signal: AbortSignal }[] = []
  const told: unknown[] = []
  const rounds = startRounds(
    (given) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      begun.push({ end: resolve, fail: reject, signal: given })
      return promise
    },
    (error) => told.push(error),
  )
  await vi.advanceTimersByTimeAsync(599_999)
  expect(begun).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(begun).toHaveLength(1)
  await hours(20)
  expect(begun, 'the first one still runs').toHaveLength(1)
  begun[0]?.fail(new Error('away'))
  await hours(6)
  expect([begun.length, told.length]).toEqual([2, 1])

  let isClosed = false
  const closed = rounds.close().then(() => (isClosed = true))
  await hours(0)
  expect([begun[1]?.signal.aborted, isClosed]).toEqual([true, false])
  begun[1]?.end()
  await closed
  await hours(20)
  expect(begun).toHaveLength(2)
  vi.useRealTimers()
})
