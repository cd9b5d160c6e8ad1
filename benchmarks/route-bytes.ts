import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import type { FastBuildService } from '@overskill/builder'
import { assert } from '@overskill/protocol'
import { chromium, type Browser } from 'playwright-core'
import { mustBuild, runCli, type Subject } from './build-subject.ts'
import type { Figure } from './figure.ts'
import { routesOfApp } from './written-app.ts'

const MOST = 1.15
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Gives a file of a built app by its path (`/assets/x.js`), or null. */
type ReadFile = (path: string) => Promise<Uint8Array | null>

/** What a visitor loads who opens a route for the first time, after gzip, of our build and of `vite build`. */
export async function measureRouteBytes(subject: Subject, service: FastBuildService): Promise<Figure> {
  const { artifact, contents } = await mustBuild(service, subject)
  await runCli(subject.dir)
  const byPath = new Map(artifact.files.map((file) => [file.path, file.hash]))
  const ours: ReadFile = async (path) => contents.get(byPath.get(path) ?? '') ?? null
  const theirs: ReadFile = (path) => readFile(join(subject.dir, 'dist', path)).catch(() => null)
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  try {
    const our = await loadRoutes(browser, ours)
    const their = await loadRoutes(browser, theirs)
    return figureOf(our, their)
  } finally {
    await browser.close()
  }
}

function figureOf(our: readonly number[], their: readonly number[]): Figure {
  const ratios = our.map((bytes, route) => bytes / (their[route] ?? Number.NaN))
  const ratio = Math.max(...ratios)
  const worst = ratios.indexOf(ratio)
  return {
    name: `bytes of a first load, gzip, worst of ${ratios.length} routes`,
    target: `≤ ${MOST} × vite build`,
    value: (our[worst] ?? Number.NaN) / 1000,
    unit: 'kB',
    reference: { name: `vite build, at ${routesOfApp[worst]}`, value: (their[worst] ?? Number.NaN) / 1000 },
    ratio,
    rounds: ratios,
    samples: ratios.length,
    pass: ratio <= MOST,
    note: `rounds are the routes: ${routesOfApp.join(' ')}`,
  }
}

/** Bytes of each route, each in a browser that has seen nothing before. */
async function loadRoutes(browser: Browser, read: ReadFile): Promise<number[]> {
  const loaded: string[] = []
  const server = await serve(read, loaded)
  const { port } = server.address() as AddressInfo
  const bytes: number[] = []
  try {
    for (const route of routesOfApp) {
      loaded.length = 0
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${port}${route}`)
      await page.locator('h1').first().waitFor()
      await page.waitForLoadState('networkidle')
      await context.close()
      bytes.push(await sizeOf(loaded, read))
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
  return bytes
}

/** Answers with the page for every address that is no file, and notes the paths of files that were asked for. */
async function serve(read: ReadFile, loaded: string[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x')
    const path = extname(pathname) === '' ? '/index.html' : pathname
    const content = await read(path)
    if (!content) return void response.writeHead(404).end()
    loaded.push(path)
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function sizeOf(paths: readonly string[], read: ReadFile): Promise<number> {
  let bytes = 0
  for (const path of new Set(paths)) {
    const content = await read(path)
    assert(content, path)
    bytes += /\.(?:js|css|html|svg)$/.test(path) ? gzipSync(content).length : content.length
  }
  return bytes
}
