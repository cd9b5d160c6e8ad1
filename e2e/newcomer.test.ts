import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openPage } from './open-chromium.ts'
import { startServer, type RunningServer } from './start-server.ts'
import { soon } from './soon.ts'
import { appInFrame, say, studioApp } from './studio-screen.ts'

/** L42: the way of a newcomer with the sample model, one step a test, each going on where the last one ended. */

let server: RunningServer
let browser: Browser
let page: Page
let complaints: string[]
let app = ''
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), launchChromium()])
  ;({ page, complaints } = await openPage(browser))
})
afterAll(async () => {
  expect(complaints).toEqual([])
  await browser.close()
  await server[Symbol.asyncDispose]()
})

const sentence = 'A reading list for my book club with title, author and rating, in green'
const panel = () => page.getByRole('complementary', { name: 'Publish' })
const conversation = () => page.getByRole('log', { name: 'Conversation' })

/** The page that an app's host answers with, as curl would get it. */
const pageAt = (host: string) => server.api.send('/', { host: `${host}.localhost:${server.port}` })

const publicAddress = async (): Promise<string> => (await server.api.app(app)).productionUrl ?? 'not published'

test('L42: the sentence being typed survives a reload of Home', async () => {
  await page.goto(server.url)
  const field = page.getByLabel('Describe the app')
  await field.fill(sentence)
  await page.reload()
  expect(await field.inputValue()).toBe(sentence)
  await page.getByRole('button', { name: 'Sample builder (no AI)' }).waitFor()
})

test('L42: text, tool rows and files are seen while they are written, and the app is in the preview', async () => {
  await watchRows(page)
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  await page.waitForURL(/\/apps\/[a-z0-9]{6}$/)
  app = studioApp(page)
  await conversation().getByText('This is the sample model').waitFor()
  await appInFrame(page).getByRole('heading', { name: 'Reading list' }).waitFor()
  await appInFrame(page).getByText('Middlemarch').waitFor()
  await conversation()
    .getByRole('button', { name: /^Wrote \d+ files/ })
    .waitFor()
  const { growth, groups } = await whatWasSeen(page)
  expect(Math.max(...growth)).toBeGreaterThan(1)
  expect(groups).toContainEqual(expect.stringMatching(/^Writing \d+ files?/))
  await soon(async () => (await server.api.app(app)).status).toBe('ready')
})

test('L42: "add a due date", "make it dark" and "call it Shelf" each change the preview', async () => {
  await say(page, 'add a due date')
  await appInFrame(page).getByRole('columnheader', { name: 'Due date' }).waitFor()
  await say(page, 'make it dark')
  await appInFrame(page).locator('html.dark').waitFor()
  await say(page, 'call it Shelf')
  await appInFrame(page).getByRole('heading', { name: 'Shelf' }).waitFor()
  await page.getByRole('heading', { name: 'Shelf', exact: true }).waitFor()
  expect((await server.api.versions(app)).map(({ number }) => number)).toEqual([4, 3, 2, 1])
})

/** The app's own files that a page names. */
const assetsOf = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '')

test('L42: what is published is the artifact of the preview, and its hash is shown before', async () => {
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  const shown = await panel().locator('code').first().innerText()
  await panel().getByRole('button', { name: 'Publish version 4' }).click()
  await panel().getByText('Version 4 is public. The preview shows the same files.').waitFor()

  const live = (await server.api.deployments(app)).filter(({ status }) => status === 'live')
  expect(live.map(({ environment }) => environment).toSorted()).toEqual(['preview', 'production'])
  expect(new Set(live.map(({ artifact }) => artifact)).size).toBe(1)
  expect(live[0]?.artifact).toContain(shown.replace('…', ''))
  expect(await publicAddress()).toBe(`http://shelf.localhost:${server.port}/`)
  const [published, preview] = [await pageAt('shelf'), await pageAt(`preview-${app}`)]
  expect([published.status, preview.status]).toEqual([200, 200])
  expect(assetsOf(published.body)).toEqual(assetsOf(preview.body))
  expect(published.body).not.toContain('overskill:') // the script by which a previewed page talks to the studio
  expect(preview.body).toContain('overskill:')
  const { page: visitor } = await openPage(browser)
  await visitor.goto(await publicAddress())
  await visitor.getByRole('heading', { name: 'Shelf' }).waitFor()
  await visitor.context().close()
})

test('L36, L42: version 1 restored is in the preview; the public page stays until it is published again', async () => {
  const before = (await pageAt('shelf')).body
  await panel().getByRole('button', { name: 'Close' }).click()
  await page.getByRole('tab', { name: 'History' }).click()
  const first = page
    .getByRole('tabpanel', { name: 'History' })
    .getByRole('listitem')
    .filter({ has: page.getByText('v1', { exact: true }) })
  await first.getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Version 1 is restored as version 5.').waitFor()
  await page.getByRole('tab', { name: 'Preview' }).click()
  await appInFrame(page).getByRole('heading', { name: 'Reading list' }).waitFor()
  expect(await appInFrame(page).getByRole('columnheader', { name: 'Due date' }).count()).toBe(0)
  expect(await server.api.files(app, 5)).toEqual(await server.api.files(app, 1))
  expect((await pageAt('shelf')).body).toBe(before)
  expect((await pageAt(`preview-${app}`)).body).not.toBe(before)
})

test('L33, L42: an app that is taken off line answers 404 at its address', async () => {
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByRole('button', { name: 'Unpublish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click()
  await page.getByText('The page is off line.').waitFor()
  expect((await pageAt('shelf')).status).toBe(404)
  expect((await pageAt(`preview-${app}`)).status).toBe(200)
  await panel().getByRole('button', { name: 'Close' }).click()
})

test('L42: a page says that the server is away and, when it is back, has everything and still the words being typed', async () => {
  const banner = page.getByText('The connection to the server is lost.')
  await page.getByLabel('Message', { exact: true }).fill('and an author filter')
  await server.stop()
  await banner.waitFor()
  await server.start()
  await banner.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('heading', { name: 'Shelf', exact: true }).waitFor()
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('and an author filter')
  await say(page, 'make it blue')
  await soon(async () => (await server.api.versions(app)).length).toBe(6)
  await conversation().getByText('v6 ·').waitFor()
})

/** What was on screen for a moment only: each file's numbers of lines, and the words of each group of calls. */
type Seen = { lines: Record<string, Set<string>>; groups: Set<string> }
type Watched = { seen?: Seen }

/** From now on, notes everything that the rows of the conversation show while they are written. */
const watchRows = (target: Page): Promise<void> =>
  target.evaluate(() => {
    const seen: Seen = ((globalThis as Watched).seen = { lines: {}, groups: new Set() })
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('[role=log] li')) {
        const [, path, lines] = /([\w./-]+\.tsx?).*?(\d+) lines?$/s.exec(row.textContent ?? '') ?? []
        if (path && lines) (seen.lines[path] ??= new Set()).add(lines)
      }
      for (const group of document.querySelectorAll('[role=log] section > button'))
        seen.groups.add(group.textContent ?? '')
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })

/** How many different numbers of lines each file was seen with, and the words of the groups. */
const whatWasSeen = (target: Page): Promise<{ growth: number[]; groups: string[] }> =>
  target.evaluate(() => {
    const { lines = {}, groups = [] } = (globalThis as Watched).seen ?? {}
    return { growth: Object.values(lines).map((numbers) => numbers.size), groups: [...groups] }
  })
