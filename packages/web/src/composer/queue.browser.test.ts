import { must } from '@overskill/protocol'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playTurn } from '../testing/scenarios.ts'
import { sayTo } from '../testing/stand-in-deeds.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

/** A running turn for which messages wait. */
async function openQueue({ page, standIn, url }: Studio, texts: string[] = ['One', 'Two', 'Three']) {
  const app = standIn.addApp().snapshot.app.id
  const played = playTurn(standIn, app, 'Long work')
  const messages = texts.map((text) => sayTo(standIn, app, text).message)
  await page.goto(`${url}/apps/${app}`)
  await rows(page).first().waitFor()
  return { app, played, messages }
}

const rows = (page: Page) => page.getByRole('region', { name: 'Waiting for this turn' }).getByRole('listitem')
const inRow = (page: Page, text: string, name: string) =>
  rows(page).filter({ hasText: text }).getByRole('button', { name, exact: true })
const patient = { timeout: 10_000 }
const expectOrder = (page: Page, texts: string[]) =>
  expect.poll(() => rows(page).allInnerTexts(), patient).toEqual(texts)

/** What has the focus, as `row: control`. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const active = document.activeElement
    const row = active?.closest('li')?.textContent
    return `${row ? `${row}: ` : ''}${active?.getAttribute('aria-label') ?? active?.tagName}`
  })

test('A7: a message that waits is edited in its place; Escape leaves it as it was; the focus comes back to it', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const { app, messages } = await openQueue(studio)
  await inRow(page, 'Two', 'Edit').click()
  await page.getByRole('textbox', { name: 'Edit' }).fill('Never')
  await page.keyboard.press('Escape')
  await expectOrder(page, ['One', 'Two', 'Three'])
  expect(await focused(page)).toBe('Two: Edit')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Edit' }).fill('Two and a half')
  await page.keyboard.press('Enter')
  await expectOrder(page, ['One', 'Two and a half', 'Three'])
  await expect.poll(() => focused(page), patient).toBe('Two and a half: Edit')
  expect(standIn.received.filter(({ method }) => method === 'PATCH')).toMatchObject([
    { path: `/api/apps/${app}/messages/${messages[1]?.id}`, body: { text: 'Two and a half' } },
  ])
})

test('A7: an edit stays open until the stream has told it: the old text never comes back', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openQueue(studio)
  await inRow(page, 'Two', 'Edit').click()
  await page.getByRole('textbox', { name: 'Edit' }).fill('Two and a half')
  const release = standIn.holdEvents()
  const answered = page.waitForResponse((response) => response.request().method() === 'PATCH')
  await page.keyboard.press('Enter')
  await (await answered).finished()
  expect(await page.getByRole('textbox', { name: 'Edit' }).inputValue()).toBe('Two and a half')
  await expect.poll(() => page.getByText('Two', { exact: true }).count(), patient).toBe(0)
  release()
  await expectOrder(page, ['One', 'Two and a half', 'Three'])
})

test('A7: a message that starts or is removed while it is edited keeps what was typed, and can be put into the box', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const { app, messages } = await openQueue(studio, ['One'])
  await inRow(page, 'One', 'Edit').click()
  const field = page.getByRole('textbox', { name: 'Edit' })
  await field.fill('One, in gre')
  const { queued: _queued, ...started } = must(messages[0], 'The message that waits')
  standIn.emit(app, { type: 'message.updated', message: started })
  await page.getByText('This message has started as it was.').waitFor()
  await page.keyboard.type('en')
  await page.keyboard.press('Enter') // saves nothing, and sends nothing
  expect(await field.inputValue()).toBe('One, in green')
  expect(standIn.received.some(({ method }) => method === 'PATCH' || method === 'POST')).toBe(false)
  await page.getByRole('button', { name: 'Put it into the message box' }).click()
  await expect.poll(() => page.getByLabel('Message', { exact: true }).inputValue(), patient).toBe('One, in green')
  await field.waitFor({ state: 'detached' })
})

test('A7: a message that waits is moved by keys alone: the focus stays on it, and its new place is said', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const { messages } = await openQueue(studio)
  const said = page.getByRole('region', { name: 'Waiting for this turn' }).getByRole('status')
  await inRow(page, 'Three', 'Edit').focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('Alt+ArrowUp')
  await expectOrder(page, ['Three', 'One', 'Two'])
  await expect.poll(() => focused(page), patient).toBe('Three: Edit')
  await expect.poll(() => said.textContent(), patient).toBe('Three: 1 of 3')
  await page.keyboard.press('Alt+ArrowUp') // it is the first already
  await inRow(page, 'Three', 'Later').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Space')
  await expectOrder(page, ['One', 'Two', 'Three'])
  await expect.poll(() => focused(page), patient).toBe('Three: Later')
  await expect.poll(() => said.textContent(), patient).toBe('Three: 3 of 3')
  const orders = () => standIn.received.filter(({ path }) => path.endsWith('/queue')).map(({ body }) => body)
  const ids = (...places: number[]) => ({ messages: places.map((place) => messages[place]?.id) })
  await expect.poll(orders, patient).toEqual([ids(0, 2, 1), ids(2, 0, 1), ids(0, 2, 1), ids(0, 1, 2)])
  expect(studio.complaints).toEqual([])
})

test('A7: a message moved again before the stream has told the first move goes on from there', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openQueue(studio)
  const release = standIn.holdEvents()
  await inRow(page, 'Three', 'Edit').focus()
  const answered = page.waitForResponse((response) => response.url().endsWith('/queue'))
  await page.keyboard.press('Alt+ArrowUp')
  await (await answered).finished()
  await expectOrder(page, ['One', 'Three', 'Two'])
  await page.keyboard.press('Alt+ArrowUp')
  await expectOrder(page, ['Three', 'One', 'Two'])
  expect(await focused(page)).toBe('Three: Edit')
  await inRow(page, 'One', 'Remove').click()
  await expectOrder(page, ['Three', 'Two'])
  release()
  await inRow(page, 'Two', 'Earlier').click()
  await expectOrder(page, ['Two', 'Three'])
})

test('A7: a move that the server refuses is taken back, and why is said', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openQueue(studio)
  standIn.refusals.set('PUT /queue', { status: 409, code: 'conflict', detail: 'Message One does not wait any more.' })
  await inRow(page, 'Two', 'Earlier').click()
  await page.getByText('Message One does not wait any more.').waitFor()
  await expectOrder(page, ['One', 'Two', 'Three'])
})

test('A7: a message that waits is removed; the focus goes to the next one, and at last to the message field', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openQueue(studio, ['One', 'Two'])
  await inRow(page, 'One', 'Remove').focus()
  await page.keyboard.press('Enter')
  await expectOrder(page, ['Two'])
  await expect.poll(() => focused(page), patient).toBe('Two: Remove')
  await page.keyboard.press('Enter')
  await expectOrder(page, [])
  await expect.poll(() => focused(page), patient).toBe('Message')
})

test('A7: "Send now" ends the running turn and starts that message; the others go on waiting', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const { messages } = await openQueue(studio)
  await inRow(page, 'Three', 'Send now').click()
  await expectOrder(page, ['One', 'Two'])
  expect(standIn.received.filter(({ path }) => path.endsWith('/now')).map(({ path }) => path)).toEqual([
    expect.stringContaining(messages[2]?.id ?? 'Three'),
  ])
  await page.getByText('Stopped. What was written until then is kept.').waitFor()
  await page.getByRole('log', { name: 'Conversation' }).getByText('Three', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).waitFor()
})

test('A7: a second tab shows the same queue, in the same order, after each change in the first', async () => {
  await using studio = await studios.open()
  const { page, url } = studio
  const { app } = await openQueue(studio)
  const other = await page.context().newPage()
  await other.goto(`${url}/apps/${app}`)
  await expectOrder(other, ['One', 'Two', 'Three'])
  await inRow(page, 'Three', 'Earlier').click()
  await expectOrder(other, ['One', 'Three', 'Two'])
  await inRow(other, 'One', 'Later').click()
  await expectOrder(page, ['Three', 'One', 'Two'])
  await inRow(page, 'One', 'Remove').click()
  await expectOrder(other, ['Three', 'Two'])
  await other.close()
})

test('A7, H: a queue of long messages has no violation of axe and does not scroll sideways at any width', async () => {
  await using studio = await studios.open()
  const long = 'Make the list of books sortable by title, author and rating, and remember how it was sorted last. '
  await openQueue(studio, [long.repeat(3), 'x'.repeat(400), 'שלום, עשה את זה כהה'])
  await expectAccessible(studio.page)
  await studio.page.setViewportSize({ width: 1440, height: 900 })
})
