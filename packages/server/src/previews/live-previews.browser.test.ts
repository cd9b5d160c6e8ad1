import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AppEvent, type NewAppEvent, PreviewMessage, type PreviewReport, Snapshot } from '@overskill/protocol'
import { and, eq } from 'drizzle-orm'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { events } from '../database/schema.ts'
import { startTestServer } from '../http/test-server.ts'

/** A studio that frames what it is told to, says hello, and keeps what it hears. */
const studioPage = `<!doctype html><title>Studio</title><script>
globalThis.heard = []
addEventListener('message', (event) => heard.push(event.data))
globalThis.show = (src) => {
  const frame = document.createElement('iframe')
  frame.style = 'width:800px;height:500px'
  frame.onload = () => frame.contentWindow.postMessage({ type: 'overskill:hello' }, '*')
  frame.src = src
  document.body.append(frame)
}
</script><body></body>`

const studioFolder = await mkdtemp(join(tmpdir(), 'overskill-studio-'))
await writeFile(join(studioFolder, 'index.html'), studioPage)
const server = await startTestServer(studioFolder)
const { port } = server.config
let browser: Browser

beforeAll(async () => {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args })
  const host = `live-${await server.createApp()}.localhost:${port}`
  await server.send({ path: '/src/main.tsx', headers: { host } }) // the packages of all of them are bundled from here on
})
afterAll(async () => {
  await browser.close()
  await rm(studioFolder, { recursive: true, force: true })
})

const liveAddress = (app: string): string => `http://live-${app}.localhost:${port}/`
const home = (body: string, before = ''): string =>
  `import { useState } from 'react'\n${before}\nexport function HomePage() {\n  const [typed, setTyped] = useState('')\n  return <main><input id="typed" value={typed} onChange={(event) => setTyped(event.target.value)} />${body}</main>\n}\n`

const write = (app: string, files: Record<string, string | null>) =>
  server.send({
    method: 'POST',
    path: `/api/apps/${app}/files`,
    json: {
      changes: Object.entries(files).map(([path, content]) =>
        content === null ? { path, delete: true } : { path, content },
      ),
    },
  })

/** Events of one type, in order. */
async function eventsOf<T extends AppEvent['type']>(
  app: string,
  type: T,
): Promise<Extract<NewAppEvent, { type: T }>[]> {
  const isThese = and(eq(events.app, app), eq(events.type, type))
  const rows = await server.database.db.select().from(events).where(isThese).orderBy(events.seq)
  return rows.map(({ data }) => data as Extract<NewAppEvent, { type: T }>)
}
const liveStates = async (app: string) => (await eventsOf(app, 'preview.live')).map(({ live }) => live)

async function openStudio(app: string): Promise<{ tab: Page; reports: () => Promise<PreviewReport[]> }> {
  const tab = await browser.newPage()
  tab.setDefaultTimeout(40_000)
  await tab.goto(`http://localhost:${port}/`)
  await tab.evaluate((src) => (globalThis as unknown as { show: (src: string) => void }).show(src), liveAddress(app))
  const reports = async () => {
    const heard = await tab.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard)
    const messages = heard.flatMap((each) => PreviewMessage.safeParse(each).data ?? [])
    return messages.flatMap((message) => (message.type === 'overskill:report' ? [message.report] : []))
  }
  return { tab, reports }
}

test('a live page shows the newest files, follows every write in place, keeps standing when one is broken, and goes with its app', async () => {
  const app = await server.createApp()
  await write(app, { 'src/pages/HomePage.tsx': home('<p id="said">one</p>') })
  const { tab } = await openStudio(app)
  const page = tab.frameLocator('iframe')
  expect(await page.locator('#said').textContent()).toBe('one')
  await page.locator('#typed').fill('kept')

  await write(app, { 'src/pages/HomePage.tsx': home('<p id="said">two</p>') })
  await expect.poll(() => page.locator('#said').textContent(), { timeout: 20_000 }).toBe('two')
  expect(await page.locator('#typed').inputValue()).toBe('kept')

  await write(app, { 'src/pages/HomePage.tsx': home('<p id="said">three') })
  await expect.poll(async () => (await liveStates(app)).at(-1)?.status, { timeout: 20_000 }).toBe('broken')
  expect((await liveStates(app)).at(-1)?.errors[0]).toMatchObject({ file: 'src/pages/HomePage.tsx' })
  expect(await page.locator('#said').textContent()).toBe('two')

  await server.send({ method: 'POST', path: `/api/apps/${app}/versions/1/restore`, json: {} })
  await expect.poll(async () => (await liveStates(app)).at(-1)?.status, { timeout: 20_000 }).toBe('ready')
  await expect.poll(() => page.locator('#said').textContent(), { timeout: 20_000 }).toBe('one')

  const stream = await fetchSnapshot(app)
  expect(stream.live).toEqual({ status: 'ready', errors: [] })
  await server.send({ method: 'DELETE', path: `/api/apps/${app}` })
  expect((await server.send({ path: '/', headers: { host: `live-${app}.localhost:${port}` } })).status).toBe(404)
  await tab.close()
})

