import type { PreviewReport } from '@overskill/protocol'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList } from '../testing/scenarios.ts'
import { expectAppAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openReadingList(studio: Studio): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}`)
  await studio.page.locator('iframe').last().contentFrame().getByText('Middlemarch').waitFor()
  return app
}

/** Makes the page in the preview say something. */
const report = (page: Page, ...reports: PreviewReport[]): Promise<void> =>
  page
    .locator('iframe')
    .last()
    .contentFrame()
    .locator('body')
    .evaluate((_, said) => {
      const { say } = globalThis as unknown as { say: (...messages: unknown[]) => void }
      say(...said.map((one) => ({ type: 'overskill:report', report: one })))
    }, reports)

const at = Date.UTC(2026, 10, 23, 10)
const stack = [
  { file: 'http://preview-abc123.localhost/src/pages/Books.tsx?t=1', line: 14, column: 9 },
  { file: 'http://preview-abc123.localhost/_v/react.js', line: 1, column: 4_812 },
]
const failure: PreviewReport = { kind: 'uncaught', at, text: 'TypeError: books is undefined\nin the list', stack }
const log = (text: string, level: 'log' | 'warn' = 'log'): PreviewReport => ({ kind: 'console', at, level, text })

test('what the page says goes by the server in batches and is shown with its place in the files, a link to Code', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openReadingList(studio)
  await report(page, log('ready'), log('ready'), log('slow', 'warn'), failure)
  await page.getByRole('button', { name: 'Console, 1 error, 1 warning' }).click()
  await page.getByText('2 times').waitFor({ state: 'attached' })
  const posted = standIn.received.filter((one) => one.path.endsWith('/preview-reports'))
  expect(posted).toHaveLength(1)
  expect(posted[0]?.body).toMatchObject({ host: 'preview', reports: { length: 4 } })
  await page.getByRole('button', { name: 'TypeError: books is undefined' }).click()
  await page.getByText('in the list').waitFor()
  await expectAppAccessible(page)
  await page.getByRole('region', { name: 'Console', exact: true }).getByRole('button', { name: 'Fix this' }).click()
  await expect
    .poll(() => standIn.received.findLast((one) => one.path.endsWith('/messages'))?.body)
    .toMatchObject({ text: expect.stringContaining('in the list\n    at src/pages/Books.tsx:14:9') as unknown })
  await page.getByRole('button', { name: 'Open src/pages/Books.tsx:14:9' }).first().click()
  await page.getByRole('heading', { name: 'src/pages/Books.tsx' }).waitFor()
  expect(new URL(page.url()).searchParams.get('line')).toBe('14')
  expect(studio.complaints).toEqual([])
})

test('rows are found by level and text, cleared, and kept over a reload only when asked for', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openReadingList(studio)
  await report(page, log('alpha'), log('beta', 'warn'))
  await page.getByRole('button', { name: /^Console/ }).click()
  const rows = page.getByRole('region', { name: 'Console', exact: true }).getByRole('listitem')
  await rows.nth(1).waitFor()
  expect(await rows.count()).toBe(2)
  await page.getByLabel('Level').selectOption({ label: 'Warnings' })
  await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('beta')])
  await page.getByLabel('Find in the console').fill('alp')
  await page.getByText('Nothing matches.').waitFor()
  await page.getByLabel('Level').selectOption({ label: 'All levels' })
  await expect.poll(() => rows.count()).toBe(1)
  await page.getByLabel('Find in the console').fill('')
  await page.getByLabel('Keep on reload').check()
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByText('Reloaded').waitFor()
  expect(await rows.count()).toBe(3)
  await page.getByLabel('Keep on reload').uncheck()
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByText('The page has said nothing yet.').waitFor()
  await report(page, log('gamma'))
  await page.getByText('gamma').waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByText('The page has said nothing yet.').waitFor()
})

test('requests are listed with their answer, and what a failing one was answered can be read', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const { previewUrl } = standIn.app(app).snapshot.app
  const asked = { kind: 'request' as const, at, method: 'GET', ms: 38 }
  await report(
    page,
    { ...asked, url: `${previewUrl}api/books`, status: 200 },
    { ...asked, url: 'https://api.example.org/rates', status: 500, body: '{"error":"no rates today"}' },
    { ...asked, url: 'https://gone.example.org/', status: 0 },
  )
  await page.getByRole('button', { name: /^Console/ }).click()
  await page.getByRole('tab', { name: 'Network' }).click()
  await page.getByText('/api/books', { exact: true }).waitFor()
  await page.getByText('No answer').waitFor()
  await page.getByRole('button', { name: 'Answer, 26 B' }).click()
  await page.getByText('{"error":"no rates today"}').waitFor()
  await expectAppAccessible(page)
  await page.getByLabel('Requests').selectOption({ label: 'Failed' })
  await expect.poll(() => page.getByText('/api/books', { exact: true }).count()).toBe(0)
})

test('the drawer is moved with the keyboard, and is as one left it', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openReadingList(studio)
  await page.getByRole('button', { name: /^Console/ }).press('Enter')
  const edge = page.getByRole('separator', { name: 'Height of the console' })
  await edge.press('ArrowUp')
  await page.reload()
  await edge.waitFor()
  expect(await edge.getAttribute('aria-valuenow')).toBe('240')
  expect(
    await page.getByRole('region', { name: 'Console and network' }).evaluate((drawer) => drawer.clientHeight),
  ).toBe(240)
  await page.getByRole('button', { name: 'Close the console' }).press('Enter')
  await expect.poll(() => edge.count()).toBe(0)
})

test('a page that says too much at once is cut short, and a long list is drawn from its end', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openReadingList(studio)
  await page.getByRole('button', { name: /^Console/ }).click()
  await report(page, ...Array.from({ length: 1_000 }, (_, index) => log(`line ${index}`)))
  await page.getByRole('button', { name: /^Show earlier/ }).waitFor()
  const rows = page.getByRole('region', { name: 'Console', exact: true }).getByRole('listitem')
  await expect.poll(() => rows.count()).toBe(150)
  await page.getByRole('button', { name: /^Show earlier/ }).press('Enter')
  await expect.poll(() => rows.count()).toBeGreaterThan(150)
  await report(page, log('after'))
  await page.getByText(/messages left out/).waitFor()
})

test('another frame, another site and another message are not listened to', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openReadingList(studio)
  await page.evaluate(() => postMessage({ type: 'overskill:path', path: '/taken' }, '*'))
  const frame = page.locator('iframe').last().contentFrame().locator('body')
  await frame.evaluate(() => {
    const { say } = globalThis as unknown as { say: (...messages: unknown[]) => void }
    say({ type: 'overskill:path', path: 'https://evil.example/' }, { type: 'other' }, 'text', null)
  })
  await report(page, log('after'))
  await expect.poll(() => standIn.received.some((one) => one.path.endsWith('/preview-reports'))).toBe(true)
  expect(await page.getByLabel('Path in the app').inputValue()).toBe('/')
})
