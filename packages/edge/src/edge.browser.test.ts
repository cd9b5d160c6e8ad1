import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApp, startEdge, testApp, type MadeArtifact } from './test-edge.ts'

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
})

afterAll(() => browser.close())

/** A page with a route of its own, as a single-page app has. */
const routed = (version: string): MadeArtifact =>
  makeApp(version, {
    [`/assets/app-${version}.js`]: `document.body.textContent = '${version} at ' + location.pathname; document.title = '${version}'`,
  })

/** A web server with one page that frames an address. */
async function startFramingPage(framed: string) {
  const server = createServer((_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<title>frame</title><iframe src="${framed}" style="width:400px;height:300px"></iframe>`),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => void server.close() }
}

test('E2 E11: a page that waits for the first deployment shows the app by itself, deep link included', async () => {
  await using running = await startEdge()
  const page = await browser.newPage()
  await page.goto(`http://preview-${testApp}.localhost:${running.port}/books/17`)
  expect(await page.locator('h1').textContent()).toBe('Nothing to show yet')
  await running.deploy(routed('one'), 1)
  await page.waitForFunction(() => document.title === 'one', undefined, { timeout: 10_000 })
  expect(await page.textContent('body')).toBe('one at /books/17')

  await running.deploy(routed('two'), 2)
  await page.reload()
  expect(await page.textContent('body')).toBe('two at /books/17')
  expect(await page.evaluate(() => [isSecureContext, document.cookie])).toEqual([true, ''])
  await page.close()
})

test('E30: the studio may frame a preview, and nobody else may', async () => {
  await using running = await startEdge({ studioOrigins: ['http://localhost:*'] })
  await running.deploy(routed('one'), 1)
  await using framing = await startFramingPage(`http://preview-${testApp}.localhost:${running.port}/`)
  const framedText = async (origin: string) => {
    const page = await browser.newPage()
    await page.goto(origin, { waitUntil: 'load' })
    const frame = page.frames().find((each) => each !== page.mainFrame())
    const text = await frame?.evaluate(() => document.body.textContent).catch(() => undefined)
    await page.close()
    return text
  }
  expect(await framedText(`http://localhost:${framing.port}/`)).toBe('one at /')
  expect(await framedText(`http://other.localhost:${framing.port}/`)).not.toContain('one at')
})

test('L39: two apps share neither storage nor cookies', async () => {
  await using running = await startEdge()
  running.edge.putApp({ app: 'other1', slug: 'another' })
  const made = routed('one')
  await running.deploy(made, 1)
  await running.edge.switchTo({ app: 'other1', environment: 'preview', artifactHash: made.artifact.hash, fence: 1 })
  const page = await browser.newPage()
  await page.goto(`http://preview-${testApp}.localhost:${running.port}/`)
  await page.evaluate(() => {
    localStorage.setItem('key', 'value')
    document.cookie = 'a=1'
    document.cookie = 'b=1; domain=localhost'
  })
  await page.goto(`http://preview-other1.localhost:${running.port}/`)
  expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ''])
  await page.close()
})
