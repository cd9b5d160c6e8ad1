import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList } from '../testing/scenarios.ts'
import { hashOf } from '../testing/stand-in-data.ts'
import { problem } from '../testing/stand-in-routes.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
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

const saveButton = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })
const changedNote = (page: Page) => page.getByText('This file has changed on the server since you opened it.')
const deletedNote = (page: Page) => page.getByText('This file is no longer there.')
const leaveDialog = (page: Page) => page.getByRole('dialog').getByText('Some files have unsaved changes.')

/**
 * Answers saves as the server does: with the new tag, refusing one that names a file which is not there, making one that
 * names none. Returns how to hold their answers back, though not what they do.
 */
function answerSaves(standIn: StandIn): () => () => void {
  const answer = standIn.fetch.bind(standIn)
  let held = Promise.resolve()
  standIn.fetch = async (request) => {
    const [, app = '', path = ''] = /apps\/([a-z0-9]{6})\/files\/(.+)$/.exec(request.url) ?? []
    if (request.method !== 'PUT' || !path) return answer(request)
    const { files } = standIn.app(app)
    if (!files.has(path) && request.headers.has('if-match'))
      return problem({
        status: 412,
        code: 'precondition_failed',
        detail: 'The file is not the one that If-Match names.',
      })
    if (!files.has(path)) files.set(path, '')
    const answered = await answer(request)
    if (answered.ok) answered.headers.set('etag', `"${hashOf(files.get(path) ?? '')}"`)
    await held
    return answered
  }
  return () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    held = promise
    return resolve
  }
}

function deleteFile(standIn: StandIn, app: string, path: string): void {
  standIn.app(app).files.delete(path)
  const changes = [{ path, action: 'deleted' as const, added: 0, removed: 6 }]
  standIn.emit(app, { type: 'files.changed', changes, origin: { restore: 1 } })
}

const saves = (standIn: StandIn) => standIn.received.filter((one) => one.method === 'PUT')

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

test('⌘P opens the code view where it was never opened, and finds a file there, on a phone too', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = standIn.addApp().snapshot.app.id
  playReadingList(standIn, app)
  const find = async (): Promise<void> => {
    await page.keyboard.press('Control+p')
    await page.locator('input[aria-label="Find a file"]:focus').waitFor()
    await page.keyboard.type('rating')
    await page.keyboard.press('Enter')
    await editor(page, 'src/components/rating.tsx').waitFor()
  }
  await page.goto(`${studio.url}/apps/${app}`)
  await page.getByRole('tab', { name: 'Preview' }).waitFor()
  await find()
  await page.setViewportSize({ width: 390, height: 900 })
  await page.goto(`${studio.url}/apps/${app}?tab=code&file=src/App.tsx`)
  await page.getByRole('button', { name: 'App', exact: true }).waitFor()
  await find()
})

test('leaving the app with unsaved changes is asked about, whatever view is in front, and staying loses nothing', async () => {
  await using studio = await studios.open()
  const { page } = studio
  const app = await openCode(studio, 'src/App.tsx')
  await typeInto(page, 'src/App.tsx', '// kept ')
  await page.getByRole('tab', { name: 'Preview' }).click()
  await page.getByRole('link', { name: 'Your apps' }).click()
  await leaveDialog(page).waitFor()
  await page.getByRole('dialog').getByText('src/App.tsx').first().waitFor()
  await page.getByRole('button', { name: 'Stay' }).click()
  await leaveDialog(page).waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe(`/apps/${app}`)
  await page.getByRole('tab', { name: 'Code' }).click()
  await editor(page, 'src/App.tsx').getByText('// kept').waitFor()
  await saveButton(page).click()
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
  await page.getByRole('link', { name: 'Your apps' }).click()
  await page.getByText('What should exist?').waitFor()
  expect(studio.complaints).toEqual([])
})

