import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEdgePreviewService } from './edge-preview-service.ts'
import { makeApp, startEdge, testApp } from './test-edge.ts'

const navigation = { 'sec-fetch-mode': 'navigate', accept: 'text/html' }
const preview = { app: testApp, environment: 'preview' } as const
const production = { app: testApp, environment: 'production' } as const
const published = 'book-club.localhost'

test('E1 L30: preview and production move apart, and serve the same bytes of the same artifact', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1)
  expect((await running.ask('/', { host: published })).status).toBe(404)

  await running.deploy(makeApp('one'), 1, { environment: 'production' })
  await running.deploy(makeApp('two'), 2)
  const [tested, live] = [await running.ask('/'), await running.ask('/', { host: published })]
  expect([tested.text.includes('app-two'), live.text.includes('app-one')]).toEqual([true, true])

  await running.deploy(makeApp('two'), 2, { environment: 'production' })
  const promoted = await running.ask('/', { host: published })
  expect([promoted.text, promoted.headers.etag]).toEqual([tested.text, tested.headers.etag])
  expect(promoted.headers['x-robots-tag']).toBeUndefined()
})

test('E2: before the first deployment a preview says so, and looks again by itself', async () => {
  await using running = await startEdge()
  const waiting = await running.ask('/', { headers: navigation })
  expect([waiting.status, waiting.headers['retry-after'], waiting.headers['cache-control']]).toEqual([
    503,
    '2',
    'no-store',
  ])
  expect(waiting.text).toContain('http-equiv="refresh"')
  expect(waiting.text).not.toMatch(/src=|href=|url\(/)
  expect((await running.ask('/assets/x.js', { headers: { accept: 'application/json' } })).text).not.toContain('<')
  expect((await running.ask('/', { host: published, headers: navigation })).status).toBe(404)
})

test.each(['preview-zzzzzz.localhost', 'nobody.localhost', 'example.com', 'live-abc123.localhost', 'localhost', ''])(
  'E3: at %j there is no app',
  async (host) => {
    await using running = await startEdge()
    await running.deploy(makeApp('one'), 1)
    const answer = await running.ask('/', { host: host || ' ', headers: navigation })
    expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store'])
  },
)

test('E3 L33: what is taken off line answers 404, chunks included, and comes back with a newer change', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1, { environment: 'production' })
  expect((await running.ask('/', { host: published })).status).toBe(200)
  expect(running.edge.remove({ ...production, fence: 2 }).ok).toBe(true)
  for (const path of ['/', '/assets/app-one.js', '/deep/link', '/api/x'])
    expect((await running.ask(path, { host: published, headers: navigation })).status).toBe(404)
  await running.deploy(makeApp('one'), 3, { environment: 'production' })
  expect((await running.ask('/', { host: published })).status).toBe(200)
})

test('E3: a preview that was taken off line is gone, not waiting', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1)
  running.edge.remove({ ...preview, fence: 2 })
  expect((await running.ask('/', { headers: navigation })).status).toBe(404)
})

test('E3: a dropped app is gone at every host and comes back whole', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1)
  await running.deploy(makeApp('one'), 1, { environment: 'production' })
  running.edge.dropApp(testApp)
  expect((await running.ask('/')).status).toBe(404)
  expect((await running.ask('/', { host: published })).status).toBe(404)
  running.edge.putApp({ app: testApp, slug: 'book-club' })
  expect((await running.ask('/')).status).toBe(200)
  expect((await running.ask('/', { host: published })).status).toBe(200)
})

test("E4: a former slug leads to today's, with path and query, until another app takes it", async () => {
  await using running = await startEdge()
  const old = { host: 'reading-list.localhost' }
  expect((await running.ask('/', old)).status).toBe(404)
  await running.deploy(makeApp('one'), 1, { environment: 'production' })
  const moved = await running.ask('/books/1?x=%2F', old)
  expect([moved.status, moved.headers.location, moved.headers['cache-control']]).toEqual([
    308,
    'http://book-club.localhost:4000/books/1?x=%2F',
    'no-cache',
  ])
  expect((await running.ask('//evil.example/', old)).headers.location).toBe(
    'http://book-club.localhost:4000/evil.example/',
  )
  running.edge.putApp({ app: 'other1', slug: 'reading-list' })
  expect((await running.ask('/', old)).status).toBe(404)
})

