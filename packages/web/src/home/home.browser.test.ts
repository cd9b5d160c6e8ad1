import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openStudios, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

test('the prompt being typed survives a reload, and is gone once it was sent', async () => {
  await using studio = await studios.open()
  const { page, url } = studio
  await page.goto(url)
  const field = page.getByLabel('Describe the app')
  await field.fill('A diary of birds\nwith place and weather')
  await page.reload()
  expect(await field.inputValue()).toBe('A diary of birds\nwith place and weather')
  await field.press('Control+Enter')
  await page.waitForURL(/\/apps\/[a-z0-9]{6}$/)
  await page.getByText('with place and weather').waitFor()
  await page.goto(url)
  expect(await field.inputValue()).toBe('')
  expect(studio.complaints).toEqual([])
})

test('a prompt that the server refuses stays, with its reason, and is sent again under the same key', async () => {
  await using studio = await studios.open()
  const { page, url, standIn } = studio
  standIn.refusals.set('POST /apps', { status: 503, code: 'model_unavailable', detail: 'The model does not answer.' })
  await page.goto(url)
  await page.getByLabel('Describe the app').fill('A diary')
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  await page.getByText('The model does not answer.').waitFor()
  standIn.refusals.clear()
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  await page.waitForURL(/\/apps\//)
  const keys = standIn.received.filter((one) => one.method === 'POST').map((one) => one.headers.get('idempotency-key'))
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toBeTruthy()
})

test('a starter changes the box and sends nothing', async () => {
  await using studio = await studios.open()
  await studio.page.goto(studio.url)
  await studio.page.getByRole('button', { name: 'A calculator' }).click()
  expect(await studio.page.getByLabel('Describe the app').inputValue()).toContain('calculator')
  expect(studio.standIn.received.some((one) => one.method === 'POST')).toBe(false)
})

test('an empty home offers the example of the sample model, and builds it only when asked', async () => {
  await using studio = await studios.open()
  await studio.page.goto(studio.url)
  await studio.page.getByRole('button', { name: 'Build the example' }).click()
  await studio.page.waitForURL(/\/apps\//)
  const sent = studio.standIn.received.find((one) => one.method === 'POST')
  expect(sent?.body).toMatchObject({ model: 'sample' })
})

test('a deleted app is gone from the list and one click brings it back; a public one asks first', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  standIn.addApp({ name: 'Shelf', status: 'ready' })
  standIn.addApp({ name: 'Bakery', status: 'ready', productionUrl: 'http://bakery.localhost:4000/' })
  await page.clock.install()
  await page.goto(url)
  await page.getByRole('button', { name: 'Actions for Shelf' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('Deleted Shelf.').waitFor()
  await page.getByRole('link', { name: /Shelf/ }).waitFor({ state: 'detached' })
  await page.clock.fastForward(60_000) // who looks away does not lose the way back
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: /Shelf/ }).waitFor()

  await page.getByRole('button', { name: 'Actions for Bakery' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('stops working at once').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.getByRole('link', { name: /Bakery/ }).count()).toBe(1)
})

test('an app is renamed from the list', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  standIn.addApp({ name: 'Shelf', status: 'ready' })
  await page.goto(url)
  await page.getByRole('button', { name: 'Actions for Shelf' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Books of the club')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: /Books of the club/ }).waitFor()
})

test('a search looks among all apps, also those that were not loaded yet', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  for (let index = 0; index < 200; index += 1) standIn.addApp({ name: `App ${index}`, status: 'ready' })
  await page.goto(url)
  await page.getByText('App 59').waitFor()
  expect(await page.getByText('App 187').count()).toBe(0)
  await page.getByRole('searchbox', { name: 'Search apps' }).fill('187')
  await page.getByText('App 187').waitFor()
  expect(await page.locator('ul li').count()).toBe(1)
})

test('the models dialog names the variables, says that a restart is needed and whether the key works', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const claude = {
    id: 'anthropic/claude',
    name: 'Claude',
    context: 200_000,
    available: false,
    reason: 'The key was refused.',
  }
  standIn.models.push(claude)
  await page.goto(url)
  await page.getByRole('button', { name: 'Sample builder (no AI)' }).click()
  const dialog = page.getByRole('dialog', { name: 'Models' })
  for (const text of ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'restart', 'The key was refused.'])
    await dialog.getByText(text).first().waitFor()
  standIn.models[1] = { ...claude, available: true }
  await dialog.getByRole('button', { name: 'Check again' }).click()
  await dialog.getByText('The key was refused.').waitFor({ state: 'detached' })
})

test('a connection is tested on demand: progress while it runs, then each step in words, also for a model that does not work', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const of = { context: 200_000, available: false, reason: 'No key.' }
  standIn.models.push({ id: 'openai/coder', name: 'Coder', ...of })
  for (let nth = 1; nth <= 30; nth += 1)
    standIn.models.push({ id: `openrouter/a/${nth}`, name: `Routed ${nth}`, context: 1, available: true })
  const answer = Promise.withResolvers<Awaited<typeof standIn.connection>>()
  standIn.connection = answer.promise
  await page.goto(`${url}/apps/${standIn.addApp().snapshot.app.id}`)
  await page.getByRole('button', { name: 'Sample builder (no AI)' }).click()
  const dialog = page.getByRole('dialog', { name: 'Models' })
  await dialog.getByText('22 more of openrouter').waitFor()
  await dialog.getByLabel('Model to test').selectOption({ label: 'Coder' })
  await dialog.getByRole('button', { name: 'Test connection' }).click()
  await dialog.getByText('The model is asked to call a tool.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Testing' }).isDisabled()).toBe(true)
  const steps = [
    { name: 'address' as const, ok: true, detail: 'models.example answers.', ms: 12 },
    { name: 'key' as const, ok: false, detail: 'models.example rejected the key. Check OPENAI_API_KEY.', ms: 3 },
  ]
  answer.resolve({ ok: false, steps })
  await dialog.getByText('rejected the key. Check OPENAI_API_KEY. · 3 ms').waitFor()
  await dialog.getByText('Apps cannot be built with it now.').waitFor()
  expect(standIn.received.at(-1)).toMatchObject({ path: '/api/models/test', body: { model: 'openai/coder' } })
  await expectAccessible(page)
  await dialog.getByLabel('Model to test').selectOption({ label: 'Routed 30' })
  expect(await dialog.getByText('rejected the key').count()).toBe(0)
  standIn.connection = { ok: true, steps: [{ name: 'tool', ok: true, detail: 'It called a tool.', ms: 1200 }] }
  await dialog.getByRole('button', { name: 'Test connection' }).click()
  await dialog.getByText('Apps can be built with it.').waitFor()
  expect(studio.complaints).toEqual([])
})

test('H: home has no violation of axe and does not scroll sideways, light and dark, at three widths', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const names = ['Shelf', 'A very long name of an app that somebody typed without thinking', 'مكتبة الحي', 'Bakery']
  for (const [index, name] of names.entries()) {
    const status = (['ready', 'working', 'broken', 'new'] as const)[index] ?? 'ready'
    standIn.addApp({ name, status, ...(index === 0 && { productionUrl: 'http://shelf.localhost:4000/' }) })
  }
  await page.goto(url)
  await page.getByText('Bakery').waitFor()
  await expectAccessible(page)
  expect(studio.complaints).toEqual([])
})
