import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bookFiles, finishWithVersion, playReadingList, playTurn } from '../testing/scenarios.ts'
import { sayTo } from '../testing/stand-in-deeds.ts'
import { expectAccessible, openStudios, type Studio, type Studios } from '../testing/studio.ts'

let studios: Studios
beforeAll(async () => {
  studios = await openStudios()
})
afterAll(() => studios.close())

/** Opens the editor on an app whose first turn is done. */
async function openReadingList(studio: Studio, search = ''): Promise<string> {
  const app = studio.standIn.addApp().snapshot.app.id
  playReadingList(studio.standIn, app)
  await studio.page.goto(`${studio.url}/apps/${app}${search}`)
  await studio.page.getByRole('button', { name: 'Publish', exact: true }).waitFor()
  return app
}

const conversation = (page: Page) => page.getByRole('log', { name: 'Conversation' })

test('L3: text, thinking and tools stand in the order in which they were produced, while they are produced', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Add a due date')
  played.think('Card first.', 3_200)
  await page.getByText('Thought for 3.2 s').waitFor()
  played.text('I add the date.')
  const block = played.block('tools')
  const call = played.call(block, 'os-write')
  call.input('{"file_path":"src/due.ts","content":"one\\ntwo\\nthr')
  await page.getByText('3 lines', { exact: true }).waitFor()
  call.input('ee\\nfour')
  await page.getByText('4 lines', { exact: true }).waitFor()
  call.run({ file_path: 'src/due.ts', content: 'one\ntwo\nthree\nfour' })
  call.done('OK created', { added: 4, removed: 0, ms: 12 })
  played.end(block, 'tools', 40)
  played.text('It is there.')
  played.complete()
  await page.getByText('It is there.').waitFor()
  const text = (await conversation(page).innerText()).replaceAll(/\s+/g, ' ')
  const places = ['Add a due date', 'Thought for', 'I add the date.', 'Wrote 1 file', 'It is there.'].map((part) =>
    text.indexOf(part),
  )
  expect(places.every((place) => place >= 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(studio.complaints).toEqual([])
})

test('a group of calls is open while it works, folds when done, and shows what a failed call said', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Change it')
  const block = played.block('tools')
  const calls = Object.keys(bookFiles).map((path) => ({ path, call: played.call(block, 'os-replace') }))
  for (const { path, call } of calls) call.run({ file_path: path, old_string: 'a', new_string: 'b' })
  await page.getByRole('button', { name: /Editing 8 files/ }).waitFor()
  for (const [index, { call }] of calls.entries()) {
    if (index === 0) call.fail('NO_MATCH', 'The text is not in index.html.')
    else call.done('OK', { added: 1, removed: 1 })
  }
  await page.getByText('The text is not in index.html.').waitFor()
  played.end(block, 'tools', 1_200)
  const group = page.getByRole('button', { name: /Edited 7 files, 1 failed/ })
  await group.waitFor()
  await expect.poll(() => group.getAttribute('aria-expanded')).toBe('false')
  await group.click()
  await page.getByRole('button', { name: /book-card/ }).click()
  await page.getByText('What the model was told').waitFor()
})

test('a call that runs for more than ten seconds says until when it is waited for', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Add a chart')
  const call = played.call(played.block('tools'), 'os-add-dependency')
  call.run({ packages: ['recharts'] }, new Date(Date.now() + 180_000).toISOString())
  const row = page.getByRole('button', { name: /recharts/ })
  await row.waitFor()
  expect(await row.innerText()).not.toContain('until')
  await page.evaluate(() => {
    const seen = Date.now()
    Date.now = () => seen + 12_000
  })
  await row.getByText(/^until \d+:\d\d:\d\d/).waitFor()
  call.done('OK Installed recharts 3.3.0.', { ms: 12_000 })
  await expect.poll(() => row.getByText(/^until/).count()).toBe(0)
})

