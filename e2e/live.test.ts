import { gate, startScriptedModel, text, toolUse, type Reply, type ScriptedModel } from '@overskill/model-server'
import type { App } from '@overskill/protocol'
import type { Browser, Frame, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openPage } from './open-chromium.ts'
import { startServer, type RunningServer } from './start-server.ts'
import { soon } from './soon.ts'
import { say } from './studio-screen.ts'

/** Rows C2, C3, A11: the app is seen changing while it is written, in the real program, from the model's wire to the page. */

const replies: Reply[] = []
let model: ScriptedModel
let server: RunningServer
let browser: Browser
beforeAll(async () => {
  model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('The script is at its end.')] })
  const env = { ANTHROPIC_API_KEY: 'sk-scripted', ANTHROPIC_BASE_URL: model.url }
  ;[server, browser] = await Promise.all([startServer({ env }), launchChromium()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
  await model.close()
})

const latch = () => Promise.withResolvers<void>()
const write = (path: string, content: string) => toolUse('os-write', { file_path: path, content })
const note = (words: string) =>
  write('src/components/note.tsx', `export function Note() {\n  return <p>${words}</p>\n}\n`)
const form = write(
  'src/pages/HomePage.tsx',
  `import { useState } from 'react'
import { Note } from '@/components/note'

export function HomePage() {
  const [count, setCount] = useState(0)
  return (
    <main>
      <h1>A form</h1>
      <input aria-label="Title" />
      <button onClick={() => setCount(count + 1)}>Pressed {count} times</button>
      <Note />
    </main>
  )
}
`,
)

/** The page that is in view, at the host that the editor chose. */
const shown = (page: Page): FrameLocator => page.frameLocator('iframe[title^="Preview of"]:not([aria-hidden])')

const frameOf = async (page: Page, host: string): Promise<Frame> => {
  await soon(() => page.frames().some((frame) => frame.url().includes(`//${host}`))).toBe(true)
  const frame = page.frames().find((one) => one.url().includes(`//${host}`))
  if (!frame) throw new Error(`No frame at ${host}`)
  return frame
}

async function openEditor(...script: Reply[]): Promise<AsyncDisposable & { page: Page; app: string }> {
  replies.splice(0, Infinity, ...script)
  const { app } = await server.api.json<{ app: App }>('POST', '/apps', { name: 'Live' })
  const { page } = await openPage(browser)
  await page.goto(`${server.url}/apps/${app.id}`)
  await page.getByLabel('Message', { exact: true }).waitFor()
  return { page, app: app.id, [Symbol.asyncDispose]: () => page.context().close() }
}

test('C2: what a person types in a form of the preview stays while the model edits another component, and after the turn', async () => {
  const [first, second] = [latch(), latch()]
  await using editor = await openEditor(
    [form, note('First')],
    [text('There it is.')],
    [text('I change the note.'), gate(first.promise), note('Second')],
    [text('And once more.'), gate(second.promise), note('Third')],
    [text('Done.')],
  )
  const { page, app } = editor
  await say(page, 'A form')
  await soon(async () => (await server.api.turns(app))[0]?.deployment).toMatchObject({ status: 'live' })
  await shown(page).getByText('First').waitFor()
  await say(page, 'Another note')
  await frameOf(page, `live-${app}`)
  const inLive = shown(page)
  await soon(() => page.locator('iframe:not([aria-hidden])').getAttribute('src')).toContain(`live-${app}`)
  await inLive.getByText('First').waitFor()
  const live = await (await page.locator('iframe:not([aria-hidden])').elementHandle())?.contentFrame()
  if (!live) throw new Error('No page in the frame that is shown')
  await inLive.getByLabel('Title').fill('Half a sentence')
  await inLive.getByRole('button').click()
  await live.evaluate(() => Object.assign(globalThis, { mark: 'the same page' }))

  first.resolve()
  await inLive.getByText('Second').waitFor()
  second.resolve()
  await inLive.getByText('Third').waitFor()
  await soon(async () => (await server.api.turns(app)).map(({ status }) => status)).toEqual(['completed', 'completed'])

  expect(await inLive.getByLabel('Title').inputValue()).toBe('Half a sentence')
  await inLive.getByText('Pressed 1 times').waitFor()
  expect(await live.evaluate(() => (globalThis as { mark?: string }).mark)).toBe('the same page')
  await page.getByText('Version 2 is ready. This page stays, because something was typed in it.').waitFor()
  await page.getByRole('button', { name: 'Show version 2' }).click()
  await soon(() => page.locator('iframe:not([aria-hidden])').getAttribute('src')).toContain(`preview-${app}`)
  await shown(page).getByText('Third').waitFor()
})

test('C2, L25: a broken step keeps the last working page with a badge that names file and line, and the badge goes when it is mended', async () => {
  const [broken, mended] = [latch(), latch()]
  await using editor = await openEditor(
    [form, note('Good')],
    [text('There it is.')],
    [gate(broken.promise), write('src/components/note.tsx', 'export function Note() {\n  return <p>Bad</p\n}\n')],
    [gate(mended.promise), note('Good again')],
    [text('Mended.')],
  )
  const { page, app } = editor
  await say(page, 'A form')
  await soon(async () => (await server.api.turns(app))[0]?.deployment).toMatchObject({ status: 'live' })
  await say(page, 'Break it')
  await frameOf(page, `live-${app}`)
  await soon(() => page.locator('iframe:not([aria-hidden])').getAttribute('src')).toContain(`live-${app}`)
  await shown(page).getByText('Good', { exact: true }).waitFor()

  broken.resolve()
  await page.getByText('Showing the last working version').waitFor()
  await page.getByText(/src\/components\/note\.tsx, line [23]/).waitFor()
  await page.getByRole('button', { name: 'Fix this' }).waitFor()
  await shown(page).getByText('Good', { exact: true }).waitFor()
  mended.resolve()
  await shown(page).getByText('Good again').waitFor()
  await soon(() => page.getByText('Showing the last working version').count()).toBe(0)
  await soon(async () => (await server.api.turns(app)).map(({ status }) => status)).toEqual(['completed', 'completed'])
})

