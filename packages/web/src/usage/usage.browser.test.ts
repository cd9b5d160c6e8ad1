import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployVersion, finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

const tokens = { inputTokens: 100, outputTokens: 40, cacheReadTokens: 900, cacheWriteTokens: 0 }
const sum = { turns: 2, requests: 3, usage: tokens, cost: { usd: 4.2 } }

async function openEditor({ page, standIn, url }: Studio): Promise<string> {
  const app = standIn.addApp().snapshot.app.id
  playReadingList(standIn, app)
  await page.goto(`${url}/apps/${app}`)
  await page.getByRole('button', { name: 'Publish', exact: true }).waitFor()
  return app
}

test('A10: usage of the month stands by app, what has no price is said, and limits are saved', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const unpriced = { requests: 1, tokens: 1_200 }
  standIn.usage = {
    ...standIn.usage,
    total: { ...sum, unpriced },
    apps: [
      { ...sum, app: 'abc123', name: 'Book club', deleted: false },
      { ...sum, cost: { usd: null }, unpriced, app: 'abc124', name: 'Old', deleted: true },
    ],
  }
  await page.goto(studio.url)
  await page.getByRole('button', { name: 'Usage' }).click()
  const dialog = page.getByRole('dialog', { name: 'Usage' })
  await dialog.getByText('$4.20, and 1,200 tokens of unknown price').waitFor()
  await dialog.getByText('Old (deleted)').waitFor()
  await dialog.getByText('price unknown', { exact: true }).waitFor()
  await expectAccessible(page)

  await dialog.getByLabel('Dollars a month, all apps').fill('much')
  await dialog.getByText('Write a number, or leave it empty.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Dollars a month, all apps').fill('20')
  standIn.usage.limits = { ...standIn.usage.limits, turnUsd: 2 } // by another tab
  await page.keyboard.press('Enter')
  await page.getByText('Limits are saved.').waitFor()
  expect(standIn.usage.limits).toEqual({ turnUsd: 2, turnTokens: null, monthUsd: 20 })
  expect(await dialog.getByLabel('Dollars a turn').inputValue()).toBe('2')
  expect(studio.complaints).toEqual([])
})

test('A10: what a turn cost so far is told while it runs', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openEditor(studio)
  const played = playTurn(standIn, app, 'Go on')
  standIn.emit(app, { type: 'turn.started', turn: { ...played.turn, model: 'anthropic/claude-opus-5-5' } })
  const step = { turn: played.turn.id, step: 1, model: 'anthropic/claude-opus-5-5' }
  played.emit({ type: 'step.completed', ...step, usage: tokens, cost: { usd: 0.25 } })
  await page.getByText('$0.25 · 1K tokens').waitFor()
  played.emit({ type: 'step.completed', ...step, step: 2, usage: tokens, cost: { usd: 0.5 } })
  await page.getByText('$0.75 · 2.1K tokens').waitFor()
})

test('A10: a turn that met a limit says so once and leads to the limits', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openEditor(studio)
  const played = playTurn(standIn, app, 'Go on')
  const text = 'This turn has spent $2.00; the limit is $2.00 a turn.'
  const place = { message: played.message, block: 0, level: 'error' as const, code: 'limit_reached', text }
  played.emit({ type: 'notice.added', ...place, actions: ['limits', 'continue'] })
  played.fail('limit_reached', text)
  await page.getByText(text).waitFor()
  expect(await page.getByText(text).count()).toBe(1)
  await page.getByRole('button', { name: 'Usage and limits' }).click()
  await page.getByRole('dialog', { name: 'Usage' }).getByLabel('Dollars a turn').waitFor()
})

test('A11, L17: a fault that came back can be answered in one click: go back, another model, once more', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const other = { id: 'anthropic/claude-opus-5-5', name: 'Claude Opus 5.5', context: 1_000_000, available: true }
  standIn.models = [...standIn.models, other]
  const app = await openEditor(studio)
  const text = 'The same fault is back. The build failed in src/App.tsx, line 3.'
  const played = playTurn(standIn, app, 'Add a map')
  const place = { message: played.message, block: 0, level: 'warning' as const, code: 'repair_stopped', text }
  played.emit({ type: 'notice.added', ...place, actions: ['restore', 'model', 'continue'] })
  await page.getByText(text).waitFor()
  expect(await page.getByRole('button', { name: 'Try once more' }).count()).toBe(0) // not while the turn runs
  finishWithVersion(standIn, played, 2, 'Added a map', [{ message: 'Broken', file: 'src/App.tsx', line: 3, column: 1 }])

  const sent = () => standIn.received.filter((one) => one.method === 'POST' && one.path.endsWith('/messages')).length
  await page.getByRole('button', { name: 'Restore version 1, which builds' }).click()
  await page.getByText('Version 1 is restored as version 3.').waitFor()
  deployVersion(standIn, app, 3)
  await page.getByRole('button', { name: 'Try Claude Opus 5.5' }).click()
  await expect.poll(sent).toBe(1)
  expect(standIn.app(app).snapshot.app.model).toBe(other.id)
  const said = standIn.received.findLast((one) => one.path.endsWith('/messages'))?.body
  expect(said).toMatchObject({ text: expect.stringContaining('src/App.tsx, line 3') })
})

test('B.5 49: after a refusal another model is asked the same in one click, not told to go on', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const other = { id: 'anthropic/claude-opus-5-5', name: 'Claude Opus 5.5', context: 1_000_000, available: true }
  standIn.models = [...standIn.models, other]
  const app = await openEditor(studio)
  const text = 'The model refused this request (biology).'
  const played = playTurn(standIn, app, 'Add a microscope')
  const place = { message: played.message, block: 0, level: 'error' as const, code: 'model_refused', text }
  played.emit({ type: 'notice.added', ...place, actions: ['model', 'settings', 'retry'] })
  played.fail('model_refused', text)
  await page.getByRole('button', { name: 'Try Claude Opus 5.5' }).click()
  await expect.poll(() => standIn.app(app).snapshot.app.model).toBe(other.id)
  const said = () => standIn.received.findLast(({ method, path }) => method === 'POST' && path.endsWith('/messages'))
  await expect.poll(() => said()?.body).toMatchObject({ text: 'Add a microscope' })
})
