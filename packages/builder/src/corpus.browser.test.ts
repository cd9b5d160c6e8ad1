import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEdgePreviewService } from '@overskill/edge'
import { assert } from '@overskill/protocol'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentTypeOf } from './content-types.ts'
import { createFastBuildService } from './fast-build-service.ts'
import { buildWithVite, corpusNames, openCorpusApp, readCorpusPlan, type CorpusApp } from './test-corpus.ts'
import { compareLooks, lookAt } from './test-page-look.ts'

/** Long form: every app of the corpus is built by its own `vite build` and by us, and looked at in a browser. */

const BUILD_MS = 60_000
const TEST_MS = 300_000
let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
})
afterAll(() => browser.close())

type Site = { origin: string; [Symbol.asyncDispose](): Promise<void> }

async function listen(handle: RequestListener, end: () => Promise<void>): Promise<Site> {
  const server: Server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await end()
    },
  }
}

/** What `vite build` made, with the page for every address that is no file. */
async function serveTheirs(app: CorpusApp): Promise<Site> {
  const built = await buildWithVite(app)
  return listen(
    async (request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://x')
      const read = (path: string) => readFile(join(built.dir, path)).catch(() => null)
      const file = pathname === '/' ? null : await read(pathname)
      const content = file ?? (/\.\w+$/.test(pathname) ? null : await read('index.html'))
      if (!content) return void response.writeHead(404).end()
      response.writeHead(200, { 'content-type': file ? contentTypeOf(pathname) : 'text/html' }).end(content)
    },
    () => built[Symbol.asyncDispose](),
  )
}

/** What we make, behind the edge that serves every app. */
async function serveOurs(app: CorpusApp): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'corpus-edge-'))
  const logged: unknown[] = []
  const note = (...words: unknown[]): void => void logged.push(words)
  const service = createFastBuildService({
    dependencySetDir: app.packagesDir,
    vendorCacheDir: join(dir, 'vendor'),
    log: { error: note, warn: note, info: () => {} },
  })
  const edge = await createEdgePreviewService({
    contentDir: join(dir, 'content'),
    studioOrigins: [],
    publishedUrl: (slug) => `http://${slug}.localhost/`,
    onError: note,
  })
  const built = await service.build(app.tree, { signal: AbortSignal.timeout(BUILD_MS), limitMs: BUILD_MS })
  assert(built.ok, `${app.name} builds: ${JSON.stringify([built.ok ? '' : built.errors, logged], null, 1)}`)
  const name = 'abc123'
  await edge.store(built.artifact, built.contents)
  await service.close()
  edge.putApp({ app: name, slug: app.name, formerSlugs: [] })
  const { hash: artifactHash } = built.artifact
  const switched = await edge.switchTo({
    app: name,
    environment: 'preview',
    artifactHash,
    fence: 1,
    environmentValues: app.env,
  })
  assert(switched.ok, 'The edge serves the app')
  return listen(
    (request, response) => edge.handle(request, response, { kind: 'preview', key: name }),
    () => rm(dir, { recursive: true, force: true }),
  )
}

const names = (await Promise.all((await corpusNames()).map(readCorpusPlan)))
  .filter(({ plan }) => plan.needs.length === 0) // Tailwind 3 comes with the style process
  .map(({ name }) => name)

for (const name of names)
  test(`${name} looks as its own build does, at every route`, { timeout: TEST_MS }, async () => {
    const app = await openCorpusApp(name)
    await using ours = await serveOurs(app)
    await using theirs = await serveTheirs(app)
    for (const route of app.plan.routes) {
      const their = await lookAt(browser, theirs.origin, route)
      const our = await lookAt(browser, ours.origin, route)
      expect(our.elements.length, `${route.path} shows something`).toBeGreaterThan(3)
      expect(compareLooks(our, their), route.path).toEqual([])
    }
  })
