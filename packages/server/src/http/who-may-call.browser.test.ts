import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { newId } from '@overskill/protocol'
import { routes } from './route-table.ts'
import { startTestServer } from './test-server.ts'

const studioFolder = await mkdtemp(join(tmpdir(), 'overskill-studio-'))
await writeFile(join(studioFolder, 'index.html'), '<!doctype html><title>Studio</title>')
const server = await startTestServer(studioFolder)
const { port } = server.config
const app = await server.createApp('Before')
const studio = `http://localhost:${port}`

/** A page of somebody else's machine, as far as the browser knows. */
const foreign = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1')
await once(foreign, 'listening')

let browser: Browser
beforeAll(async () => {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args })
  // A page that stays as it is: the one that waits for an app loads itself anew.
  const headers = { host: `localhost:${port}` }
  const changes = [{ path: 'index.html', content: '<!doctype html><title>Attacker</title>' }]
  await server.send({ method: 'POST', path: `/api/apps/${app}/files`, headers, json: { changes } })
  const page = () => server.send({ path: '/', headers: { host: `preview-${app}.localhost:${port}` } })
  await vi.waitFor(async () => expect((await page()).status).toBe(200), { timeout: 60_000 })
})
afterAll(async () => {
  await browser.close()
  foreign.close()
  await rm(studioFolder, { recursive: true, force: true })
})

const attackers = [
  ['a preview', `http://preview-${app}.localhost:${port}/`],
  ['a published app', `http://shelf.localhost:${port}/`],
  ['a foreign site', `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`],
  ['a page on another port of the studio host', `http://localhost:${(foreign.address() as AddressInfo).port}/`],
] as const

const values: Record<string, string> = {
  app,
  '+path': 'evil.txt',
  message: newId('msg'),
  turn: newId('turn'),
  deployment: newId('dep'),
  version: '1',
  step: '1',
}
const targets = routes.map(({ method, path }) => ({
  method,
  url: `${studio}/api${path.replace(/\{(\+?\w+)\}/g, (_, name: string) => values[name] ?? '')}`,
}))

type Attack = { page: Page; statuses: number[]; close: () => Promise<void> }

/** A page at the attacker's address, free of every policy that would hold it back by itself; `statuses` are the studio's answers. */
async function openAt(address: string): Promise<Attack> {
  const context = await browser.newContext({ bypassCSP: true })
  const page = await context.newPage()
  page.setDefaultTimeout(8_000)
  await page.goto(address)
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  const asked = new Set<string>()
  const statuses: number[] = []
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith(`${studio}/`)) asked.add(requestId)
  })
  network.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
    if (asked.has(requestId)) statuses.push(statusCode)
  })
  return { page, statuses, close: () => context.close() }
}

test.each(attackers)(
  'L38, L39: %s can drive nothing of the studio: no call, no stream, no form',
  async (_, address) => {
    const { page, statuses, close } = await openAt(address)
    const readable = await page.evaluate(async (calls) => {
      const read: string[] = []
      for (const { method, url } of calls) {
        const body = method === 'GET' ? undefined : '{"name":"Driven","text":"Driven","prompt":"Driven"}'
        for (const mode of ['no-cors', 'cors'] as const) {
          const headers = mode === 'cors' && body ? { 'content-type': 'application/json' } : undefined
          const answer = await fetch(url, {
            method,
            mode,
            credentials: 'include',
            ...(body && { body }),
            ...(headers && { headers }),
          }).catch(() => undefined)
          if (answer && (answer.type !== 'opaque' || answer.status !== 0)) read.push(`${method} ${url} ${mode}`)
        }
      }
      return read
    }, targets)
    expect(readable).toEqual([])

    const stream = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const source = new EventSource(url)
          source.onopen = () => resolve('open')
          source.onerror = () => resolve('refused')
        }),
      `${studio}/api/apps/${app}/events`,
    )
    expect(stream).toBe('refused')

    const answered = page.waitForResponse(
      (response) => response.url() === `${studio}/api/apps` && response.request().method() === 'POST',
    )
    await page.evaluate((url) => {
      const form = Object.assign(document.createElement('form'), { action: url, method: 'post', enctype: 'text/plain' })
      form.append(Object.assign(document.createElement('input'), { name: '{"name":"Driven","x":"', value: '"}' }))
      document.body.append(form)
      form.submit()
    }, `${studio}/api/apps`)
    expect((await answered).status()).toBe(403)

    await expect.poll(() => statuses.length).toBeGreaterThan(targets.length)
    expect(new Set(statuses)).toEqual(new Set([403]))
    const apps = await server.json<{ items: { name: string }[] }>({ path: '/api/apps' })
    expect(apps.items.map(({ name }) => name)).toEqual(['Before'])
    await close()
  },
)

test.each(attackers)('L39: %s cannot put the studio in a frame, but may link to it', async (_, address) => {
  const { page, close } = await openAt(address)
  await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const frame = Object.assign(document.createElement('iframe'), { src: url })
        frame.addEventListener('load', resolve)
        document.body.append(frame)
      }),
    `${studio}/`,
  )
  const framed = page.frames().find((frame) => frame !== page.mainFrame())
  expect(await framed?.content()).not.toContain('Studio')
  await page.evaluate((url) => {
    location.href = url
  }, `${studio}/`)
  await page.waitForURL(`${studio}/`)
  expect(await page.title()).toBe('Studio')
  await close()
})

test('the studio may frame a preview, and nothing else', async () => {
  const page = await browser.newPage()
  await page.goto(`${studio}/`)
  const frame = (url: string) =>
    page.evaluate((src) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src }))
    }, url)
  const preview = `http://preview-${app}.localhost:${port}/`
  const framed = page.waitForEvent('framenavigated', (each) => each.url() === preview)
  await frame(preview)
  await framed
  expect(page.frames().map((each) => each.url())).toContain(preview)
  const blocked = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective))
      }),
  )
  await frame(attackers[2][1])
  expect(await blocked).toBe('frame-src')
  await page.close()
})