/** The beginning of the app's stream. */
async function fetchSnapshot(app: string): Promise<Snapshot> {
  const response = await fetch(`http://127.0.0.1:${port}/api/apps/${app}/events`)
  let text = ''
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString()
    const data = /event: snapshot\ndata: (.*)\n\n/.exec(text)?.[1]
    if (data) return Snapshot.parse(JSON.parse(data))
  }
  throw new Error('The stream ended')
}

test('what a live page reports leads to the file and line that were written', async () => {
  const app = await server.createApp()
  const broken = home('<p>{boom()}</p>', `function boom(): string {\n  throw new Error('thrown in a render')\n}`)
  await write(app, { 'src/pages/HomePage.tsx': broken })
  const { tab, reports } = await openStudio(app)
  const report = await vi.waitFor(
    async () => {
      const found = (await reports()).find(
        (each) => each.kind === 'uncaught' || (each.kind === 'console' && each.level === 'error'),
      )
      if (!found) throw new Error(JSON.stringify(await reports()))
      return found
    },
    { timeout: 40_000, interval: 100 },
  )
  const posted = { host: 'live', reports: [report] }
  const { items } = await server.json<{ items: PreviewReport[] }>({
    method: 'POST',
    path: `/api/apps/${app}/preview-reports`,
    json: posted,
  })
  const [mapped] = items
  const stack = mapped && 'stack' in mapped ? mapped.stack : []
  expect(stack?.find(({ file }) => file === 'src/pages/HomePage.tsx')?.line).toBe(3)
  await expect.poll(async () => (await eventsOf(app, 'preview.error')).length).toBe(1)
  await tab.close()
})

test('the parts of a live page wait for its opening, and other sites may not ask for them', async () => {
  const app = await server.createApp()
  const host = `live-${app}.localhost:${port}`
  const part = await server.send({ path: '/src/main.tsx', headers: { host, accept: '*/*', 'sec-fetch-mode': 'cors' } })
  expect(part.status).toBe(200)
  const other = {
    host,
    origin: `http://preview-${app}.localhost:${port}`,
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'cors',
  }
  expect((await server.send({ path: '/src/main.tsx', headers: other })).status).toBe(403)
  const script = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
  expect((await server.send({ path: '/src/main.tsx', headers: script })).status).toBe(403)
  expect(
    (await server.send({ path: '/', headers: { host: `live-zzzzz0.localhost:${port}`, accept: 'text/html' } })).status,
  ).toBe(404)
})

test('a turn that builds opens the live page of an app that somebody looks at, before its first write', async () => {
  const app = await server.createApp()
  const stream = await fetch(`http://127.0.0.1:${port}/api/apps/${app}/events`)
  const reading = (async () => {
    let text = ''
    for await (const part of stream.body ?? []) {
      text += Buffer.from(part).toString()
      if (/^event: turn\.(completed|failed)$/m.test(text)) return text
    }
    return text
  })()
  await server.send({ method: 'POST', path: `/api/apps/${app}/messages`, json: { text: 'A list of books' } })
  expect(await reading).toContain('event: turn.completed')
  await expect.poll(async () => (await liveStates(app)).at(-1)?.status, { timeout: 20_000 }).toBe('ready')
  expect((await fetchSnapshot(app)).live?.status).toBe('ready')

  const unwatched = await server.createApp()
  await server.send({ method: 'POST', path: `/api/apps/${unwatched}/messages`, json: { text: 'A list of books' } })
  await expect.poll(async () => (await eventsOf(unwatched, 'turn.completed')).length, { timeout: 60_000 }).toBe(1)
  expect(await liveStates(unwatched)).toEqual([])
}, 150_000)
