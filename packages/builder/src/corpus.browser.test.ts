import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FastBuildService } from './artifact.ts'
import { launchBrowser } from './live/test-live.ts'
import { corpusNames, openCorpusApp, type CorpusApp } from './test-corpus.ts'
import { openCorpusBuilder, serveOurs, serveTheirs } from './test-corpus-sites.ts'
import { compareLooks, lookAt } from './test-page-look.ts'

/** Long form: every app of the corpus is built by its own `vite build` and by us, and looked at in a browser. */

const TEST_MS = 300_000
let browser: Browser
let builder: Awaited<ReturnType<typeof openCorpusBuilder>>

beforeAll(async () => {
  builder = await openCorpusBuilder()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await builder.close()
})

for (const name of await corpusNames()) {
  test(`${name} looks as its own build does, at every route`, { timeout: TEST_MS }, async () => {
    const app = await openCorpusApp(name)
    await using ours = await serveOurs(app, await builder.build(app))
    await using theirs = await serveTheirs(app)
    for (const route of app.plan.routes) {
      const their = await lookAt(browser, theirs.origin, route)
      const our = await lookAt(browser, ours.origin, route)
      expect(our.elements.length, `${route.path} shows something`).toBeGreaterThan(3)
      expect(compareLooks(our, their), route.path).toEqual([])
    }
  })
}

test(
  'an app is the same artifact with caches and without, whatever was built before',
  { timeout: TEST_MS },
  async () => {
    const apps = await Promise.all(['tide-charts', 'paper-shop', 'wiki-garden'].map(openCorpusApp))
    const hashes = new Map<string, Set<string>>()
    const note = async (app: CorpusApp, service?: FastBuildService): Promise<void> => {
      const { artifact } = await builder.build(app, service)
      hashes.set(app.name, (hashes.get(app.name) ?? new Set()).add(artifact.hash))
    }
    for (const app of [...apps, ...apps.toReversed()]) await note(app)
    for (const app of apps) {
      const fresh = await builder.openAnew()
      await note(app, fresh)
      await fresh.close()
    }
    expect([...hashes.values()].map(({ size }) => size)).toEqual([1, 1, 1])
  },
)
