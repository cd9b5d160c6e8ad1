import type { Browser } from 'playwright-core'
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
import { App } from './app'
import './app.css'
createRoot(document.getElementById('root')!).render(<App />)`
const app = (words: string): string => `import { useState } from 'react'
import data from './data.json'
export function App() {
  const [n, setN] = useState(0)
  return <button id="count" onClick={() => setN(n + 1)}>${words} {n} {data.name}</button>
}`
/** What the app names is bundled from the start. */
const MANIFEST = JSON.stringify({ dependencies: { react: '19.3.1', 'react-dom': '19.3.1', 'react-router': '8.5.1' } })
const FILES = {
  'package.json': MANIFEST,
  'src/app.tsx': app('good'),
  'src/app.css': 'button { color: red }',
  'src/data.json': '{"name":"json"}',
}

const faults: [name: string, files: Record<string, string | null>, error: object][] = [
  ['a syntax error', { 'src/app.tsx': 'export function App() {\n  return <p>\n}' }, { file: 'src/app.tsx', line: 3 }],
  [
    'an import of a file that is not there',
    { 'src/app.tsx': `import './nowhere'\n${app('bad')}` },
    {
      file: 'src/app.tsx',
      line: 1,
      column: 8,
      message: '"./nowhere" was not found in this app. (looked for src/nowhere)',
    },
  ],
  [
    'an import of a package that is not installed',
    { 'src/app.tsx': `import x from 'left-pad/x'\nx()\n${app('bad')}` },
    { file: 'src/app.tsx', line: 1, column: 15, missing: 'left-pad' },
  ],
  [
    'a name that a file does not give',
    {
      'src/app.tsx': `import { nothing } from './data.json'\nimport { no } from './main'\nexport { no }\n${app('bad')}`,
    },
    { file: 'src/app.tsx', line: 2, message: '"no" is not exported by "src/main.tsx".' },
  ],
  [
    'a name that a package does not give',
    { 'src/app.tsx': `import { useNothing } from 'react-router'\nuseNothing()\n${app('bad')}` },
    { file: 'src/app.tsx', line: 1, message: '"useNothing" is not exported by the package "react-router".' },
  ],
  [
    'a stylesheet that cannot be read',
    { 'src/app.css': 'a {}\nbutton { color: red } }' },
    { file: 'src/app.css', line: 2 },
  ],
  ['JSON that is none', { 'src/data.json': '{"name":\n  "a" "b"}' }, { file: 'src/data.json', line: 2, column: 7 }],
  ['a file that is gone', { 'src/data.json': null }, { file: 'src/app.tsx', line: 2 }],
]

test.each(faults)(
  '%s leaves the last working page, also after a reload, until it is mended',
  async (name, files, error) => {
    const host = name.replaceAll(/[^a-z]/g, '')
    await live.open(host, smallApp(MAIN, FILES))
    const { page, problems, loads, close } = await openLivePage(browser, live.url(host))
    await page.locator('#count').click()
    const state = await live.write(host, files)
    expect(state.status).toBe('broken')
    expect(state.errors[0]).toMatchObject(error)
    if ('line' in error) expect(state.errors[0]?.frame).toContain('^')
    expect(await page.locator('#count').textContent()).toBe('good 1 json')
    await page.reload()
    await page.locator('#count').click()
    expect(await page.locator('#count').textContent()).toBe('good 1 json')
    expect(await live.write(host, { ...FILES, 'src/app.tsx': app('better') })).toEqual(READY)
    await page.getByText('better 1 json').waitFor()
    expect(loads()).toBe(2)
    expect(problems).toEqual([])
    await close()
  },
)

test('a good file is shown while another one is broken', async () => {
  const tree = smallApp(
    `import { createRoot } from 'react-dom/client'
import { A } from './a'
import { B } from './b'
createRoot(document.getElementById('root')!).render(<><A /><B /></>)`,
    { 'src/a.tsx': 'export const A = () => <p>a1</p>', 'src/b.tsx': 'export const B = () => <p>b1</p>' },
  )
  await live.open('two', tree)
  const { page, loads, close } = await openLivePage(browser, live.url('two'))
  await page.getByText('b1').waitFor()
  expect((await live.write('two', { 'src/a.tsx': 'export const A = () => <p>' })).status).toBe('broken')
  expect((await live.write('two', { 'src/b.tsx': 'export const B = () => <p>b2</p>' })).status).toBe('broken')
  await page.getByText('b2').waitFor()
  expect(await page.getByText('a1').count()).toBe(1)
  // main.tsx takes no updates: the page must load anew, but not while a file is broken.
  const main = `import { createRoot } from 'react-dom/client'
import { A } from './a'
createRoot(document.getElementById('root')!).render(<><A /><b>new main</b></>)`
  await live.write('two', { 'src/main.tsx': main })
  await live.write('two', { 'src/b.tsx': 'export const B = () => <p>b3</p>' })
  expect(await page.getByText('b2').count()).toBe(1)
  expect(loads()).toBe(1)
  expect(await live.write('two', { 'src/a.tsx': 'export const A = () => <p>a2</p>' })).toEqual(READY)
  await page.getByText('new main').waitFor()
  expect(await page.getByText('a2').count()).toBe(1)
  expect(loads()).toBe(2)
  await close()
})

test('an app that cannot be shown yet says why, and appears when it can', async () => {
  const tree = smallApp(MAIN, { ...FILES, 'src/app.tsx': 'export const App = ' })
  const state = await live.open('unborn', tree)
  expect(state.status).toBe('broken')
  const { page, close } = await openLivePage(browser, live.url('unborn'))
  await page.getByText('src/app.tsx:1').waitFor()
  expect(await live.write('unborn', FILES)).toEqual(READY)
  await page.locator('#count').click()
  expect(await page.locator('#count').textContent()).toBe('good 1 json')
  await close()
})

test('a render that throws after an update leaves the last good render, and the page comes back when it is mended', async () => {
  await live.open('throws', smallApp(MAIN, FILES))
  const { page, loads, close } = await openLivePage(browser, live.url('throws', '/some/route'))
  await page.locator('#count').click()
  const failed = page.waitForEvent('pageerror')
  await live.write('throws', { 'src/app.tsx': app('{((): string => { throw new Error("no") })()}') })
  await failed
  expect(await page.locator('#count').textContent()).toBe('good 1 json')
  await live.write('throws', { 'src/app.tsx': app('back') })
  await page.getByText('back 0 json').waitFor()
  expect(await page.locator('#count').count()).toBe(1)
  await page.locator('#count').click()
  await page.getByText('back 1 json').waitFor()
  expect(new URL(page.url()).pathname).toBe('/some/route')
  expect(loads()).toBe(1)
  await close()
})

test('a page that threw before it showed anything comes back by itself, on its route', async () => {
  await live.open('blank', smallApp(MAIN, { ...FILES, 'src/app.tsx': `throw new Error('early')\n${app('x')}` }))
  const { page, problems, close } = await openLivePage(browser, live.url('blank', '/some/route'))
  expect(problems).toContain('early')
  await live.write('blank', { 'src/app.tsx': app('alive') })
  await page.getByText('alive 0 json').waitFor()
  expect(new URL(page.url()).pathname).toBe('/some/route')
  await close()
})
