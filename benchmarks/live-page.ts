import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** An open page that shows the mark. */
export type MarkedPage = { page: Page; context: BrowserContext }

const WAIT_MS = 120_000
const SEEN_MS = 20_000

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })

/** Opens a page in a fresh context; answers when it shows the mark, and how long that took, in ms. */
export async function openMarked(browser: Browser, url: string): Promise<MarkedPage & { ms: number }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  const from = now()
  await page.goto(url, { waitUntil: 'commit', timeout: WAIT_MS })
  await page.locator('#bench-mark').waitFor()
  return { page, context, ms: now() - from }
}

const now = (): number => performance.timeOrigin + performance.now()

/** From a write to the page showing it, in ms: seen inside the page, by the same clock. */
export async function timeWrite(page: Page, seen: Seen, write: () => Promise<unknown>): Promise<number> {
  const waiting = page.evaluate(watchFor, { ...seen, limitMs: SEEN_MS })
  waiting.catch(() => undefined) // awaited below, unless the write fails before
  await page.evaluate(() => undefined) // the watch is set when this answers: calls are handled in order
  const from = now()
  await write()
  return (await waiting) - from
}

/** What to wait for: the mark's text, or a property of its style. */
export type Seen = { text: string } | { property: string; value: string }

/** Runs in the page. Text is seen when it is put in; a style is asked for again and again. */
function watchFor(seen: { text?: string; property?: string; value?: string; limitMs: number }): Promise<number> {
  const isThere = (): boolean => {
    const element = document.querySelector('#bench-mark')
    if (!element) return false
    if (seen.text !== undefined) return element.textContent === seen.text
    return getComputedStyle(element).getPropertyValue(seen.property ?? '') === seen.value
  }
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('The page did not change')), seen.limitMs)
    const finish = (): void => {
      clearTimeout(deadline)
      resolve(performance.timeOrigin + performance.now())
    }
    const poll = (): void => (isThere() ? finish() : void setTimeout(poll, 1))
    if (seen.text === undefined) return poll()
    const observer = new MutationObserver(() => {
      if (!isThere()) return
      observer.disconnect()
      finish()
    })
    observer.observe(document.documentElement, { childList: true, characterData: true, subtree: true })
  })
}