test('what the model says is never run or fetched: no script, no image, links to new tabs only', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  playTurn(standIn, app, 'Hi').text(
    '<script>document.title="taken"</script><img src="http://evil.example/a.png" onerror="document.title=\'taken\'">\n\n' +
      '![chart](http://evil.example/b.png) and [link](javascript:alert(1)) and [site](https://example.org/x)\n\n**done**',
  )
  await page.getByText('done', { exact: true }).waitFor()
  expect(asked.filter((url) => url.includes('evil.example'))).toEqual([])
  expect(await page.title()).not.toBe('taken')
  expect(await conversation(page).locator('img, script').count()).toBe(0)
  expect(await conversation(page).locator('a[href^="javascript"]').count()).toBe(0)
  expect(await page.getByRole('link', { name: 'site' }).getAttribute('rel')).toContain('noopener')
})

test('the end is followed only while it is in view', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  for (let index = 0; index < 6; index += 1) playTurn(standIn, app, `Say ${index}`).text('Line\n\n'.repeat(20))
  const played = playTurn(standIn, app, 'Last')
  played.text('The end.')
  await page.getByText('The end.').waitFor()
  const distance = () => conversation(page).evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight)
  await expect.poll(distance).toBeLessThan(4)
  await conversation(page).hover()
  await page.mouse.wheel(0, -900)
  await page.getByRole('button', { name: 'Go to the newest' }).waitFor()
  const before = await conversation(page).evaluate((log) => log.scrollTop)
  played.text('More.\n\n'.repeat(30))
  await page.getByText('More.').last().waitFor({ state: 'attached' })
  expect(await conversation(page).evaluate((log) => log.scrollTop)).toBe(before)
  await page.getByRole('button', { name: 'Go to the newest' }).click()
  await expect.poll(distance).toBeLessThan(4)
})

test('Enter queues while a turn runs, and Stop stops it', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Long work')
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  const field = page.getByLabel('Message', { exact: true })
  for (const text of ['One', 'Two']) {
    await field.fill(text)
    await field.press('Enter')
    await page.getByRole('list').getByText(text, { exact: true }).waitFor()
  }
  expect(await field.inputValue()).toBe('')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => standIn.received.some((one) => one.path.endsWith(`${played.turn.id}/stop`))).toBe(true)
  await page.getByText('Stopped. What was written until then is kept.').waitFor()
})

test('a draft survives a reload, and belongs to its app', async () => {
  await using studio = await studios.open()
  const { page, standIn, url } = studio
  const app = await openReadingList(studio)
  await page.getByLabel('Message', { exact: true }).fill('Half a thought')
  await page.reload()
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('Half a thought')
  await page.goto(`${url}/apps/${standIn.addApp().snapshot.app.id}`)
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('')
  await page.goto(`${url}/apps/${app}`)
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('Half a thought')
})

test('a failed turn says why and what can be done; only the last turn has buttons', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  playTurn(standIn, app, 'Add a chart').fail('model_busy', 'The model is overloaded. Nothing was changed.', 'HTTP 529')
  await page.getByText('The model is overloaded.').waitFor()
  await page.getByText('Details').click()
  await page.getByText('HTTP 529').waitFor()
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect
    .poll(() => standIn.received.findLast((one) => one.path.endsWith('/messages'))?.body)
    .toMatchObject({ text: 'Add a chart', mode: 'build' })
  await page.getByRole('button', { name: 'Send again' }).waitFor({ state: 'detached' })
})

test('a page whose stream breaks says so, and has everything when it is back', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  await page.getByText('v1 · Made a reading list').waitFor()
  standIn.cutStreams(true)
  await page.getByText('The connection to the server is lost.').waitFor()
  playTurn(standIn, app, 'Said meanwhile').text('Answered meanwhile.')
  standIn.away = false
  await page.getByText('Answered meanwhile.').waitFor()
  await page.getByText('The connection to the server is lost.').waitFor({ state: 'detached' })
})

test('an app that is not there is said not to be there', async () => {
  await using studio = await studios.open()
  await studio.page.goto(`${studio.url}/apps/zzzzzz`)
  await studio.page.getByRole('heading', { name: 'This app is not here' }).waitFor()
  await studio.page.getByRole('button', { name: 'Bring it back' }).click()
  await studio.page.getByText('There is no such thing.').waitFor()
})

test('a deleted app is brought back from its own address', async () => {
  await using studio = await studios.open()
  const app = await openReadingList(studio)
  studio.standIn.app(app).deleted = true
  await studio.page.reload()
  await studio.page.getByRole('button', { name: 'Bring it back' }).click()
  await studio.page.getByRole('button', { name: 'Book club' }).waitFor()
})

