import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { assert, type App, type Deployment } from '@overskill/protocol'
import { routes, type Route } from '@overskill/server'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventsUntil } from './follow-events.ts'
import { launchChromium, openPage } from './open-chromium.ts'
import { soon } from './soon.ts'
import { startServer, type RunningServer } from './start-server.ts'

/** L38, API.md "Who may call": what a page that is not the studio gets when it calls the studio, in Chromium, route by route. */

let server: RunningServer
let browser: Browser
let foreign: Server
let app: App
let production = ''
beforeAll(async () => {
  const resolve = '--host-resolver-rules=MAP foreign.test 127.0.0.1'
  ;[server, browser] = await Promise.all([startServer(), launchChromium([resolve])])
  foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>Foreign</title>'))
  foreign.listen(0, '127.0.0.1')
  await once(foreign, 'listening')
  const made = await server.api.json<{ app: App }>('POST', '/apps', { prompt: 'A calculator' })
  await eventsUntil(server, made.app.id, ({ type }) => type === 'turn.completed')
  const body = { environment: 'production' }
  const asked = await server.api.json<{ deployment: Deployment }>('POST', `/apps/${made.app.id}/deploy`, body)
  const isLive = ({ id, status }: Deployment): boolean => id === asked.deployment.id && status === 'live'
  await vi.waitFor(async () => assert((await server.api.deployments(made.app.id)).some(isLive), 'It is live'), 20_000)
  app = await server.api.app(made.app.id)
  production = app.productionUrl ?? ''
}, 90_000)
afterAll(async () => {
  await browser.close()
  foreign.close()
  await server[Symbol.asyncDispose]()
})

const foreignPort = (): number => (foreign.address() as AddressInfo).port

/** Where a page can come from that is not the studio. */
const callers: [string, () => string][] = [
  ['a preview host', () => app.previewUrl],
  ['a published host', () => production],
  ['another port of this machine', () => `http://127.0.0.1:${foreignPort()}/`],
  ['another port of localhost', () => `http://localhost:${foreignPort()}/`],
  ['a foreign site', () => `http://foreign.test:${foreignPort()}/`],
]

/** The addresses that the studio answers at. */
const studios = (): string[] => [server.url, `http://127.0.0.1:${server.port}`]

async function pathsOf(route: Route): Promise<string> {
  const { messages, turns } = await server.api.conversation(app.id)
  const [deployment] = await server.api.deployments(app.id)
  const values: Record<string, string | undefined> = {
    app: app.id,
    '+path': 'index.html',
    message: messages[0]?.id,
    turn: turns[0]?.id,
    deployment: deployment?.id,
    version: '1',
    step: '1',
  }
  return `/api${route.path.replace(/\{(\+?\w+)\}/g, (_, name: string) => values[name] ?? 'missing')}`
}

/** Bodies that would do something, if they were let in. */
const bodies: Record<string, object> = {
  'POST /apps': { name: 'Made by another site' },
  'PATCH /apps/{app}': { name: 'Taken' },
  'POST /apps/{app}/messages': { text: 'Call it Taken' },
  'PATCH /apps/{app}/messages/{message}': { text: 'Taken' },
  'PUT /apps/{app}/queue': { messages: [] },
  'POST /apps/{app}/files': { changes: [{ path: 'taken.txt', content: 'taken' }] },
  'POST /apps/{app}/deploy': { environment: 'production', version: 1 },
}

type Attempt = { method: string; url: string; body: string }

/** Sends a request in every way that a script has: as JSON, as text that asks nobody, and waits for what comes of it. */
const attempt = (page: Page | Frame, asked: Attempt): Promise<string[]> =>
  page.evaluate(async ({ method, url, body }) => {
    const content = method === 'GET' ? {} : { body }
    const simple = method === 'GET' || method === 'POST'
    const ways: RequestInit[] = [
      { method, ...content, headers: { 'content-type': 'application/json' } },
      { method, ...content, credentials: 'include' },
      ...(simple ? [{ method, ...content, mode: 'no-cors' as const, credentials: 'include' as const }] : []),
    ]
    return Promise.all(
      ways.map((way) =>
        fetch(url, { ...way, signal: AbortSignal.timeout(10_000) }).then(
          (response) => (response.type === 'opaque' ? 'opaque' : `read ${response.status}`),
          (error: unknown) => String(error).split(':')[0] ?? '',
        ),
      ),
    )
  }, asked)

/** The statuses with which the studio answered a page, as they came over the wire: the page itself is not told. */
async function watchAnswers(page: Page): Promise<number[]> {
  const statuses: number[] = []
  const asked = new Set<string>()
  const debug = await page.context().newCDPSession(page)
  debug.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (studios().some((studio) => request.url.startsWith(`${studio}/`))) asked.add(requestId)
  })
  debug.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
    if (asked.has(requestId)) statuses.push(statusCode)
  })
  await debug.send('Network.enable')
  return statuses
}

test.each(callers)(
  'L38: a page at %s is refused at every route of the table, whatever way it sends, and nothing changes',
  async (_, address) => {
    const before = await server.api.state()
    const { page } = await openPage(browser)
    await page.goto(address())
    const statuses = await watchAnswers(page)
    for (const route of routes) {
      const path = await pathsOf(route)
      const body = JSON.stringify(bodies[`${route.method} ${route.path}`] ?? {})
      for (const studio of studios()) {
        const results = await attempt(page, { method: route.method, url: `${studio}${path}`, body })
        const name = `${route.method} ${studio}${path}`
        expect([name, ...results.map((result) => /^(TypeError|opaque)$/.test(result) || result)]).toEqual([
          name,
          ...results.map(() => true),
        ])
      }
    }
    expect(statuses.length).toBeGreaterThan(routes.length * 2)
    expect([...new Set(statuses)]).toEqual([403])
    expect(await server.api.state()).toEqual(before)
    await page.context().close()
  },
  20_000,
)

