import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { injectEnvironment, must } from '@overskill/protocol'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuildResult } from './artifact.ts'
import { everyKind } from './test-app.ts'
import { smallApp, startTestBuilder, starterTree, type TestBuilder } from './test-builder.ts'

let builder: TestBuilder
let browser: Browser

beforeAll(async () => {
  builder = await startTestBuilder()
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
})
afterAll(async () => {
  await browser.close()
  await builder.close()
})

const GREETING = `it's "quoted" </script><script>document.title='broken'</script>\n\u2028 <!-- & $&`

/** Serves an artifact as the edge does: by path, with the page for everything else that a browser navigates to. */
async function serve(result: BuildResult): Promise<Server> {
  if (!result.ok) throw new Error(JSON.stringify(result.errors))
  const byPath = new Map(result.artifact.files.map((file) => [file.path, file]))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x')
    const file = byPath.get(pathname) ?? (/\.\w+$/.test(pathname) ? undefined : byPath.get('/index.html'))
    if (!file) return void response.writeHead(404).end()
    const content = Buffer.from(must(result.contents.get(file.hash), file.path))
    const page = file.path === '/index.html'
    response.writeHead(200, { 'content-type': file.type })
    response.end(page ? injectEnvironment(content.toString('utf8'), { VITE_GREETING: GREETING }) : content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

type Opened = { page: Page; problems: string[]; requests: string[]; url: string; close(): Promise<void> }

async function open(result: BuildResult, path = '/'): Promise<Opened> {
  const server = await serve(result)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const page = await browser.newPage()
  const problems: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('response', (response) => {
    requests.push(new URL(response.url()).pathname)
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(url + path)
  return {
    page,
    problems,
    requests,
    url,
    async close() {
      await page.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

const text = (page: Page, id: string): Promise<string | null> => page.locator(`#${id}`).textContent()
const style = (page: Page, selector: string, name: string): Promise<string> =>
  page.locator(selector).evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)

test('every kind of import works in the page that is served', async () => {
  const app = await open(await builder.build(everyKind()))
  const { page } = app
  await page.locator('#counter').click()
  expect(await text(page, 'counter')).toBe('1')
  expect(await style(page, '#counter', 'padding-left')).toBe('13px')
  expect(await style(page, '#module', 'color')).toBe('rgb(4, 5, 6)')
  expect(await style(page, '#module', 'margin-top')).toBe('9px')
  expect(await style(page, '#module', 'padding-top')).toBe('7px')
  expect(await text(page, 'module')).toBe('true')
  for (const id of ['picture', 'drawing', 'public', 'new-url', 'in-page'])
    expect(
      await page.locator(`#${id}`).evaluate((image) => (image as HTMLImageElement).naturalWidth),
      id,
    ).toBeGreaterThan(0)
  expect(await text(page, 'variable-url')).toMatch(/^\/assets\/picture-[0-9a-f]{10}\.png$/)
  expect(await text(page, 'raw')).toBe('a note with `ticks` and ${braces}')
  expect(await text(page, 'url')).toMatch(/^\/assets\/note-/)
  expect(await text(page, 'inline')).toContain('.inline')
  expect(await text(page, 'json')).toBe('3data')
  expect(await text(page, 'js')).toBe('42label')
  expect(await text(page, 'eager')).toBe('./words/one.ts=uno ./words/two.ts=dos')
  expect(await text(page, 'later')).toBe('./words/one.ts')
  expect(await text(page, 'raws')).toBe('{"/src/note.txt":"a note with `ticks` and ${braces}"}')
  expect(await text(page, 'zod')).toBe('truefalse')
  expect(await text(page, 'variable-import')).toBe('uno')
  expect(await text(page, 'lazy-glob')).toBe('uno')
  expect(await text(page, 'worker-import')).toBe('hello!')
  expect(await page.locator('#icon path').count()).toBe(1)
  expect(await page.locator('#radix').count()).toBe(1)
  expect(await page.title()).toBe('Every kind dos')
  expect(app.problems).toEqual([])
  await app.close()
})

test('L21: values with quotes, line ends and </script> reach the page and a worker as they are', async () => {
  const app = await open(await builder.build(everyKind()))
  expect(await text(app.page, 'env')).toBe(`${GREETING}|${GREETING}|none|production|production`)
  expect(await text(app.page, 'worker')).toBe(`42|8|2026-01-02|${GREETING}`)
  expect(app.problems).toEqual([])
  await app.close()
})

test('a lazy route brings its scripts and styles when it is opened, all asked for at once', async () => {
  const app = await open(await builder.build(everyKind()))
  await app.page.locator('#icon').waitFor()
  const before = app.requests.length
  expect(app.requests.some((path) => path.startsWith('/assets/chart-'))).toBe(false)
  await app.page.locator('#to-chart').click()
  await app.page.locator('#chart .recharts-bar-rectangle path').first().waitFor()
  expect(await style(app.page, '#chart', 'border-left-color')).toBe('rgb(7, 8, 9)')
  const fetched = app.requests.slice(before)
  expect(fetched.filter((path) => path.endsWith('.css'))).toHaveLength(1)
  const scripts = fetched.filter((path) => path.endsWith('.js'))
  expect(scripts).toContainEqual(expect.stringMatching(/^\/_v\//))
  expect(scripts).toHaveLength(new Set(scripts).size)
  expect(app.problems).toEqual([])
  await app.close()
})

test('L19: a lazy route opened by its own address renders with its styles', async () => {
  const app = await open(await builder.build(everyKind()), '/chart')
  await app.page.locator('#chart .recharts-bar-rectangle path').first().waitFor()
  expect(await style(app.page, '#chart', 'border-left-width')).toBe('11px')
  expect(app.problems).toEqual([])
  await app.close()
})

test('the starter renders without an error', async () => {
  const app = await open(await builder.build(await starterTree()))
  await app.page.locator('h1').first().waitFor()
  expect(app.problems).toEqual([])
  await app.close()
})

test('packages imported whole, by default, lazily and through a file of the app are what they are', async () => {
  const tree = smallApp(
    `import * as Whole from 'react'
import React, { useMemo } from 'react'
import * as DOM from 'react-dom/client'
import { addDays, format as shown } from './dates'
import { z } from 'zod'
import './lines.css'
const all = Whole
const zod = z
const checks = {
  whole: typeof all.createElement === 'function' && all.createElement === React.createElement,
  hook: typeof all['use' + 'Memo'] === 'function' && all.useMemo === useMemo,
  dom: typeof DOM.createRoot === 'function',
  dates: shown(addDays(new Date(2026, 0, 1), 1), 'yyyy-MM-dd'),
  zod: zod.string().safeParse('x').success,
}
const [sonner, picker] = await Promise.all([import('sonner'), import('react-day-picker')])
Object.assign(checks, { lazy: typeof sonner.toast.success, picker: typeof picker.DayPicker })
const element = document.createElement('p')
element.id = 'checks'
element.textContent = JSON.stringify(checks)
document.body.append(element)`,
    {
      'src/dates.ts': `export * from 'date-fns'; export { format } from 'date-fns'`,
      'src/lines.css': '@import "react-day-picker/style.css"; #checks { border-top: 3px solid }',
    },
  )
  const app = await open(await builder.build(tree))
  expect(JSON.parse((await text(app.page, 'checks')) ?? '')).toEqual({
    whole: true,
    hook: true,
    dom: true,
    dates: '2026-01-02',
    zod: true,
    lazy: 'function',
    picker: 'function',
  })
  expect(await style(app.page, '#checks', 'border-top-width')).toBe('3px')
  expect(app.problems).toEqual([])
  await app.close()
})