test('the name is changed by a click; Escape leaves it as it was; the focus stays there', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openReadingList(studio)
  await page.getByRole('button', { name: 'Book club' }).click()
  await page.keyboard.type('Nothing')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Book club' }).click()
  await page.keyboard.type('Shelf')
  const release = standIn.holdEvents()
  const answered = page.waitForResponse((response) => response.request().method() === 'PATCH')
  await page.keyboard.press('Enter')
  await (await answered).finished()
  await page.getByRole('button', { name: 'Shelf' }).waitFor() // before the stream has told it
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Shelf')
  release()
  await expect.poll(() => page.title()).toBe('Shelf · OverSkill')
})

test('the keyboard reaches everything: the message box, the views, the width, the conversation', async () => {
  await using studio = await studios.open()
  const { page } = studio
  await openReadingList(studio)
  await page.keyboard.press('Control+k')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Message')
  await page.keyboard.press('Alt+Digit3')
  await page.getByRole('heading', { name: 'Versions' }).waitFor()
  const separator = page.getByRole('separator', { name: 'Width of the conversation' })
  const before = Number(await separator.getAttribute('aria-valuenow'))
  await separator.press('ArrowRight')
  await page.reload()
  expect(Number(await separator.getAttribute('aria-valuenow'))).toBe(before + 16)
  await page.keyboard.press('Control+b')
  await conversation(page).waitFor({ state: 'hidden' })
})

test('an app is deleted after asking, and one is back at home', async () => {
  await using studio = await studios.open()
  const { page, url } = studio
  await openReadingList(studio)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete app' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(`${url}/`)
  await page.getByText('Deleted Book club.').waitFor()
})

/** A page with as much on it as there can be. */
async function openFullEditor(studio: Studio): Promise<void> {
  const app = await openReadingList(studio)
  const { standIn, page } = studio
  const failed = playTurn(standIn, app, 'Add a chart')
  finishWithVersion(standIn, failed, 2, 'Added a chart', [
    { file: 'src/App.tsx', line: 3, column: 1, message: 'Unexpected token' },
  ])
  const played = playTurn(standIn, app, 'Add a due date')
  played.think('Card first.', 3_200)
  played.text('I add `due`:\n\n```ts\nexport const due = 1\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |')
  const block = played.block('tools')
  const calls = Object.keys(bookFiles).map((path) => ({ path, call: played.call(block, 'os-write') }))
  for (const { path, call } of calls.slice(0, 4)) call.run({ file_path: path, content: 'x\n'.repeat(500) })
  calls[0]?.call.fail('TOO_LARGE', 'The file is larger than 1 MB.')
  calls[1]?.call.done('OK', { added: 500, removed: 0 })
  sayTo(standIn, app, 'And then make it dark')
  await page.getByText('And then make it dark').waitFor()
}

test('H: the editor has no violation of axe and does not scroll sideways, light and dark, at three widths', async () => {
  await using studio = await studios.open()
  await openFullEditor(studio)
  await expectAccessible(studio.page)
  expect(studio.complaints).toEqual([])
})

test('what is typed while the last message is on its way stays, and all is sent in the order of typing', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openReadingList(studio)
  const held: (() => void)[] = []
  await page.route('**/messages', (route) => {
    held.push(() => void route.continue())
  })
  const field = page.getByLabel('Message', { exact: true })
  for (const text of ['First', 'Second']) {
    await field.fill(text)
    await field.press('Enter')
  }
  await field.fill('Still typing')
  await expect.poll(() => held.length).toBe(1)
  held[0]?.()
  await expect.poll(() => held.length).toBe(2)
  held[1]?.()
  await expect
    .poll(() => standIn.received.filter((one) => one.path.endsWith('/messages')).map((one) => one.body))
    .toMatchObject([{ text: 'First' }, { text: 'Second' }])
  expect(await field.inputValue()).toBe('Still typing')
})

