import type { Deployment } from '@overskill/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openPanel(studio: Studio): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}`)
  await studio.page.getByRole('button', { name: 'Publish', exact: true }).click()
  await studio.page.getByRole('complementary', { name: 'Publish' }).waitFor()
  return app
}

const lastPublic = (standIn: StandIn, app: string): Deployment | undefined =>
  standIn.app(app).snapshot.deployments.find((one) => one.environment === 'production')

/** Plays the end of a publish: the stages with their times, then the address. */
function finishPublish(standIn: StandIn, app: string): void {
  const started = lastPublic(standIn, app)
  if (!started) return
  const stages = [{ name: 'upload' as const, ms: 11 }]
  standIn.emit(app, { type: 'deployment.stage', deployment: { ...started, status: 'uploading', stages } })
  const live: Deployment = { ...started, status: 'live', stages: [...stages, { name: 'switch', ms: 4 }] }
  const { app: now } = standIn.app(app).snapshot
  standIn.emit(app, { type: 'deployment.completed', deployment: live })
  standIn.emit(app, { type: 'app.updated', app: { ...now, productionUrl: live.url } })
}

test('L29: what goes live is said before, sent by name, and only by the button', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openPanel(studio)
  const panel = page.getByRole('complementary', { name: 'Publish' })
  await panel.getByText('Same files as the preview').waitFor()
  expect(standIn.received.some((one) => one.path.endsWith('/deploy'))).toBe(false)
  await panel.getByRole('button', { name: 'Publish version 1' }).click()
  await panel.getByText('Waiting').waitFor()
  const sent = standIn.received.find((one) => one.path.endsWith('/deploy'))
  expect(sent?.body).toEqual({ environment: 'production', version: 1 })
  expect(sent?.headers.get('idempotency-key')).toBeTruthy()
  finishPublish(standIn, app)
  await panel.getByText('11 ms').waitFor()
  await panel.getByText('Version 1 is public.').waitFor()
  expect(await panel.getByRole('link', { name: 'Open' }).getAttribute('href')).toContain('book-club')
  expect(studio.complaints).toEqual([])
})

test('an address is judged with each letter and saved only when it can be had', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openPanel(studio)
  const field = page.getByRole('textbox', { name: 'Address' })
  await field.fill('preview-x')
  await page.getByText('preview-x is reserved.').waitFor()
  expect(await page.getByRole('button', { name: 'Save address' }).isDisabled()).toBe(true)
  await field.fill('shelf')
  standIn.refusals.set(`PATCH /${app}`, { status: 409, code: 'conflict', detail: 'shelf is taken.' })
  await page.getByRole('button', { name: 'Save address' }).click()
  await page.getByText('shelf is taken.').waitFor()
  standIn.refusals.clear()
  await field.fill('our-shelf')
  await page.keyboard.press('Enter')
  await page.getByText('Kept for this app').waitFor()
  expect(standIn.app(app).snapshot.app.slug).toBe('our-shelf')
})

test('a publish that was asked for cannot be asked for again before the stream has told it', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openPanel(studio)
  const release = standIn.holdEvents()
  const answered = page.waitForResponse((response) => response.url().endsWith('/deploy'))
  await page.getByRole('button', { name: 'Publish version 1' }).click()
  await (await answered).finished()
  const button = page.getByRole('button', { name: 'Publishing' })
  await button.waitFor()
  expect(await button.isDisabled()).toBe(true)
  release()
  await page.getByText('Waiting').waitFor()
})

test('what was public before can be public again, and unpublishing asks first', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openPanel(studio)
  await page.getByRole('button', { name: 'Publish version 1' }).click()
  await page.getByText('Waiting').waitFor()
  finishPublish(standIn, app)
  const first = lastPublic(standIn, app)
  finishWithVersion(standIn, playTurn(standIn, app, 'Change'), 2, 'Changed')
  await page.getByRole('button', { name: 'Publish version 2' }).click()
  await expect.poll(() => lastPublic(standIn, app)?.id).not.toBe(first?.id)
  if (first) standIn.emit(app, { type: 'deployment.stage', deployment: { ...first, status: 'superseded' } })
  finishPublish(standIn, app)
  await page.getByRole('button', { name: 'Roll back' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect.poll(() => standIn.received.at(-1)?.path).toContain(`${first?.id}/rollback`)

  await page.getByRole('button', { name: 'Unpublish' }).click()
  await page.getByText('stops answering at once').waitFor()
  await page.keyboard.press('Escape') // closes the question, not what is behind it
  await page.getByText('stops answering at once').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Unpublish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click()
  await page.getByText('The page is off line.').waitFor()
  await page.getByText('Public at').waitFor({ state: 'detached' })
})

test('a publish that fails says that the public page did not change', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openPanel(studio)
  await page.getByRole('button', { name: 'Publish version 1' }).click()
  await page.getByText('Waiting').waitFor()
  const started = lastPublic(standIn, app)
  if (started)
    standIn.emit(app, {
      type: 'deployment.failed',
      deployment: { ...started, status: 'failed', error: 'The disk is full.' },
    })
  await page.getByText('Publishing failed. Nothing is public.').waitFor()
  await page.getByText('The disk is full.').waitFor()
})

test('the panel does not block the editor, and Escape closes it', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openPanel(studio)
  await page.getByLabel('Message', { exact: true }).fill('Still typing')
  await page.getByRole('textbox', { name: 'Address' }).press('Escape')
  await page.getByRole('complementary', { name: 'Publish' }).waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Publish')
})

test('H: the publish panel has no violation of axe, light and dark', async () => {
  await using studio = await studios.open()
  const app = await openPanel(studio)
  await studio.page.getByRole('button', { name: 'Publish version 1' }).click()
  await studio.page.getByText('Waiting').waitFor()
  finishPublish(studio.standIn, app)
  await studio.page.getByText('Version 1 is public.').waitFor()
  await expectAccessible(studio.page)
})
