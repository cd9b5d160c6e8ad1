import type { SentRequest } from '@overskill/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playReadingList, playTurn } from '../testing/scenarios.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

const request = {
  model: 'claude-opus-5-5',
  tools: [{ name: 'os-write', description: 'Creates a file.' }],
  system: [{ type: 'text', text: 'You build apps.' }],
  messages: [{ role: 'user', content: [{ type: 'text', text: `A map. ${'x'.repeat(50_000)}` }] }],
}
const sent = (step: number, fields: Partial<SentRequest> = {}): SentRequest => ({
  ...{ request, step, model: 'anthropic/claude-opus-5-5', at: '2026-11-20T10:00:00Z', tries: 1 },
  ...fields,
})
const usage = { inputTokens: 2_000, outputTokens: 300, cacheReadTokens: 10_000, cacheWriteTokens: 500 }

async function openEditor({ page, standIn, url }: Studio): Promise<string> {
  const app = standIn.addApp().snapshot.app.id
  playReadingList(standIn, app)
  await page.goto(`${url}/apps/${app}`)
  await page.getByRole('button', { name: 'Publish', exact: true }).waitFor()
  return app
}

test('L18: what was sent is shown by part with its tokens and cache hits, and whole as JSON', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  standIn.sent.set(1, sent(1, { usage }))
  await openEditor(studio)
  await page.getByRole('button', { name: 'What was sent' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'What was sent to the model' })
  await dialog.getByText('12,500 tokens in, 10,000 of them from the cache, 500 written to it. 300 out.').waitFor()
  const message = dialog.getByRole('listitem').filter({ hasText: 'Message 1 · user' })
  await message.getByText('partly cached').waitFor()
  await dialog.getByRole('listitem').filter({ hasText: 'Tools' }).getByText('cached', { exact: true }).waitFor()
  await message.getByText('Message 1 · user').click()
  const text = dialog.getByRole('region', { name: 'Message 1 · user' })
  expect((await text.textContent())?.length).toBe(20_000)
  await dialog.getByRole('button', { name: 'Show 20,000 more characters' }).click()
  await expect.poll(async () => (await text.textContent())?.length).toBe(40_000)
  await expectAccessible(page)

  await dialog.getByRole('button', { name: 'Raw JSON' }).click()
  await dialog.getByRole('region', { name: 'Raw JSON' }).getByText('"model": "claude-opus-5-5"').waitFor()
  await dialog.getByRole('button', { name: 'Copy the whole request' }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  expect(await dialog.isVisible()).toBe(false)
  expect(studio.complaints).toEqual([])
})

test('L18: while a turn runs its requests can be seen, estimated until the reply has ended', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openEditor(studio)
  standIn.sent.set(1, sent(1))
  const played = playTurn(standIn, app, 'Go on')
  await page.getByRole('button', { name: 'What was sent' }).nth(1).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^About [\d,]+ tokens, estimated from the size/).waitFor()
  standIn.sent.set(1, sent(1, { usage, tries: 2 }))
  standIn.sent.set(2, sent(2))
  played.emit({ type: 'step.started', turn: played.turn.id, step: 2, model: 'anthropic/claude-opus-5-5' })
  await dialog.getByText('12,500 tokens in').waitFor()
  await dialog.getByText(/^Sent 2 times because of faults/).waitFor()
  await dialog.getByLabel('Request', { exact: true }).selectOption('2')
  await dialog.getByText(/estimated from the size\. The reply has not ended/).waitFor()
})
