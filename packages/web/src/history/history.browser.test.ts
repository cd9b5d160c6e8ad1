import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openHistory(studio: Studio): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  finishWithVersion(studio.standIn, playTurn(studio.standIn, app, 'Add due dates'), 2, 'Added due dates')
  const patch = '@@ -1,2 +1,2 @@\n const a = 1\n-const b = 2\n+const b = 3\n'
  studio.standIn
    .app(app)
    .diffs.set(2, [{ path: 'src/b.ts', action: 'changed', added: 1, removed: 1, binary: false, patch }])
  await studio.page.goto(`${studio.url}/apps/${app}?tab=history`)
  await studio.page.getByRole('heading', { name: 'Added due dates', level: 3 }).last().waitFor()
  return app
}

test('the conversation leads to what a version changed', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openHistory(studio)
  await page.getByRole('log').getByRole('button', { name: 'Compare' }).last().click()
  const diff = page.getByRole('list', { name: 'Changes of version 2' })
  await diff.getByText('+const b = 3').waitFor()
  await diff.getByText('-const b = 2').waitFor()
  expect(new URL(page.url()).searchParams.get('compare')).toBe('2')
})

test('L36: restoring asks, makes a new version, and says that nothing is lost', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openHistory(studio)
  const row = page
    .getByRole('tabpanel', { name: /History/ })
    .getByRole('listitem')
    .filter({ hasText: 'Made a reading list' })
  await row.getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Nothing is lost').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Version 1 is restored as version 3.').waitFor()
  await page.getByRole('heading', { name: 'Restored version 1' }).waitFor()
})

test('an older version is shown in the preview by a deployment, never by a restore', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openHistory(studio)
  const row = page
    .getByRole('tabpanel', { name: /History/ })
    .getByRole('listitem')
    .filter({ hasText: 'Made a reading list' })
  await row.getByRole('button', { name: 'Preview' }).click()
  await expect
    .poll(() => standIn.received.findLast((one) => one.path.endsWith('/deploy'))?.body)
    .toEqual({
      environment: 'preview',
      version: 1,
    })
  expect(standIn.received.some((one) => one.path.endsWith('/restore'))).toBe(false)
})

test('H: the history has no violation of axe, light and dark', async () => {
  await using studio = await studios.open()
  await openHistory(studio)
  await studio.page.getByRole('button', { name: 'Compare' }).nth(2).click()
  await studio.page.getByText('+const b = 3').waitFor()
  await expectAccessible(studio.page)
})