test('a message that the server refuses comes back into the box', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  await openReadingList(studio)
  standIn.refusals.set('POST /messages', {
    status: 503,
    code: 'model_unavailable',
    detail: 'The model does not answer.',
  })
  const field = page.getByLabel('Message', { exact: true })
  await field.fill('Add a chart')
  await field.press('Enter')
  await page.getByText('The model does not answer.').waitFor()
  expect(await field.inputValue()).toBe('Add a chart')
})

test('nothing inside can scroll the editor itself away', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  for (let index = 0; index < 12; index += 1) playTurn(standIn, app, `Say ${index}`).text('Line\n\n'.repeat(20))
  await page.getByText('Say 11').waitFor()
  const scrolled = await page.evaluate(() => {
    const moved = [
      document.documentElement,
      document.body,
      ...document.querySelectorAll('#studio, #studio > *, main, section'),
    ]
    for (const element of moved) element.scrollTop = 500
    return moved.filter((element) => element.scrollTop > 0).map((element) => element.outerHTML.slice(0, 80))
  })
  expect(scrolled).toEqual([])
})

test('a long conversation is drawn from its end, and what came before is there on demand, without moving the view', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  for (let index = 0; index < 80; index += 1) playTurn(standIn, app, `Say ${index}.`).text('Line\n\n'.repeat(4))
  await page.getByText('Say 79.').waitFor()
  expect(await page.getByText('Say 3.').count()).toBe(0)
  const earlier = page.getByRole('button', { name: 'Show 51 earlier turns' })
  await earlier.scrollIntoViewIfNeeded()
  const first = page.getByText('Say 50.')
  const before = (await first.boundingBox())?.y ?? 0
  await earlier.click()
  await page.getByRole('button', { name: 'Show 21 earlier turns' }).waitFor({ state: 'attached' })
  expect(Math.abs(((await first.boundingBox())?.y ?? 999) - before)).toBeLessThan(40)
})

test('a failure that the server tells as a notice is said once, with its raw words behind it and its own buttons', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Add a chart')
  const retry = { type: 'turn.retrying', turn: played.turn.id, of: 5, reason: 'The model is busy.' } as const
  played.emit({ ...retry, attempt: 2, retryAt: new Date(0).toISOString() })
  await page.getByText('The model is busy. Trying again, 2 of 5.').waitFor()
  const text = 'The key was refused.'
  const place = { message: played.message, block: 0, level: 'error' as const, code: 'model_key_rejected', text }
  played.emit({ type: 'notice.added', ...place, actions: ['settings', 'retry'] })
  played.fail('model_key_rejected', text, 'HTTP 401')
  await page.getByText('Details').click()
  await page.getByText('HTTP 401').waitFor()
  expect(await page.getByText(text).count()).toBe(1)
  await page.getByRole('log').getByRole('button', { name: 'Models' }).click()
  await page.getByRole('dialog', { name: 'Models' }).waitFor()
})

test('B.5 11, B.5 13: a wait before another try counts down, and says which try it is', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Add a chart')
  const retryAt = new Date(Date.now() + 3_000).toISOString()
  played.emit({ type: 'turn.retrying', turn: played.turn.id, attempt: 2, of: 4, reason: 'The model is busy.', retryAt })
  for (const seconds of [3, 2, 1])
    await page.getByText(`The model is busy. Trying again in ${seconds} s, 2 of 4.`, { exact: true }).waitFor()
})

test('B.5 24, B.5 29: thinking that is hidden says so, and sources are a list of links', async () => {
  await using studio = await studios.open()
  const { page, standIn } = studio
  const app = await openReadingList(studio)
  const played = playTurn(standIn, app, 'Look it up')
  played.end(played.block('thinking'), 'thinking', 1_000)
  const text = 'A page (https://a.example/x)\nhttps://b.example/'
  const block = played.block('text')
  played.end(block, 'text')
  played.emit({ type: 'notice.added', message: played.message, block: block + 1, level: 'info', code: 'sources', text })
  await page.getByRole('button', { name: /^Thought for/ }).click()
  await page.getByText('The provider keeps this part of the thinking hidden.').waitFor()
  const sources = page.getByRole('region', { name: 'Sources' }).getByRole('link')
  expect(await sources.allInnerTexts()).toEqual(['A page', 'https://b.example/'])
  expect(await sources.first().getAttribute('href')).toBe('https://a.example/x')
  expect(studio.complaints).toEqual([])
})
