import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { starterTree } from '../test-builder.ts'
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

test('the starter is shown, and a written component is on the page without a load', async () => {
  const tree = await starterTree()
  expect(await live.open('starter', tree)).toEqual({ status: 'ready', errors: [] })
  const { page, problems, loads } = await openLivePage(browser, live.url('starter'))
  await page.locator('h1').first().waitFor()
  const home = new TextDecoder().decode(tree.get('src/pages/HomePage.tsx'))
  const heading = /<h1[^>]*>\s*([^<{]+)/.exec(home)?.[1]?.trim()
  expect(heading).toBeTruthy()
  await live.write('starter', { 'src/pages/HomePage.tsx': home.replace(heading ?? '', 'Written now') })
  await page.getByText('Written now').waitFor()
  expect(loads()).toBe(1)
  expect(problems).toEqual([])
})