test('the Back of the browser asks as well, and leaves when that is the answer', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = standIn.addApp().snapshot.app.id
  playReadingList(standIn, app)
  await page.goto(studio.url)
  await page.getByRole('link', { name: /Book club/ }).click()
  await page.getByRole('tab', { name: 'Code' }).click()
  await page.getByRole('button', { name: /^App.tsx/ }).click()
  await editor(page, 'src/App.tsx').waitFor()
  await typeInto(page, 'src/App.tsx', '// kept ')
  await page.evaluate(() => history.back())
  await leaveDialog(page).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/apps/${app}`)
  await editor(page, 'src/App.tsx').getByText('// kept').waitFor()
  await page.evaluate(() => history.back())
  await page.getByRole('button', { name: 'Leave and discard' }).click()
  await page.getByText('What should exist?').waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
})

test('the browser asks before the page goes away with unsaved changes, and only then', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openCode(studio, 'src/App.tsx')
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  await typeInto(page, 'src/App.tsx', '// lost ')
  await page.reload()
  await editor(page, 'src/App.tsx').waitFor()
  expect(asked).toEqual(['beforeunload'])
  await editor(page, 'src/App.tsx').click()
  await page.reload()
  expect(asked).toEqual(['beforeunload'])
})

test('⌘S speaks for the file on screen, also when it was left in the middle of a save and opened again', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  const release = answerSaves(standIn)()
  await typeInto(page, 'src/App.tsx', '// first ')
  await page.keyboard.press('Control+s')
  await page.getByRole('button', { name: 'Saving' }).waitFor()
  await page.getByRole('button', { name: 'index.css' }).click()
  await editor(page, 'src/index.css').waitFor()
  release()
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
  await page.getByRole('button', { name: /^App.tsx/ }).click()
  standIn.refusals.set('PUT /App.tsx', { status: 409, code: 'busy', detail: 'Turn turn_1 runs.' })
  await typeInto(page, 'src/App.tsx', '// second ')
  await page.keyboard.press('Control+s')
  await page.getByText('A turn is running, so this cannot be saved yet.').waitFor()
  standIn.refusals.clear()
  await page.keyboard.press('Control+s')
  await expect.poll(() => standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ second \/\/ first/)
})

test("one's own save that the stream tells of before it is answered is no conflict, even when typing goes on", async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  const release = answerSaves(standIn)()
  await typeInto(page, 'src/App.tsx', '// sent ')
  const readAgain = page.waitForResponse((one) => one.request().method() === 'GET' && one.url().endsWith('/App.tsx'))
  await page.keyboard.press('Control+s')
  await page.keyboard.type('// typed on ')
  await (await readAgain).finished()
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  expect(await changedNote(page).count()).toBe(0)
  release()
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
  const sent = standIn.app(app).files.get('src/App.tsx') ?? ''
  expect(await changedNote(page).count()).toBe(0)
  await page.keyboard.press('Control+s')
  await expect.poll(() => standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ sent \/\/ typed on/)
  expect(
    saves(standIn)
      .map((one) => one.headers.get('if-match'))
      .at(-1),
  ).toBe(`"${hashOf(sent)}"`)
  expect(await changedNote(page).count()).toBe(0)
})

test('a file deleted while it has unsaved changes says so, and is saved as a new one when asked', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  answerSaves(standIn)
  await typeInto(page, 'src/App.tsx', '// mine ')
  standIn.app(app).files.delete('src/App.tsx')
  await saveButton(page).click()
  await deletedNote(page).waitFor()
  await editor(page, 'src/App.tsx').getByText('// mine').waitFor()
  deleteFile(standIn, app, 'src/App.tsx')
  await page.getByRole('button', { name: 'index.css' }).click()
  await editor(page, 'src/index.css').waitFor()
  await page.getByRole('button', { name: /^App.tsx/ }).click()
  await page.getByRole('button', { name: 'Save as a new file' }).click()
  await page.getByText('Saved src/App.tsx as a new version.').waitFor()
  expect(standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ mine import/)
  expect(saves(standIn).at(-1)?.headers.has('if-match')).toBe(false)
  await deletedNote(page).waitFor({ state: 'detached' })
  await typeInto(page, 'src/App.tsx', '// again ')
  await page.keyboard.press('Control+s')
  await expect.poll(() => standIn.app(app).files.get('src/App.tsx')).toMatch(/^\/\/ again \/\/ mine/)
})

test('an open file without changes says when it is deleted, and when it is there again shows what it is', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openCode(studio, 'src/App.tsx')
  deleteFile(standIn, app, 'src/App.tsx')
  await deletedNote(page).waitFor()
  standIn.app(app).files.set('src/App.tsx', '// restored\n')
  const changes = [{ path: 'src/App.tsx', action: 'created' as const, added: 1, removed: 0 }]
  standIn.emit(app, { type: 'files.changed', changes, origin: { restore: 1 } })
  await editor(page, 'src/App.tsx').getByText('// restored').waitFor()
  expect(await deletedNote(page).count()).toBe(0)
})

test('H: the code view has no violation of axe, light and dark', async () => {
  await using studio = await studios.open()
  await openCode(studio, 'src/components/book-card.tsx')
  await typeInto(studio.page, 'src/components/book-card.tsx', '// a comment\n')
  await expectAccessible(studio.page)
})
