import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { assert, must, ok, type LiveState } from '@overskill/protocol'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { SourceTree } from '../artifact.ts'
import type { DependencyStore } from '../dependencies/dependency-store.ts'
import { findDependencySet } from '../dependency-set.ts'
import type { LivePreviewService } from '../live-preview.ts'
import { openSandbox } from '../sandbox/open-sandbox.ts'
import type { ConfinedProcess, Sandbox } from '../sandbox/sandbox.ts'
import { repositoryDir } from '../test-builder.ts'
import { createLivePreviewService, type LivePreviewOptions } from './live-preview-service.ts'

/** For tests: real live pages behind a real server, each app at a host of its own, as the product has them. */
export type TestLive = {
  service: LivePreviewService
  logged: string[]
  states: { app: string; state: LiveState }[]
  port: number
  url(app: string, path?: string): string
  /** Opens an app with these files. */
  open(app: string, tree: SourceTree, env?: Record<string, string>): Promise<LiveState>
  /** Ends every process with live pages at once, as a crash would. */
  killProcesses: () => void
  /** Writes files (null removes one). */
  write(app: string, files: Record<string, string | null>): Promise<LiveState>
  [Symbol.asyncDispose](): Promise<void>
}

/** Kept between test files, so that only the first one bundles packages. */
export const liveCacheDir = join(repositoryDir, '.runtime', 'test-live-vendor')

export async function startTestLive(options: Partial<LivePreviewOptions> = {}): Promise<TestLive> {
  const set = findDependencySet(repositoryDir)
  assert(set.present, 'The packages for apps are installed (node scripts/install-dependencies.mjs)')
  const dependencies: Pick<DependencyStore, 'find' | 'obtain'> = { find: () => ok(set), obtain: async () => ok(set) }
  const logged: string[] = []
  const states: TestLive['states'] = []
  const note = (message: string, fields?: Record<string, unknown>): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const sandbox = await openSandbox()
  const started: ConfinedProcess[] = []
  const watched: Sandbox = {
    mode: sandbox.mode,
    start(command) {
      const confined = sandbox.start(command)
      started.push(confined)
      return confined
    },
  }
  const service = createLivePreviewService({
    sandbox: watched,
    dependencies,
    dependenciesDirs: [dirname(set.dir)],
    vendorCacheDir: liveCacheDir,
    frameAncestors: ['http://localhost:4000'],
    log: { error: note, warn: note, info: note },
    onState: (app, state) => void states.push({ app, state }),
    ...options,
  })
  const server = serve(service)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    service,
    logged,
    states,
    port,
    killProcesses: () => started.forEach((confined) => confined.kill()),
    url: (app, path = '/') => `http://live-${app}.localhost:${port}${path}`,
    async open(app, tree, env = {}) {
      const outcome = await service.open(app, tree, { env, signal: AbortSignal.timeout(60_000) })
      assert(outcome.ok, `The page opens: ${JSON.stringify(outcome)} ${logged.join('\n')}`)
      return outcome.value
    },
    async write(app, files) {
      const changes = Object.entries(files).map(([path, text]) => ({
        path,
        content: text === null ? null : new TextEncoder().encode(text),
      }))
      return must(await service.change(app, changes), 'An open page')
    },
    async [Symbol.asyncDispose]() {
      await service.end()
      server.closeAllConnections()
      server.close()
    },
  }
}

function serve(service: LivePreviewService): Server {
  const appOf = (host: string | undefined): string => /^live-([a-z0-9]+)\./.exec(host ?? '')?.[1] ?? ''
  const server = createServer((request, response) => service.handle(appOf(request.headers.host), request, response))
  server.on('upgrade', (request, socket, head) => service.upgrade(appOf(request.headers.host), request, socket, head))
  return server
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })

/** A page, what it complained about, and how often it was loaded. */
export type OpenedPage = { page: Page; problems: string[]; loads: () => number; close: () => Promise<void> }

export async function openLivePage(browser: Browser, url: string): Promise<OpenedPage> {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.setDefaultTimeout(50_000)
  const problems: string[] = []
  let loads = 0
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('load', () => (loads += 1))
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(url)
  return { page, problems, loads: () => loads, close: () => context.close() }
}
