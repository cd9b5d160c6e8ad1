import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import { openStudios, type Studio, type Studios } from '../testing/studio.ts'

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

test('before the first version the preview says what is happening, and then shows the app by itself', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const app = standIn.addApp().snapshot.app.id
  await page.goto(`${url}/apps/${app}`)
  await page.getByText('Nothing to show yet').waitFor()
  const played = playTurn(standIn, app, 'A list')
  played.text('I write it.', false)
  await page.getByText('The first version is being written').waitFor()
  finishWithVersion(standIn, played, 1, 'Made a list')
  await page.locator('iframe').last().contentFrame().getByText('Middlemarch').waitFor()
  expect(studio.complaints).toEqual([])
})

test('a new deployment is loaded behind the one in view and takes its place when it is there', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  let mostFrames = 0
  let leastVisible = 9
  await page.exposeFunction('sawFrames', (frames: number, visible: number) => {
    mostFrames = Math.max(mostFrames, frames)
    leastVisible = Math.min(leastVisible, visible)
  })
  await page.evaluate(() => {
    const report = (globalThis as unknown as { sawFrames: (frames: number, visible: number) => void }).sawFrames
    new MutationObserver(() => {
      const frames = [...document.querySelectorAll('iframe')]
      report(frames.length, frames.filter((frame) => getComputedStyle(frame).visibility === 'visible').length)
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
  const loads = page.waitForResponse((response) => response.url().includes(`preview-${app}`))
  finishWithVersion(standIn, playTurn(standIn, app, 'Change it'), 2, 'Changed it')
  await loads
  await expect.poll(() => page.locator('iframe').count()).toBe(1)
  await expect.poll(() => mostFrames).toBe(2)
  expect(leastVisible).toBe(1)
})

test('L25: a version that does not build is said with its place, the last good one stays, and both buttons work', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const error = { file: 'src/App.tsx', line: 3, column: 9, message: 'Unexpected token' }
  finishWithVersion(standIn, playTurn(standIn, app, 'A chart'), 2, 'Added a chart', [error])
  await page
    .getByText('The build of version 2 failed in src/App.tsx, line 3. Your app still shows version 1.')
    .waitFor()
  await page.locator('iframe').last().contentFrame().getByText('Middlemarch').waitFor()
  await page.getByRole('button', { name: 'Fix this' }).click()
  await expect
    .poll(() => standIn.received.findLast((one) => one.path.endsWith('/messages'))?.body)
    .toMatchObject({
      text: expect.stringContaining('src/App.tsx:3:9\nUnexpected token') as unknown,
      mode: 'build',
    })
  await page.getByRole('button', { name: 'Open file' }).click()
  await page.getByRole('heading', { name: 'src/App.tsx' }).waitFor()
  expect(new URL(page.url()).searchParams.get('line')).toBe('3')
})

test('the path bar takes the preview to a page, and the widths are those of devices', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openReadingList(studio)
  await page.getByLabel('Path in the app').fill('/books/7')
  await page.keyboard.press('Enter')
  await page.locator('iframe').last().contentFrame().getByText('/books/7', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Phone, 390 px' }).click()
  await expect
    .poll(() =>
      page
        .locator('iframe')
        .first()
        .evaluate((frame) => (frame as HTMLElement).offsetWidth),
    )
    .toBe(390 - 2)
  expect(await page.getByRole('link', { name: 'Open in a tab' }).getAttribute('href')).toMatch(
    /^http:\/\/preview-.*\/books\/7$/,
  )
})

test('the app in the preview may not take the studio away', async () => {
  await using studio = await studios.open()
  await openReadingList(studio)
  const sandbox = (await studio.page.locator('iframe').getAttribute('sandbox')) ?? ''
  expect(sandbox).toContain('allow-scripts')
  expect(sandbox).not.toContain('allow-top-navigation')
})