test('E40 L28: a change that is not newer than the last one changes nothing', async () => {
  await using running = await startEdge()
  const [one, two] = [makeApp('one'), makeApp('two')]
  await running.deploy(two, 5)
  await running.edge.store(one.artifact, one.contents)
  for (const fence of [5, 4, -1]) {
    const late = await running.edge.switchTo({ ...preview, artifactHash: one.artifact.hash, fence })
    expect(late).toMatchObject({ ok: false, failure: { code: 'conflict' } })
    expect(running.edge.remove({ ...preview, fence }).ok).toBe(false)
  }
  expect((await running.ask('/')).text).toContain('app-two')

  running.edge.remove({ ...preview, fence: 7 })
  const afterRemoval = await running.edge.switchTo({ ...preview, artifactHash: one.artifact.hash, fence: 6 })
  expect(afterRemoval.ok).toBe(false)
  expect((await running.ask('/')).status).toBe(404)
})

test('E40 L28: of switches under way at once the largest fence wins, in whatever order they end', async () => {
  await using running = await startEdge()
  const made = Array.from({ length: 12 }, (_, index) => makeApp(`v${index}`))
  await Promise.all(made.map(({ artifact, contents }) => running.edge.store(artifact, contents)))
  const order = [3, 11, 0, 7, 9, 1, 10, 5, 2, 8, 6, 4]
  await Promise.all(
    order.map((fence) =>
      running.edge.switchTo({ ...preview, artifactHash: made[fence]!.artifact.hash, fence: fence + 1 }),
    ),
  )
  expect((await running.ask('/')).text).toContain('app-v11.js')
})

test('an artifact that is not stored is refused and the deployment before stays', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1)
  const switched = await running.edge.switchTo({ ...preview, artifactHash: makeApp('two').artifact.hash, fence: 2 })
  expect(switched).toMatchObject({ ok: false, failure: { code: 'not_found' } })
  expect((await running.ask('/')).text).toContain('app-one')
})

test('after a restart everything is served again from what the database and the disk hold', async () => {
  await using running = await startEdge()
  const [one, two] = [makeApp('one'), makeApp('two')]
  for (const { artifact, contents } of [one, two]) await running.edge.store(artifact, contents)

  await using restarted = await startEdge({ contentDir: running.dir })
  restarted.edge.load(
    [
      { app: testApp, slug: 'book-club', formerSlugs: ['old-one'] },
      { app: 'other1', slug: 'another' },
    ],
    [{ ...preview, artifactHash: two.artifact.hash, fence: 9, previous: [one.artifact.hash] }],
    [{ app: 'other1', environment: 'preview', fence: 3 }],
  )
  const pages = await Promise.all([restarted.ask('/'), restarted.ask('/'), restarted.ask('/deep')])
  expect(pages.map(({ text }) => text.includes('app-two'))).toEqual([true, true, true])
  expect((await restarted.ask('/assets/app-one.js')).status).toBe(200)
  expect((await restarted.ask('/', { host: 'preview-other1.localhost' })).status).toBe(404)
  const late = await restarted.edge.switchTo({ ...preview, artifactHash: one.artifact.hash, fence: 8 })
  expect(late.ok).toBe(false)
})

test('content that is lost from the disk is a 500 that is reported, and is found again once it is back', async () => {
  await using running = await startEdge({ memory: { blobBytes: 0, totalBytes: 0 } })
  const { artifact, contents } = makeApp('one')
  await running.deploy({ artifact, contents }, 1)
  await rm(join(running.dir, 'blobs'), { recursive: true })
  expect((await running.ask('/assets/app-one.js')).status).toBe(500)
  expect(running.errors).toHaveLength(1)

  await using restarted = await startEdge({ contentDir: running.dir })
  restarted.edge.load([], [{ ...preview, artifactHash: artifact.hash, fence: 1 }])
  expect((await restarted.ask('/', { headers: navigation })).status).toBe(500)
  await rm(join(running.dir, 'artifacts', `${artifact.hash}.json`))
  await restarted.edge.store(artifact, contents)
  expect((await restarted.ask('/')).status).toBe(200)
})

test('E43: a sweep keeps what any pointer needs, its deployments before included', async () => {
  await using running = await startEdge()
  const made = [makeApp('v1'), makeApp('v2'), makeApp('v3')]
  for (const [index, app] of made.entries()) await running.deploy(app, index + 1)
  await running.edge.collectGarbage([])
  expect((await running.ask('/assets/app-v1.js')).status).toBe(200)
  expect(await running.edge.has(made[0]!.artifact.hash)).toBe(true)
})

