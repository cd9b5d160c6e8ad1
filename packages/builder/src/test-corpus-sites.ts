import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEdgePreviewService } from '@overskill/edge'
import { assert } from '@overskill/protocol'
import type { BuildResult, FastBuildService } from './artifact.ts'
import { contentTypeOf } from './content-types.ts'
import { createDependencyStore } from './dependencies/create-dependency-store.ts'
import { findDependencySet } from './dependency-set.ts'
import { createFastBuildService } from './fast-build-service.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { createStyleService } from './styles/style-service.ts'
import { repositoryDir } from './test-builder.ts'
import { buildWithVite, corpusCacheDir, type CorpusApp } from './test-corpus.ts'

/** For tests: the apps of the corpus, built by their own `vite build` and by us, and served. */

const BUILD_MS = 60_000
const EDGE_KEY = 'abc123'

export type Built = Extract<BuildResult, { ok: true }>

export type Site = { origin: string; [Symbol.asyncDispose](): Promise<void> }

/** A server on a free port of this machine. `end` is called when it has closed. */
export async function listen(
  handle: RequestListener,
  end: () => Promise<void>,
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Site> {
  const server: Server = createServer(handle)
  if (upgrade) server.on('upgrade', upgrade)
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
export async function serveTheirs(app: CorpusApp): Promise<Site> {
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

/** What an app of the corpus is built with, as the product does: packages from the store, styles in their own processes. */
export async function openCorpusBuilder() {
  const dir = await mkdtemp(join(tmpdir(), 'corpus-builder-'))
  const logged: string[] = []
  const note = (message: string, fields?: object): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const log = { error: note, warn: note, info: () => {} }
  const sandbox = await openSandbox()
  const store = createDependencyStore({ dir: join(corpusCacheDir, 'store'), log })
  const styles = createStyleService({ sandbox, log })
  const open = (vendorCacheDir: string): FastBuildService =>
    createFastBuildService({
      ...{ sandbox, log, styles, vendorCacheDir },
      starterSet: findDependencySet(repositoryDir),
      dependencies: store,
      dependenciesDirs: [join(corpusCacheDir, 'store')],
    })
  const service = open(join(dir, 'vendor'))
  return {
    ...{ sandbox, store, styles, log, logged },
    async build(app: CorpusApp, by: FastBuildService = service): Promise<Built> {
      const built = await by.build(app.tree, { signal: AbortSignal.timeout(BUILD_MS), limitMs: BUILD_MS })
      assert(built.ok, `${app.name} builds: ${JSON.stringify([built.ok ? '' : built.errors, logged], null, 1)}`)
      return built
    },
    /** A service whose processes and caches are new. */
    openAnew: async () => open(await mkdtemp(join(dir, 'vendor-'))),
    async close() {
      await service.close()
      await styles.close()
      await store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A build of ours, behind the edge that serves every app. */
export async function serveOurs(app: CorpusApp, built: Built): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'corpus-edge-'))
  const errors: unknown[] = []
  const edge = await createEdgePreviewService({
    contentDir: dir,
    studioOrigins: [],
    publishedUrl: (slug) => `http://${slug}.localhost/`,
    onError: (error) => errors.push(error),
  })
  await edge.store(built.artifact, built.contents)
  edge.putApp({ app: EDGE_KEY, slug: app.name, formerSlugs: [] })
  const switched = await edge.switchTo({
    app: EDGE_KEY,
    environment: 'preview',
    artifactHash: built.artifact.hash,
    fence: 1,
    environmentValues: app.env,
  })
  assert(switched.ok, 'The edge serves the app')
  return listen(
    (request, response) => edge.handle(request, response, { kind: 'preview', key: EDGE_KEY }),
    async () => {
      await rm(dir, { recursive: true, force: true })
      assert(errors.length === 0, `The edge has no errors: ${errors.join(', ')}`)
    },
  )
}
