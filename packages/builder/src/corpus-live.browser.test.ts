import { join } from 'node:path'
import { assert } from '@overskill/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LivePreviewService } from './live-preview.ts'
import { createLivePreviewService } from './live/live-preview-service.ts'
import { launchBrowser, liveCacheDir } from './live/test-live.ts'
import { corpusCacheDir, corpusNames, openCorpusApp, type CorpusApp } from './test-corpus.ts'
import { listen, openCorpusBuilder, serveOurs, type Site } from './test-corpus-sites.ts'
import { compareLooks, lookAt } from './test-page-look.ts'

/** Long form: every app of the corpus looks the same while it is written as when it is published. */

const TEST_MS = 300_000
const OPEN_MS = 60_000
let browser: Browser
let builder: Awaited<ReturnType<typeof openCorpusBuilder>>
let live: LivePreviewService

beforeAll(async () => {
  builder = await openCorpusBuilder()
  browser = await launchBrowser()
  const { sandbox, store, styles, log } = builder
  live = createLivePreviewService({
    ...{ sandbox, styles, log },
    dependencies: store,
    dependenciesDirs: [join(corpusCacheDir, 'store')],
    vendorCacheDir: liveCacheDir,
    frameAncestors: [],
    onState: () => {},
  })
})
afterAll(async () => {
  await live.end()
  await browser.close()
  await builder.close()
})

async function serveLive(app: CorpusApp): Promise<Site> {
  const opened = await live.open(app.name, app.tree, { env: app.env, signal: AbortSignal.timeout(OPEN_MS) })
  assert(opened.ok && opened.value.status === 'ready', `${app.name} opens: ${JSON.stringify([opened, builder.logged])}`)
  return listen(
    (request, response) => live.handle(app.name, request, response),
    () => live.close(app.name),
    (request, socket, head) => live.upgrade(app.name, request, socket, head),
  )
}

for (const name of await corpusNames()) {
  test(`${name} looks as its published page does while it is open for writing`, { timeout: TEST_MS }, async () => {
    const app = await openCorpusApp(name)
    await using published = await serveOurs(app, await builder.build(app))
    await using open = await serveLive(app)
    for (const route of app.plan.routes) {
      const expected = await lookAt(browser, published.origin, route)
      const look = await lookAt(browser, open.origin, route)
      expect(compareLooks(look, expected), route.path).toEqual([])
    }
  })
}