test('more apps than sites in memory are all served, each its own', async () => {
  await using running = await startEdge({ memory: { blobBytes: 1000, totalBytes: 5000, sites: 2 } })
  const apps = ['app001', 'app002', 'app003', 'app004', 'app005']
  for (const app of apps) {
    const { artifact, contents } = makeApp(app)
    await running.edge.store(artifact, contents)
    running.edge.putApp({ app, slug: `slug-${app}` })
    await running.edge.switchTo({ app, environment: 'preview', artifactHash: artifact.hash, fence: 1 })
  }
  for (let round = 0; round < 3; round += 1) {
    const asked = apps.flatMap((app) => [app, app])
    const pages = await Promise.all(asked.map((app) => running.ask('/', { host: `preview-${app}.localhost` })))
    expect(pages.map(({ text }) => /assets\/app-(\w+)\.js/.exec(text)?.[1])).toEqual(asked)
  }
  expect(running.errors).toEqual([])
})

test('the check says when the folder cannot be written', async () => {
  await using running = await startEdge()
  expect((await running.edge.check()).status).toBe('ok')
  expect(await readdir(join(running.dir, 'artifacts'))).toEqual([])
  await rm(running.dir, { recursive: true })
  expect(await running.edge.check()).toMatchObject({ status: 'down' })
})

test('an edge opens on a folder that is not there yet', async () => {
  await using running = await startEdge()
  const contentDir = join(running.dir, 'not', 'yet – ü')
  const edge = await createEdgePreviewService({
    contentDir,
    studioOrigins: [],
    publishedUrl: () => '',
    onError: () => {},
  })
  const { artifact, contents } = makeApp('one')
  expect(await edge.missing(artifact.files.map(({ hash }) => hash))).toHaveLength(4)
  await edge.store(artifact, contents)
  expect(await edge.missing(artifact.files.map(({ hash }) => hash))).toEqual([])
})

test('E32: a preview runs the preview script first, production has none, and the artifact is the same for both', async () => {
  const previewScript = String.raw`globalThis.first = "$& \u003c/script>"`
  await using running = await startEdge({ previewScript })
  await using plain = await startEdge()
  const made = makeApp('one')
  for (const each of [running, plain]) {
    await each.deploy(made, 1)
    await each.deploy(made, 1, { environment: 'production' })
  }
  const [tested, live] = [await running.ask('/'), await running.ask('/', { host: published })]
  const scripts = [...tested.text.matchAll(/<script[^>]*>(.*?)<\/script>/g)].map(([, text]) => text)
  expect(scripts[0]).toBe(previewScript)
  expect(scripts[1]).toMatch(/^globalThis\.__ENV__=/)
  expect(tested.text.replace(`<script>${previewScript}</script>`, '')).toBe(live.text)
  expect(live.text).toBe((await plain.ask('/', { host: published })).text)
  expect(tested.headers.etag).not.toBe((await plain.ask('/')).headers.etag)
  expect(tested.headers.etag).not.toBe(live.headers.etag)
  expect(await running.edge.has(made.artifact.hash)).toBe(true)
  expect(live.headers.etag).toBe((await plain.ask('/', { host: published })).headers.etag)
  const again = await running.ask('/', { headers: { 'if-none-match': String(tested.headers.etag) } })
  expect(again.status).toBe(304)
})

test('E32: a script that would end its element is refused at the start', async () => {
  await expect(startEdge({ previewScript: 'const a = "</script>"' })).rejects.toThrow('stays within its element')
})

test('E16: content of what is served now, and of hashed files before it, can be read', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one', { '/assets/app-one.js.map': '{"one":1}' }), 1)
  await running.deploy(makeApp('two', { '/assets/app-two.js.map': '{"two":2}' }), 2)
  const read = async (path: string) => Buffer.from((await running.edge.read(preview, path)) ?? 'none').toString()
  expect(await read('/assets/app-two.js.map')).toBe('{"two":2}')
  expect(await read('/assets/app-one.js.map')).toBe('{"one":1}')
  expect(await read('/index.html')).toContain('app-two')
  expect(await read('/gone.js')).toBe('none')
  expect(await running.edge.read(production, '/index.html')).toBeUndefined()
})
