import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList } from '../testing/scenarios.ts'
import { openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

const controls = 'button:visible:enabled, a[href]:visible'

/** Names of the controls that did nothing when they were pressed: no change of the page, no request, no new tab, no other address. */
async function deadControls(studio: Studio, open: () => Promise<void>): Promise<string[]> {
  const { page } = studio
  const dead: string[] = []
  for (let index = 0; ; index += 1) {
    await open()
    if (index >= (await page.locator(controls).count())) return dead
    const control = page.locator(controls).nth(index)
    const name = await control.evaluate((element) => element.getAttribute('aria-label') ?? element.textContent ?? '')
    const effect = Promise.withResolvers<boolean>()
    const works = () => effect.resolve(true)
    page.once('request', works)
    page.once('popup', works)
    page.once('framenavigated', works)
    await page.exposeFunction(`worked${index}`, works)
    await page.evaluate((call) => {
      const tell = () => (window as unknown as Record<string, () => void>)[call]?.()
      const all = { subtree: true, childList: true, attributes: true, characterData: true }
      new MutationObserver(tell).observe(document.documentElement, all)
      document.addEventListener('focusin', tell)
    }, `worked${index}`)
    await control.click()
    const limit = setTimeout(() => effect.resolve(false), 5_000)
    if (!(await effect.promise)) dead.push(name)
    clearTimeout(limit)
  }
}

test('L41: every control of Home does something', { timeout: 120_000 }, async () => {
  await using studio = await studios.open()
  playReadingList(studio.standIn, studio.standIn.addApp().snapshot.app.id)
  const dead = await deadControls(studio, async () => {
    await studio.page.goto('about:blank')
    await studio.page.goto(studio.url)
    await studio.page.getByRole('heading', { name: 'Apps' }).waitFor()
  })
  expect(dead).toEqual([])
})

test('L41: every control of the editor does something', { timeout: 120_000 }, async () => {
  await using studio = await studios.open()
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  const dead = await deadControls(studio, async () => {
    await studio.page.goto('about:blank')
    await studio.page.goto(`${studio.url}/apps/${app}`)
    await studio.page.locator('iframe').last().contentFrame().getByText('Middlemarch').waitFor()
  })
  expect(dead).toEqual([])
})
