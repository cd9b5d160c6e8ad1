import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openCode(studio: Studio, file: string): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}?tab=code&file=${file}`)
  await editor(studio.page, file).waitFor()
  return app
}

const editor = (page: Page, file: string) => page.getByRole('textbox', { name: file })

/** Types at the very beginning of the file. */
async function typeInto(page: Page, file: string, text: string): Promise<void> {
  await editor(page, file).click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type(text)
}

test('a file is saved with ⌘S over exactly what was read, and becomes a version', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  await typeInto(page, 'src/App.tsx', '// mine ')
  await page.getByText('Unsaved changes').first().waitFor()
  await page.keyboard.press('Control+s')
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
  expect(standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ mine import/)
  expect(standIn.received.findLast((one) => one.method === 'PUT')?.headers.get('if-match')).toMatch(/^".+"$/)
  await expect.poll(() => page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
  await typeInto(page, 'src/App.tsx', '// again ')
  await page.keyboard.press('Control+s')
  await expect.poll(() => standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ again \/\/ mine/)
  expect(studio.complaints).toEqual([])
})

test('unsaved changes survive looking at another file and another view', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openCode(studio, 'src/App.tsx')
  await typeInto(page, 'src/App.tsx', '// kept ')
  await page.getByRole('button', { name: 'index.css' }).click()
  await editor(page, 'src/index.css').waitFor()
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('tab', { name: 'Code' }).click()
  await page.getByRole('button', { name: /^App.tsx/ }).click()
  await editor(page, 'src/App.tsx').getByText('// kept').waitFor()
  await page.keyboard.press('Control+z')
})

test('a save while a turn runs is explained and loses nothing', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openCode(studio, 'src/App.tsx')
  standIn.refusals.set('PUT /App.tsx', { status: 409, code: 'busy', detail: 'Turn turn_1 runs.' })
  await typeInto(page, 'src/App.tsx', '// later ')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('A turn is running, so this cannot be saved yet.').waitFor()
  await editor(page, 'src/App.tsx').getByText('// later').waitFor()
  standIn.refusals.clear()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
})

test('a file that changed on the server in between is never overwritten unasked', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  await typeInto(page, 'src/App.tsx', '// mine ')
  standIn.app(app).files.set('src/App.tsx', '// theirs\n')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('This file has changed on the server since you opened it.').waitFor()
  expect(standIn.app(app).files.get('src/App.tsx')).toBe('// theirs\n')
  await page.getByRole('button', { name: 'Keep mine' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(() => standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ mine/)
})

test('an open file without changes follows what is written to it', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  standIn.app(app).files.set('src/App.tsx', '// from the model\n')
  const changes = [{ path: 'src/App.tsx', action: 'changed' as const, added: 1, removed: 6 }]
  standIn.emit(app, { type: 'files.changed', changes, origin: { restore: 1 } })
  await editor(page, 'src/App.tsx').getByText('// from the model').waitFor()
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
})

test('files are found by name from the keyboard', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openCode(studio, 'src/App.tsx')
  await page.keyboard.press('Control+p')
  await page.keyboard.type('rating')
  await page.keyboard.press('Enter')
  await editor(page, 'src/components/rating.tsx').waitFor()
})

test('H: the code view has no violation of axe, light and dark', async () => {
  await using studio = await studios.open()
  await openCode(studio, 'src/components/book-card.tsx')
  await typeInto(studio.page, 'src/components/book-card.tsx', '// a comment\n')
  await expectAccessible(studio.page)
})