/** What comes of the ways that are no fetch: each settles with 'refused' or with what got through. */
const otherWays = (page: Page | Frame, studio: string, id: string): Promise<Record<string, string>> =>
  page.evaluate(
    async ([address = '', appId = '']) => {
      const within = (outcome: Promise<string>): Promise<string> =>
        Promise.race([outcome, new Promise<string>((resolve) => setTimeout(() => resolve('no answer'), 5_000))])
      const stream = (withCredentials: boolean): Promise<string> =>
        new Promise((resolve) => {
          const source = new EventSource(`${address}/api/apps/${appId}/events`, { withCredentials })
          source.addEventListener('snapshot', () => resolve('got the snapshot'))
          source.addEventListener('open', () => resolve('opened'))
          source.addEventListener('error', () => (source.close(), resolve('refused')))
        })
      const socket = new Promise<string>((resolve) => {
        const opened = new WebSocket(`${address.replace('http', 'ws')}/api/apps/${appId}/events`)
        opened.addEventListener('open', () => resolve('opened'))
        opened.addEventListener('error', () => resolve('refused'))
      })
      const script = new Promise<string>((resolve) => {
        const element = document.createElement('script')
        element.src = `${address}/api/apps`
        element.addEventListener('load', () => resolve('loaded'))
        element.addEventListener('error', () => resolve('refused'))
        document.head.append(element)
      })
      return {
        stream: await within(stream(false)),
        'stream with credentials': await within(stream(true)),
        socket: await within(socket),
        script: await within(script),
      }
    },
    [studio, id],
  )

/** Posts a form into a frame of the page, which needs nobody's leave, and waits for what the frame then shows. */
const postForm = (page: Page, studio: string): Promise<void> =>
  page.evaluate(
    (address) =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.name = address
        const form = document.createElement('form')
        Object.assign(form, { method: 'POST', action: `${address}/api/apps`, target: address, enctype: 'text/plain' })
        const field = document.createElement('input')
        Object.assign(field, { name: '{"name":"Made by a form","x":"', value: '"}' })
        form.append(field)
        document.body.append(frame, form)
        frame.addEventListener('load', () => resolve())
        setTimeout(resolve, 2_000) // a frame that is refused may never say so
        form.submit()
      }),
    studio,
  )

test.each(callers)(
  'L38: a page at %s gets no stream, no socket, no script and no form through, and cannot frame the studio',
  async (_, address) => {
    const before = await server.api.state()
    const { page } = await openPage(browser)
    await page.goto(address())
    const statuses = await watchAnswers(page)
    for (const studio of studios()) {
      expect(await otherWays(page, studio, app.id)).toEqual({
        stream: 'refused',
        'stream with credentials': 'refused',
        socket: 'refused',
        script: 'refused',
      })
      await postForm(page, studio)
      await page.evaluate((source) => {
        const frame = document.createElement('iframe')
        frame.src = source
        document.body.append(frame)
        return new Promise<void>((resolve) => {
          frame.addEventListener('load', () => resolve())
          setTimeout(resolve, 2_000) // a frame that is refused may never say so
        })
      }, `${studio}/apps/${app.id}`)
    }
    await soon(() =>
      page
        .frames()
        .slice(1)
        .map((frame) => frame.url()),
    ).toEqual(Array(4).fill('chrome-error://chromewebdata/'))
    expect(statuses.length).toBeGreaterThan(0)
    expect([...new Set(statuses)]).toEqual([403])
    expect(await server.api.state()).toEqual(before)
    await page.context().close()
  },
  20_000,
)

/** The studio tells the server what failed in its preview, which is a numbered event of the app and changes nothing else. */
const withoutNumbers = (state: unknown): unknown =>
  JSON.parse(JSON.stringify(state, (key, value: unknown) => (key === 'seq' ? undefined : value)))

test("L38, L39: the app in the studio's own preview is refused like any other page, and keeps nothing of the studio", async () => {
  const { page } = await openPage(browser)
  await page.goto(`${server.url}/apps/${app.id}`)
  await page.evaluate(() => localStorage.setItem('overskill.secret', 'of the studio'))
  await page.frameLocator('iframe').getByRole('button', { name: '7', exact: true }).waitFor()
  const preview = page.frames().find((frame) => frame.url().startsWith(app.previewUrl))
  assert(preview, 'The preview is in a frame')
  const before = withoutNumbers(await server.api.state())
  for (const route of routes.filter(({ method }) => method !== 'GET')) {
    const body = JSON.stringify(bodies[`${route.method} ${route.path}`] ?? {})
    const results = await attempt(preview, { method: route.method, url: `${server.url}${await pathsOf(route)}`, body })
    expect(results.filter((result) => !/^(TypeError|opaque)$/.test(result))).toEqual([])
  }
  expect((await otherWays(preview, server.url, app.id))['stream']).toBe('refused')
  const reached = await preview.evaluate(() => {
    try {
      return String(window.top?.localStorage.getItem('overskill.secret'))
    } catch (error) {
      return (error as Error).name
    }
  })
  expect(reached).toBe('SecurityError')
  expect(withoutNumbers(await server.api.state())).toEqual(before)
  await page.context().close()
}, 60_000)
