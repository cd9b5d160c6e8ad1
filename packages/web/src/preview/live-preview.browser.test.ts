import type { NewAppEvent } from '@overskill/protocol'
import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployVersion, finishWithVersion, playReadingList, playTurn, type PlayedTurn } from '../testing/scenarios.ts'
import { expectAppAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

const shownFrame = (page: Page): FrameLocator => page.frameLocator('iframe:not([aria-hidden])')

async function openReadingList(studio: Studio): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}`)
  await shownFrame(studio.page).getByText('Version 1').waitFor()
  return app
}

const written = (played: PlayedTurn): NewAppEvent => ({
  type: 'files.changed',
  changes: [{ path: 'src/App.tsx', action: 'changed', added: 1, removed: 1 }],
  origin: { turn: played.turn.id, call: 'call_aaaaaaaa' },
})

const broken = (app: string, missing?: string): NewAppEvent => ({
  type: 'preview.live',
  live: {
    status: 'broken',
    errors: [
      {
        file: 'src/pages/Books.tsx',
        line: 14,
        column: 9,
        message: missing ? `${missing} is not installed in ${app}` : 'Unexpected token',
        frame: '14 | <Card',
        ...(missing && { missing }),
      },
    ],
  },
})
const mended: NewAppEvent = { type: 'preview.live', live: { status: 'ready', errors: [] } }

test('a turn shows the live page at the same path, and the version when it is deployed, without a flash', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  await shownFrame(page).getByRole('link', { name: 'Book 7' }).click()
  await expect.poll(() => page.getByLabel('Path in the app').inputValue()).toBe('/books/7')
  let leastVisible = 9
  await page.exposeFunction('sawFrames', (visible: number) => {
    leastVisible = Math.min(leastVisible, visible)
  })
  await page.evaluate(() => {
    const report = (globalThis as unknown as { sawFrames: (visible: number) => void }).sawFrames
    new MutationObserver(() => {
      const frames = [...document.querySelectorAll('iframe')]
      report(frames.filter((frame) => getComputedStyle(frame).visibility === 'visible').length)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
  const played = playTurn(standIn, app, 'A chart')
  await shownFrame(page).getByText('Live page').waitFor()
  expect(await shownFrame(page).locator('#path').textContent()).toBe('/books/7')
  expect(await page.getByRole('link', { name: 'Open in a tab' }).getAttribute('href')).toMatch(/\/\/live-.*\/books\/7$/)
  finishWithVersion(standIn, played, 2, 'Added a chart')
  await shownFrame(page).getByText('Version 2').waitFor()
  expect(await shownFrame(page).locator('#path').textContent()).toBe('/books/7')
  await expect.poll(() => page.locator('iframe').count()).toBe(1)
  expect(leastVisible).toBe(1)
  expect(studio.complaints).toEqual([])
})

test('a live page in which something was typed stays when the turn has ended, until one asks for the version', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'A chart')
  await shownFrame(page).getByText('Live page').waitFor()
  await shownFrame(page).getByLabel('Note').fill('half a thought')
  played.emit(written(played))
  finishWithVersion(standIn, played, 2, 'Added a chart')
  await page.getByText('Version 2 is ready. This page stays, because something was typed in it.').waitFor()
  expect(await shownFrame(page).getByLabel('Note').inputValue()).toBe('half a thought')
  await page.getByRole('button', { name: 'Show version 2' }).click()
  await shownFrame(page).getByText('Version 2').waitFor()
})

test('what is typed in a deployed page while the live one is on its way is not lost either', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  standIn.liveStatus = 503
  const app = await openReadingList(studio)
  playTurn(standIn, app, 'A chart')
  await page.locator('iframe[aria-hidden]').waitFor({ state: 'attached' })
  await shownFrame(page).getByLabel('Note').fill('half a thought')
  await page.getByText('The app is changing. This page stays, because something was typed in it.').waitFor()
  standIn.liveStatus = 200
  await page.getByRole('button', { name: 'Show the live page' }).click()
  await shownFrame(page).getByText('Live page').waitFor()
})

test('the first turn shows the app once it has written something', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const app = standIn.addApp().snapshot.app.id
  await page.goto(`${url}/apps/${app}`)
  const played = playTurn(standIn, app, 'A list')
  const call = played.call(played.block('tools'), 'os-write')
  call.input('{"file_path":"src/App.tsx","content":"export')
  await page.getByText('The first version is being written').waitFor()
  expect(await page.locator('iframe').count()).toBe(0)
  call.run({ file_path: 'src/App.tsx', content: 'export' })
  played.emit(written(played))
  call.done('OK', { added: 1, removed: 0 })
  await shownFrame(page).getByText('Live page').waitFor()
  expect(await page.getByText('The first version is being written').count()).toBe(0)
  finishWithVersion(standIn, played, 1, 'Made a list')
  await shownFrame(page).getByText('Version 1').waitFor()
})

test('a live page that cannot be opened leaves what is deployed in view', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  standIn.liveStatus = 500
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'A chart')
  await page.locator('iframe[aria-hidden]').waitFor({ state: 'attached' })
  await page.locator('iframe[aria-hidden]').waitFor({ state: 'detached' })
  await shownFrame(page).getByText('Version 1').waitFor()
  standIn.liveStatus = 200
  played.emit(written(played))
  await shownFrame(page).getByText('Live page').waitFor()
})

test('an edit is seen in the live page until its version is deployed', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  await page.evaluate(
    (id) => fetch(`/api/apps/${id}/files/src/App.tsx`, { method: 'PUT', body: 'export default () => null' }),
    app,
  )
  await shownFrame(page).getByText('Live page').waitFor()
  deployVersion(standIn, app, 2)
  await shownFrame(page).getByText('Version 2').waitFor()
})

test('L25: broken files leave the last working page with a badge, name their place, and are forgotten once mended', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  playTurn(standIn, app, 'A chart')
  await shownFrame(page).getByText('Live page').waitFor()
  standIn.emit(app, broken(app))
  await page.getByText('Showing the last working version').waitFor()
  await page.getByText('src/pages/Books.tsx, line 14, does not compile. The page shows the last state that').waitFor()
  await page.getByText('Details').click()
  await page.getByText('14 | <Card').waitFor()
  await expectAppAccessible(page)
  await page.getByRole('button', { name: 'Fix this' }).click()
  await expect
    .poll(() => standIn.received.findLast((one) => one.path.endsWith('/messages'))?.body)
    .toMatchObject({ text: expect.stringContaining('src/pages/Books.tsx:14:9\nUnexpected token') as unknown })
  standIn.emit(app, mended)
  await expect.poll(() => page.getByText('Showing the last working version').count()).toBe(0)
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  await shownFrame(page).getByText('Live page').waitFor()
})

test('a missing package is added with one click, and one that is too new only by a second', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const error = { file: 'src/App.tsx', line: 3, column: 9, message: 'framer-motion is not installed' }
  const played = playTurn(standIn, app, 'Move it')
  finishWithVersion(standIn, played, 2, 'Moved it', [{ ...error, missing: 'framer-motion' }])
  const detail = 'framer-motion 12.0.1 was published 3 hours ago.'
  standIn.refusals.set('POST /packages', {
    status: 422,
    code: 'invalid',
    detail,
    errors: [{ path: 'allowNew', message: 'Younger than a day.' }],
  })
  await page.getByRole('button', { name: 'Add framer-motion' }).click()
  await page.getByText(detail).waitFor()
  standIn.refusals.clear()
  await page.getByRole('button', { name: 'Add anyway' }).click()
  await page.getByText('Added framer-motion as version 3.').waitFor()
  expect(standIn.received.findLast((one) => one.path.endsWith('/packages'))?.body).toEqual({
    add: ['framer-motion'],
    allowNew: true,
  })
})

test('while a turn runs the note says that packages wait', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  playTurn(standIn, app, 'Move it')
  await shownFrame(page).getByText('Live page').waitFor()
  standIn.emit(app, broken(app, 'framer-motion'))
  await page.getByText('Packages can be changed when it has ended.').waitFor()
  expect(await page.getByRole('button', { name: 'Add framer-motion' }).count()).toBe(0)
})

test('errors of the page are one note with a count, which goes when files change', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const url = standIn.app(app).snapshot.app.previewUrl
  standIn.emit(app, { type: 'preview.error', url, error: { kind: 'console', message: 'first' } })
  const error = { kind: 'uncaught' as const, message: 'books is undefined', file: 'src/App.tsx', line: 3 }
  standIn.emit(app, { type: 'preview.error', url, error })
  await page.getByText('The page showed an error in src/App.tsx, line 3. 1 more is in the console.').waitFor()
  expect(await page.getByRole('alert').count()).toBe(1)
  await page.getByRole('button', { name: 'Hide this note' }).click()
  expect(await page.getByRole('alert').count()).toBe(0)
  standIn.emit(app, { type: 'preview.ready', url, version: 1 })
  standIn.emit(app, { type: 'preview.error', url, error: { kind: 'blank', message: 'Nothing is drawn.' } })
  await page.getByText('The page is blank.').waitFor()
  const changes = [{ path: 'src/App.tsx', action: 'changed' as const, added: 1, removed: 1 }]
  standIn.emit(app, { type: 'files.changed', changes, origin: { person: 'you' } })
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
})
