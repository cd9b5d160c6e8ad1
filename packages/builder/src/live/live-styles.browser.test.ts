import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallApp } from '../test-builder.ts'
import { launchBrowser, openLivePage, startTestLive, type TestLive } from './test-live.ts'

let live: TestLive
let browser: Browser

beforeAll(async () => {
  live = await startTestLive()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await live[Symbol.asyncDispose]()
})

const READY = { status: 'ready', errors: [] }
const MAIN = `import { createRoot } from 'react-dom/client'
import './index.css'
import { App } from './app'
import names from './box.module.css'
;(globalThis as any).names = names
createRoot(document.getElementById('root')!).render(<App />)`

const app = (classes: readonly string[]): string =>
  `export const App = () => <main>${classes.map((name, index) => `<p id="p${index}" className=${JSON.stringify(name)}>x</p>`).join('')}</main>`

/** A sheet of several forms: layers, variables, media, what a browser drops, keyframes. */
const sheet = (accent: string, extra = ''): string => `@import 'tailwindcss';
@theme { --color-brand: rgb(10, 20, 30); --breakpoint-wide: 100px; }
:root { --accent: ${accent}; --space: 3px }
.plain { color: var(--accent); padding: var(--space) }
.plain::-moz-focus-inner { border: 0 }
@media (min-width: 50px) { .plain { margin: 1px } ${extra} }
@layer components { .card { border: 1px solid var(--accent); @apply rounded-md } }`

const files = (classes: readonly string[]) => ({
  'src/index.css': sheet('rgb(1, 2, 3)'),
  'src/app.tsx': app(classes),
  'src/box.module.css': '.box { color: rgb(9, 9, 9) }',
})

/** How everything on the page looks, as the browser computed it. */
const computed = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('html, body, main, main *')].map((element) => {
      const all = getComputedStyle(element)
      return [...all].map((name) => `${name}:${all.getPropertyValue(name)}`).join(';')
    }),
  )

/** Counts how often a whole sheet was put into the page. */
const watchSheets = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const counted = globalThis as unknown as { sheets: number }
    counted.sheets = 0
    const observer = new MutationObserver(() => (counted.sheets += 1))
    for (const style of document.querySelectorAll('style'))
      observer.observe(style, { childList: true, characterData: true, subtree: true })
  })
const sheetsPut = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { sheets: number }).sheets)

const style = (page: Page, selector: string, name: string): Promise<string> =>
  page.locator(selector).evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)

const until = (page: Page, selector: string, name: string, value: string): Promise<unknown> =>
  page.waitForFunction(
    ([where = '', property = '', wanted]) => {
      const element = document.querySelector(where)
      return element && getComputedStyle(element).getPropertyValue(property) === wanted
    },
    [selector, name, value],
  )

test('a class used for the first time and a changed variable come as single rules, in their place', async () => {
  expect(await live.open('deltas', smallApp(MAIN, files(['p-2 md:p-4', 'card', 'plain'])))).toEqual(READY)
  const { page, problems, loads, close } = await openLivePage(browser, live.url('deltas'))
  await page.locator('#p0').waitFor()
  await watchSheets(page)
  // p-2 comes before px-3 in the sheet, and both before any variant, whichever was written first.
  await live.write('deltas', { 'src/app.tsx': app(['p-2 md:p-4 px-3', 'card text-brand shadow-md', 'plain']) })
  await until(page, '#p1', 'color', 'rgb(10, 20, 30)')
  expect(await style(page, '#p0', 'padding-left')).toBe('16px')
  expect(await style(page, '#p0', 'padding-top')).toBe('16px')
  expect(await style(page, '#p1', 'box-shadow')).toContain('rgba(0, 0, 0, 0.1)')
  await live.write('deltas', { 'src/index.css': sheet('rgb(70, 80, 90)') })
  await until(page, '#p2', 'color', 'rgb(70, 80, 90)')
  expect(await style(page, '#p1', 'border-top-color')).toBe('rgb(70, 80, 90)')
  expect(await sheetsPut(page)).toBe(0)
  expect(loads()).toBe(1)
  expect(problems).toEqual([])
  await close()
})

test('a CSS module changes without a load: its rules alone, or its names with what uses them', async () => {
  await live.open('names', smallApp(MAIN, files(['plain'])))
  const { page, loads, close } = await openLivePage(browser, live.url('names'))
  await page.locator('#p0').waitFor()
  const name = await page.evaluate(() => (globalThis as unknown as { names: { box: string } }).names.box)
  await page.locator('#p0').evaluate((element, value) => element.setAttribute('class', value), name)
  expect(await style(page, '#p0', 'color')).toBe('rgb(9, 9, 9)')
  await live.write('names', { 'src/box.module.css': '.box { color: rgb(8, 8, 8) }' })
  await until(page, '#p0', 'color', 'rgb(8, 8, 8)')
  expect(loads()).toBe(1)
  await close()
})

const CLASSES =
  `flex grid block hidden p-1 p-2 p-8 px-3 py-5 pt-[7px] m-2 -mt-1 mx-auto space-y-2 gap-4 text-sm text-xl font-bold
  text-red-500 bg-blue-200 bg-brand/50 border border-2 border-dashed rounded-lg shadow-md ring-2 ring-brand opacity-50 w-1/2 h-8
  size-4 hover:underline dark:bg-black md:p-4 wide:p-6 lg:hidden first:mt-4 odd:bg-gray-100 group-hover:flex translate-x-2 rotate-3
  scale-90 blur-sm animate-spin animate-pulse transition duration-300 ease-in [&>a]:underline before:content-['x'] line-clamp-2
  truncate uppercase tracking-wide leading-7 grid-cols-3 col-span-2 bg-linear-to-r from-red-500 to-brand via-50% aspect-video
  not-a-class plain card`.split(/\s+/)

test('after a random run of edits a page looks as it does after a load', async () => {
  await live.open('random', smallApp(MAIN, files(['plain'])))
  const { page, problems, close } = await openLivePage(browser, live.url('random'))
  await page.locator('#p0').waitFor()
  let seed = 20_261
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most
  for (let round = 0; round < 12; round += 1) {
    for (let edit = 0; edit < 4; edit += 1) {
      const classes = Array.from({ length: 6 }, () =>
        Array.from({ length: 1 + random(4) }, () => CLASSES[random(CLASSES.length)]).join(' '),
      )
      const extra = random(2) ? `.card { outline: ${random(4)}px solid } ` : `.plain { letter-spacing: ${random(5)}px }`
      expect(await live.write('random', { 'src/app.tsx': app([...classes, `mark-${round}-${edit}`]) })).toEqual(READY)
      if (random(3) === 0)
        await live.write('random', { 'src/index.css': sheet(`rgb(${random(200)}, ${random(200)}, 0)`, extra) })
    }
    await page.locator(`.mark-${round}-3`).waitFor()
    const mark = `.mark-${round}-3 { scroll-margin-top: ${round + 1}px }`
    await live.write('random', { 'src/index.css': sheet(`rgb(${round}, 0, 0)`, mark) })
    await until(page, `.mark-${round}-3`, 'scroll-margin-top', `${round + 1}px`) // what was sent before it has come too
    await page.addStyleTag({ content: '* { animation: none !important; transition: none !important }' })
    const before = await computed(page)
    await page.reload()
    await until(page, `.mark-${round}-3`, 'scroll-margin-top', `${round + 1}px`) // the sheet may come after the page
    await page.addStyleTag({ content: '* { animation: none !important; transition: none !important }' })
    expect(await computed(page)).toEqual(before)
  }
  expect(problems).toEqual([])
  await close()
})