test('C2: ten apps are open at once, and each changes alone', async () => {
  const ids = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const { app } = await server.api.json<{ app: App }>('POST', '/apps', { name: `Ten ${index}` })
      const changes = [{ path: 'src/pages/HomePage.tsx', content: homePage(`App ${index}`) }]
      await server.api.json('POST', `/apps/${app.id}/files`, { changes })
      return app
    }),
  )
  const { page } = await openPage(browser)
  const context = page.context()
  const pages = await Promise.all(
    ids.map(async ({ liveUrl }) => {
      const own = await context.newPage()
      await own.goto(liveUrl)
      return own
    }),
  )
  for (const [index, own] of pages.entries()) await own.getByText(`App ${index}`, { exact: true }).waitFor()
  for (const own of pages) await own.evaluate(() => Object.assign(globalThis, { mark: 'kept' }))
  for (const [index, { id }] of ids.entries()) {
    if (index % 3 !== 0) continue
    const changes = [{ path: 'src/pages/HomePage.tsx', content: homePage(`App ${index} changed`) }]
    await server.api.json('POST', `/apps/${id}/files`, { changes })
  }
  for (const [index, own] of pages.entries()) {
    const words = index % 3 === 0 ? `App ${index} changed` : `App ${index}`
    await own.getByText(words, { exact: true }).waitFor()
    expect(await own.evaluate(() => (globalThis as { mark?: string }).mark)).toBe('kept')
  }
  await context.close()
})

const homePage = (words: string): string => `export function HomePage() {\n  return <h1>${words}</h1>\n}\n`

test('A2, C2: a new app is seen growing at its live address before it has a version, and no request fails meanwhile', async () => {
  const held = latch()
  await using editor = await openEditor([form, note('Early'), gate(held.promise), text('Done.')], [text('Done.')])
  const { page, app } = editor
  const failed: string[] = []
  page.on('response', (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`))
  await say(page, 'A form')
  await frameOf(page, `live-${app}`)
  await shown(page).getByText('Early').waitFor()
  expect((await server.api.versions(app)).length).toBe(0)
  held.resolve()
  await soon(() => page.locator('iframe:not([aria-hidden])').getAttribute('src')).toContain(`preview-${app}`)
  await shown(page).getByText('Early').waitFor()
  expect(failed).toEqual([])
})

test('C4, A11: what the page logs and what fails in it is in the drawer, in the log of events, and told to the model that asks', async () => {
  const noisy = write(
    'src/pages/HomePage.tsx',
    `import { useEffect } from 'react'

export function HomePage() {
  useEffect(() => {
    console.warn('the shelf is full', { books: 3 })
    void fetch('/api/books?token=sk-secret-1234567890abcdef')
  }, [])
  return (
    <button
      onClick={() => {
        throw new Error('no such book')
      }}
    >
      Open
    </button>
  )
}
`,
  )
  const seen = model.requests.length
  await using editor = await openEditor(
    [noisy],
    [text('There.')],
    [toolUse('os-read-console-logs', {}), toolUse('os-read-network-requests', {})],
    [text('I see.')],
  )
  const { page, app } = editor
  await say(page, 'A noisy page')
  await soon(async () => (await server.api.turns(app))[0]?.deployment).toMatchObject({ status: 'live' })
  await soon(() => page.locator('iframe:not([aria-hidden])').getAttribute('src')).toContain(`preview-${app}`)
  await page
    .getByRole('button', { name: /Console/ })
    .first()
    .click()
  const drawer = page.getByRole('region', { name: 'Console and network' })
  await drawer
    .getByText(/the shelf is full/)
    .first()
    .waitFor()
  await shown(page).getByRole('button', { name: 'Open' }).click()
  await drawer
    .getByText(/no such book/)
    .first()
    .waitFor()
  await drawer
    .getByRole('button', { name: /src\/pages\/HomePage\.tsx:\d+/ })
    .first()
    .waitFor()

  await say(page, 'What do you see?')
  await soon(async () => (await server.api.turns(app))[1]?.status).toBe('completed')
  const { messages } = model.requests[seen + 3] as { messages: unknown[] }
  const told = JSON.stringify(messages.at(-1)) // what the tools answered
  expect(told).toContain('the shelf is full')
  expect(told).toContain('no such book')
  expect(told).toMatch(/src\/pages\/HomePage\.tsx:1[0-9]/)
  expect(told).toContain('/api/books')
  expect(told).not.toContain('sk-secret-1234567890abcdef')
})

test('C3: a package that is missing is offered and added with one click, and the page uses it', async () => {
  const uses = write(
    'src/pages/HomePage.tsx',
    "import ms from 'ms'\n\nexport function HomePage() {\n  return <h1>{ms(60_000)}</h1>\n}\n",
  )
  await using editor = await openEditor([uses], [text('It needs ms.')], [text('I cannot add it.')])
  const { page, app } = editor
  await say(page, 'Use ms')
  await soon(async () => (await server.api.turns(app))[0]?.status).toBe('completed')
  await page.getByRole('button', { name: 'Add ms' }).click()
  await shown(page).getByText('1m', { exact: true }).waitFor({ timeout: 40_000 })
  const manifest = JSON.parse(await server.api.file(app, 'package.json')) as { dependencies: Record<string, string> }
  expect(manifest.dependencies['ms']).toMatch(/^\^2\./)
})
