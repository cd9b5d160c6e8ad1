import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

async function openEditor({ page, standIn, url }: Studio, model: string): Promise<string> {
  const app = standIn.addApp({ model }).snapshot.app.id
  playReadingList(standIn, app)
  await page.goto(`${url}/apps/${app}`)
  await page.getByRole('button', { name: 'Publish', exact: true }).waitFor()
  return app
}

test('before anything is sent the composer says what the next turn will probably cost and that a limit would end it', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  standIn.estimate = {
    ...{ basis: 'turns', turns: 4, prompt: { tokens: 12_400, cached: 10_000 }, tokens: { low: 60_000, high: 480_000 } },
    cost: { low: 0.12, high: 0.45 },
    cap: { kind: 'turn_usd', limit: 0.4, when: 'possible' },
  }
  await openEditor(studio, 'anthropic/claude-opus-5-5')
  const line = page.getByText('Next turn: about $0.12 to $0.45 · 12.4K tokens in, 10K cached')
  await line.waitFor()
  await page.getByText('It may stop early, at the limit of $0.40 a turn.').waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  await line.focus()
  await page.getByRole('tooltip').getByText('From what the last 4 turns of this app used.').waitFor()

  await page.getByRole('button', { name: 'Limits', exact: true }).click()
  const field = page.getByRole('dialog', { name: 'Usage' }).getByLabel('Dollars a turn')
  const { cap: _gone, ...uncapped } = standIn.estimate
  standIn.estimate = uncapped
  await field.fill('2')
  await field.press('Enter')
  await page.getByText('Limits are saved.').waitFor()
  await expect.poll(() => page.getByText('It may stop early').count()).toBe(0)
  expect(studio.complaints).toEqual([])
})

test('the estimate is asked for again when a turn has ended and when the mode changes', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  standIn.estimate = { ...standIn.estimate, cost: { low: null, high: null, reason: 'price unknown' } }
  const app = await openEditor(studio, 'anthropic/nobody-knows-1')
  await page.getByText('Next turn: price unknown · 8K tokens in').waitFor()
  const played = playTurn(standIn, app, 'Go on')
  standIn.estimate = { ...standIn.estimate, prompt: { tokens: 9_000, cached: 8_000 } }
  finishWithVersion(standIn, played, 2, 'Went on')
  await page.getByText('Next turn: price unknown · 9K tokens in, 8K cached').waitFor()
})

test('the sample model says that the next turn has no cost', async () => {
  await using studio = await studios.open()
  await openEditor(studio, 'sample')
  await studio.page.getByText('Next turn: no cost', { exact: true }).waitFor()
})
