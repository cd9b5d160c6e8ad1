import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList, playTurn } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openPackages(studio: Studio): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}`)
  await studio.page.getByRole('button', { name: 'More' }).click()
  await studio.page.getByRole('menuitem', { name: 'Packages' }).click()
  await studio.page.getByRole('listitem').filter({ hasText: 'zod' }).waitFor()
  return app
}

test('packages are listed with their versions, added by name and removed', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openPackages(studio)
  const dialog = page.getByRole('dialog', { name: 'Packages' })
  await expectAccessible(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  await dialog.getByLabel('Name of a package').fill('not a name')
  await dialog.getByText('A package is named name or name@version.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true)
  await dialog.getByLabel('Name of a package').fill('framer-motion')
  await page.keyboard.press('Enter')
  await dialog.getByRole('listitem').filter({ hasText: 'framer-motion' }).waitFor()
  await dialog.getByRole('button', { name: 'Remove zod' }).click()
  await expect.poll(() => dialog.getByRole('listitem').filter({ hasText: 'zod' }).count()).toBe(0)
  expect(studio.complaints).toEqual([])
})

test('a package that cannot be had is said in words, and nothing is lost of what was typed', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openPackages(studio)
  const detail = 'There is no package named framer-notion.'
  standIn.refusals.set('POST /packages', { status: 422, code: 'invalid', detail })
  await page.getByLabel('Name of a package').fill('framer-notion')
  await page.keyboard.press('Enter')
  await page.getByText(detail).waitFor()
  expect(await page.getByLabel('Name of a package').inputValue()).toBe('framer-notion')
  expect(await page.getByRole('button', { name: 'Add anyway' }).count()).toBe(0)
})

test('an install is told in the bar and in the row of its tool, and what went wrong with it is said', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = standIn.addApp().snapshot.app.id
  playReadingList(standIn, app)
  await page.goto(`${studio.url}/apps/${app}`)
  await page.locator('iframe').waitFor()
  const played = playTurn(standIn, app, 'Move it')
  const call = played.call(played.block('tools'), 'os-add-dependency')
  call.run({ packages: ['framer-motion'] })
  const names = ['framer-motion']
  const progress = { phase: 'fetching' as const, packages: 3, bytes: 1_200_000 }
  played.emit({ type: 'packages.progress', names, progress })
  await page.getByText('Fetching framer-motion · 3 packages, 1.2 MB').waitFor()
  await page.getByRole('button', { name: /Adding framer-motion 3 packages, 1.2 MB/ }).waitFor()
  played.emit({ type: 'packages.ended', names, problem: 'The registry does not answer.' })
  call.fail('INSTALL_FAILED', 'The registry does not answer.')
  await page.getByText('framer-motion could not be added.').waitFor()
  expect(await page.getByText('Fetching').count()).toBe(0)
})

test('while a turn runs packages are only read', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openPackages(studio)
  playTurn(standIn, app, 'Move it')
  await page.getByText('A turn is running. Packages can be changed when it has ended.').waitFor()
  expect(await page.getByRole('button', { name: 'Remove zod' }).isDisabled()).toBe(true)
})
