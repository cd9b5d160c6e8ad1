import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { smallApp } from '../test-builder.ts'
import { launchBrowser, openLivePage, startTestLive } from './test-live.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const READY = { status: 'ready', errors: [] }
const MAIN = `import { createRoot } from 'react-dom/client'
import { App } from './app'
createRoot(document.getElementById('root')!).render(<App />)`
const app = (words: string): string => `export const App = () => <p id="words">${words} {import.meta.env.VITE_NAME}</p>`

test('ten apps are open at once, each with its own files, values and updates', async () => {
  await using live = await startTestLive({ limits: { appsPerProcess: 4 } })
  const names = Array.from({ length: 10 }, (_, index) => `app${index}`)
  const states = await Promise.all(
    names.map((name) => live.open(name, smallApp(MAIN, { 'src/app.tsx': app(`first ${name}`) }), { VITE_NAME: name })),
  )
  expect(states).toEqual(names.map(() => READY))
  const pages = await Promise.all(names.map((name) => openLivePage(browser, live.url(name))))
  for (const [index, { page }] of pages.entries()) await page.getByText(`first app${index} app${index}`).waitFor()
  await live.write('app3', { 'src/app.tsx': app('only three') })
  await pages[3]?.page.getByText('only three app3').waitFor()
  for (const [index, { page, loads, problems }] of pages.entries()) {
    if (index !== 3) expect(await page.locator('#words').textContent()).toBe(`first app${index} app${index}`)
    expect(loads()).toBe(1)
    expect(problems).toEqual([])
  }
  await live.service.close('app3')
  expect(live.service.isOpen('app3')).toBe(false)
  expect(await live.service.change('app3', [])).toBeUndefined()
  await live.write('app4', { 'src/app.tsx': app('four goes on') })
  await pages[4]?.page.getByText('four goes on app4').waitFor()
  await Promise.all(pages.map(({ close }) => close()))
}, 150_000)

test('when a process of live pages is killed, its pages come back with what was written last', async () => {
  await using live = await startTestLive()
  await live.open('crash', smallApp(MAIN, { 'src/app.tsx': app('first') }))
  await live.write('crash', { 'src/app.tsx': app('second') })
  const { page, close } = await openLivePage(browser, live.url('crash'))
  await page.getByText('second').waitFor()
  live.killProcesses()
  const state = await live.write('crash', { 'src/app.tsx': app('third') })
  expect(['ready', 'broken']).toContain(state.status)
  await page.getByText('third').waitFor()
  expect(await live.write('crash', { 'src/app.tsx': app('fourth') })).toEqual(READY)
  await page.getByText('fourth').waitFor()
  await close()
})

test('a process that grew too large is replaced, and its pages open again when they are asked for', async () => {
  await using live = await startTestLive({ limits: { memoryBytes: 1 } })
  await live.open('large', smallApp(MAIN, { 'src/app.tsx': app('small') }))
  await vi.waitFor(() => expect(live.logged.join('\n')).toContain('grew too large'), { timeout: 20_000 })
  const response = await fetch(`http://127.0.0.1:${live.port}/`, { headers: { Host: 'live-large.localhost' } })
  expect(response.status).toBeLessThan(600)
  expect(live.service.isOpen('large')).toBe(true)
})

test('a page that nobody looks at is closed after a while and that is told, one that is looked at is not', async () => {
  const closed: string[] = []
  await using live = await startTestLive({ limits: { idleMs: 8_000 }, onClosed: (app) => closed.push(app) })
  await live.open('seen', smallApp(MAIN, { 'src/app.tsx': app('seen') }))
  const { page, close } = await openLivePage(browser, live.url('seen'))
  await page.getByText('seen').waitFor()
  await live.open('unseen', smallApp(MAIN, { 'src/app.tsx': app('unseen') }))
  await vi.waitFor(() => expect(live.service.isOpen('unseen')).toBe(false), { timeout: 30_000 })
  expect(live.service.isOpen('seen')).toBe(true)
  expect(closed).toEqual(['unseen'])
  await close()
  await vi.waitFor(() => expect(live.service.isOpen('seen')).toBe(false), { timeout: 30_000 })
  expect(closed).toEqual(['unseen', 'seen'])
})

test('a module of a package that was not bundled is prepared, and the page has it then', async () => {
  await using live = await startTestLive()
  await live.open('deep', smallApp(MAIN, { 'src/app.tsx': app('plain') }))
  const { page, close } = await openLivePage(browser, live.url('deep'))
  await page.getByText('plain').waitFor()
  const deep = `import { addDays } from 'date-fns/addDays'
export const App = () => <p>day {addDays(new Date(2026, 0, 1), 1).getDate()}</p>`
  const state = await live.write('deep', { 'src/app.tsx': deep })
  expect(state.errors[0]?.message).toBe('"date-fns/addDays" is being prepared.')
  await page.getByText('day 2').waitFor({ timeout: 50_000 })
  await vi.waitFor(() => expect(live.states.at(-1)).toEqual({ app: 'deep', state: READY }))
  const none = await live.write('deep', { 'src/app.tsx': `import 'date-fns/no-such'\n${deep}` })
  expect(none.status).toBe('broken')
  await vi.waitFor(
    () =>
      expect(live.states.at(-1)?.state.errors[0]?.message).toBe(
        'The package "date-fns" has no module "date-fns/no-such" for browsers.',
      ),
    { timeout: 40_000 },
  )
  await close()
})
