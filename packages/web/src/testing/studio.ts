import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { builtStudio } from './built-studio.ts'
import { serveStandIn } from './serve-stand-in.ts'
import type { StandIn } from './stand-in-state.ts'

/** Chromium in front of the built studio and a stand-in server, for one test. */
export type Studio = AsyncDisposable & {
  page: Page
  url: string
  standIn: StandIn
  /** Everything that the page has complained about; a break of the connection that a test makes is no complaint. */
  complaints: string[]
}

const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One Chromium and one server for all tests of a file, so that the studio's code is loaded once; apps are made anew. */
export type Studios = {
  /** A fresh page in a window of a desk, with nothing kept in the browser and no apps on the server. */
  open: () => Promise<Studio>
  close: () => Promise<void>
}

export async function openStudios(): Promise<Studios> {
  const served = await serveStandIn(await builtStudio())
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(15_000)
  return {
    async open() {
      const standIn = served.renew()
      const page = await context.newPage()
      await page.goto(`${served.url}/favicon.svg`)
      await page.evaluate(() => localStorage.clear())
      return {
        page,
        url: served.url,
        standIn,
        complaints: complaintsOf(page),
        [Symbol.asyncDispose]: () => page.close(),
      }
    },
    async close() {
      await browser.close()
      await served.close()
    },
  }
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    if (!message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  return complaints
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with the page, as `rule: element`; apps in frames are not the studio's. */
async function violations(page: Page): Promise<string[]> {
  const results = (await page.evaluate('axe.run(document, { iframes: false })')) as AxeResults
  return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** Nothing for axe to complain about and nothing that scrolls sideways, on a desk, a tablet and a phone, light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // A script element would be refused by the studio's policy; this is the debugger's own way in.
  await page.evaluate(await axeSource)
  const found: Record<string, unknown> = {}
  for (const width of [1440, 768, 390]) {
    await page.setViewportSize({ width, height: 900 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (overflow > 0) found[`${width} scrolls sideways`] = overflow
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const wrong = await violations(page)
      if (wrong.length > 0) found[`${width} ${colorScheme}`] = wrong
    }
  }
  expect(found).toEqual({})
}

/** The same of the editor with the app's half in front, which a phone shows alone; gives back the window of a desk. */
export async function expectAppAccessible(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 900 })
  await page.getByRole('button', { name: 'App', exact: true }).click()
  await expectAccessible(page)
  await page.setViewportSize({ width: 1440, height: 900 })
}
