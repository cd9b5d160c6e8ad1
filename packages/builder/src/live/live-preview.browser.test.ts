import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { must } from '@overskill/protocol'
import { everyKind } from '../test-app.ts'
import { smallApp, starterTree } from '../test-builder.ts'
import { launchBrowser, openLivePage, startTestLive, type TestLive } from './test-live.ts'

let live: TestLive
let browser: Browser

beforeAll(async () => {
  live = await startTestLive({ pageScript: `globalThis.early = typeof globalThis.__ENV__; '</script><!--'` })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await live[Symbol.asyncDispose]()
})

const GREETING = `it's "quoted" </script><script>document.title='broken'</script>\n\u2028 <!-- & $&`
const READY = { status: 'ready', errors: [] }

const text = (page: Page, id: string): Promise<string | null> => page.locator(`#${id}`).textContent()
const style = (page: Page, selector: string, name: string): Promise<string> =>
  page.locator(selector).evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name)

test('the starter is shown, and a written component is on the page without a load', async () => {
  const tree = await starterTree()
  expect(await live.open('starter', tree)).toEqual(READY)
  const { page, problems, loads, close } = await openLivePage(browser, live.url('starter'))
  await page.locator('h1').first().waitFor()
  const home = new TextDecoder().decode(tree.get('src/pages/HomePage.tsx'))
  const heading = must(/<h1[^>]*>\s*([^<{]+)/.exec(home)?.[1], 'A heading').trim()
  await live.write('starter', { 'src/pages/HomePage.tsx': home.replace(heading, 'Written now') })
  await page.getByText('Written now').waitFor()
  expect(loads()).toBe(1)
  expect(problems).toEqual([])
  await close()
})

test('every kind of import works in a live page as in a built one', async () => {
  expect(await live.open('kinds', everyKind(), { VITE_GREETING: GREETING })).toEqual(READY)
  const { page, problems, close } = await openLivePage(browser, live.url('kinds'))
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
  expect(problems).toEqual([])
  await close()
})

test('L21: values with quotes, line ends and </script> reach a live page and its worker as they are, our script comes first', async () => {
  await live.open('values', everyKind(), { VITE_GREETING: GREETING, VITE_GREETING_X: 'longer' })
  const { page, problems, close } = await openLivePage(browser, live.url('values'))
  expect(await text(page, 'env')).toBe(`${GREETING}|${GREETING}|none|production|production`)
  expect(await text(page, 'worker')).toBe(`42|8|2026-01-02|${GREETING}`)
  expect(await page.evaluate(() => (globalThis as { early?: string }).early)).toBe('undefined')
  await live.open('values', everyKind(), { VITE_GREETING: 'other' })
  await page.getByText('other|other|none|production|production').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('L19: a lazy route opened by its own address renders with its styles; what is no page is 404', async () => {
  await live.open('deep', everyKind())
  const { page, problems, close } = await openLivePage(browser, live.url('deep', '/chart'))
  await page.locator('#chart .recharts-bar-rectangle path').first().waitFor()
  expect(await style(page, '#chart', 'border-left-width')).toBe('11px')
  expect(problems).toEqual([])
  const statuses = await page.evaluate(async () => {
    const ask = async (path: string): Promise<number> => (await fetch(path)).status
    return Promise.all(['/in-public.png', '/missing.png', '/src/picture.png', '/chart', '/_v/none.js'].map(ask))
  })
  expect(statuses).toEqual([200, 404, 404, 404, 404])
  await close()
})

test('typed text, state and scroll are kept while another component is written', async () => {
  const other = (words: string): string => `export const Other = () => <p id="other">${words}</p>`
  const tree = smallApp(
    `import { createRoot } from 'react-dom/client'
import { Form } from './form'
import { Other } from './other'
createRoot(document.getElementById('root')!).render(<><Form /><Other /></>)`,
    {
      'src/form.tsx': `import { useState } from 'react'
export function Form() {
  const [n, setN] = useState(0)
  return <div style={{ height: 3000 }}><input id="typed" /><button id="count" onClick={() => setN(n + 1)}>{n}</button></div>
}`,
      'src/other.tsx': other('before'),
    },
  )
  await live.open('typing', tree)
  const { page, problems, loads, close } = await openLivePage(browser, live.url('typing'))
  await page.locator('#count').click()
  await page.locator('#typed').pressSequentially('half a wo')
  await page.evaluate(() => scrollTo(0, 700))
  for (let round = 0; round < 5; round += 1) {
    await live.write('typing', { 'src/other.tsx': other(`words ${round}`) })
    await page.locator('#typed').pressSequentially('r')
    await page.getByText(`words ${round}`).waitFor()
  }
  expect(await page.locator('#typed').inputValue()).toBe('half a worrrrr')
  expect(await text(page, 'count')).toBe('1')
  expect(loads()).toBe(1)
  expect(problems).toEqual([])
  await close()
})

test('a new file and its import, written in either order or at once, are on the page', async () => {
  const main = `import { createRoot } from 'react-dom/client'
import { App } from './app'
createRoot(document.getElementById('root')!).render(<App />)`
  await live.open('files', smallApp(main, { 'src/app.tsx': 'export const App = () => <p>start</p>' }))
  const { page, problems, loads, close } = await openLivePage(browser, live.url('files'))
  await page.getByText('start').waitFor()
  const app = (name: string): string =>
    `import { ${name} } from './parts/${name.toLowerCase()}'; export const App = () => <p><${name} /></p>`
  const part = (name: string): string => `export const ${name} = () => <b>part ${name}</b>`
  const state = await live.write('files', { 'src/app.tsx': app('One') })
  expect(state.status).toBe('broken')
  expect(state.errors[0]).toMatchObject({ file: 'src/app.tsx', line: 1, column: 21 })
  expect(await page.locator('#root').textContent()).toBe('start')
  expect(await live.write('files', { 'src/parts/one.tsx': part('One') })).toEqual(READY)
  await page.getByText('part One').waitFor()
  await live.write('files', { 'src/parts/two.tsx': part('Two') })
  expect(await live.write('files', { 'src/app.tsx': app('Two') })).toEqual(READY)
  await page.getByText('part Two').waitFor()
  await Promise.all([
    live.write('files', { 'src/app.tsx': app('Three') }),
    live.write('files', { 'src/parts/three.tsx': part('Three') }),
  ])
  await page.getByText('part Three').waitFor()
  expect(loads()).toBe(1)
  expect(problems).toEqual([])
  await close()
})

test('of many writes in quick succession the last one is shown', async () => {
  const main = `import { createRoot } from 'react-dom/client'
import { App } from './app'
createRoot(document.getElementById('root')!).render(<App />)`
  const app = (mark: number): string => `export const App = () => <p id="mark">mark {${mark}}.</p>`
  await live.open('quick', smallApp(main, { 'src/app.tsx': app(0) }))
  const { page, problems, loads, close } = await openLivePage(browser, live.url('quick'))
  await page.getByText('mark 0.').waitFor()
  let mark = 0
  for (let round = 0; round < 15; round += 1) {
    for (let write = 0; write < 5; write += 1) await live.write('quick', { 'src/app.tsx': app((mark += 1)) })
    await page.getByText(`mark ${mark}.`).waitFor()
  }
  expect(loads()).toBeLessThan(3) // one more when the first writes came before the page listened
  expect(problems).toEqual([])
  await close()
})

test('an element knows its place in the source, and places of served scripts are mapped', async () => {
  const main = `import { createRoot } from 'react-dom/client'
import { Check } from 'lucide-react'
const words = import.meta.glob(
  './*.txt',
)
const at = () => new Error('x').stack
;(globalThis as any).at = at
createRoot(document.getElementById('root')!).render(
  <main data-words={Object.keys(words).length}>
    <h1 id="title">title</h1>{import.meta.env.VITE_X}<Check id="icon" />
  </main>,
)`
  await live.open('places', smallApp(main, { 'src/a.txt': 'a' }))
  const { page, problems, close } = await openLivePage(browser, live.url('places'))
  const placeOf = (id: string): Promise<unknown> =>
    page.locator(`#${id}`).evaluate((element) => {
      const find = (globalThis as unknown as Record<symbol, (node: Element) => unknown>)[
        Symbol.for('overskill.placeOf')
      ]
      return find?.(element)
    })
  expect(await placeOf('title')).toEqual({ file: 'src/main.tsx', line: 10, column: 5 })
  expect(await placeOf('icon')).toEqual({ file: 'src/main.tsx', line: 10, column: 54 })
  const stack = await page.evaluate(() => (globalThis as unknown as { at(): string }).at())
  const [, file = '', line = '', column = ''] = must(/(http\S+):(\d+):(\d+)/.exec(stack), 'A place')
  const places = [
    { file, line: Number(line), column: Number(column) },
    { file: `${file}?t=123`, line: Number(line), column: Number(column) },
    { file: live.url('places', '/_v/00000000000000000000.js'), line: 1, column: 1 },
    { file: '/@live/client.js', line: 1, column: 1 },
    { file: 'nothing at all', line: 1, column: 1 },
  ]
  const at = { file: 'src/main.tsx', line: 6, column: 18 }
  expect(await live.service.locate('places', places)).toEqual([at, at, null, null, null])
  expect(problems).toEqual([])
  await close()
})
