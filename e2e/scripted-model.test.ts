import {
  cutAfter,
  gate,
  httpError,
  startScriptedModel,
  text,
  thinking,
  toolUse,
  type Reply,
  type ScriptedModel,
} from '@overskill/model-server'
import type { App } from '@overskill/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openPage } from './open-chromium.ts'
import { startServer, type RunningServer } from './start-server.ts'
import { soon } from './soon.ts'
import { appInFrame, say } from './studio-screen.ts'

/** L42: the product with a model of Anthropic's wire, at ANTHROPIC_BASE_URL, from the prompt to what Chromium shows. */

const replies: Reply[] = []
let model: ScriptedModel
let server: RunningServer
let browser: Browser
beforeAll(async () => {
  model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('The script is at its end.')] })
  const env = { ANTHROPIC_API_KEY: 'sk-scripted', ANTHROPIC_BASE_URL: model.url }
  ;[server, browser] = await Promise.all([startServer({ env }), launchChromium()])
})
afterAll(async () => {
  await browser.close()
  await server[Symbol.asyncDispose]()
  await model.close()
})

const write = (path: string, content: string) => toolUse('os-write', { file_path: path, content })
const homePage = (words: string, first = '') =>
  write('src/pages/HomePage.tsx', `${first}export function HomePage() {\n  return <h1>${words}</h1>\n}\n`)

/** The editor of a new app, whose turns get these replies. */
async function openEditor(...script: Reply[]): Promise<AsyncDisposable & { page: Page; app: string }> {
  replies.splice(0, Infinity, ...script)
  const { app } = await server.api.json<{ app: App }>('POST', '/apps', { name: 'Scripted' })
  const { page, complaints } = await openPage(browser)
  await page.goto(`${server.url}/apps/${app.id}`)
  await page.getByLabel('Message', { exact: true }).waitFor()
  return {
    page,
    app: app.id,
    async [Symbol.asyncDispose]() {
      await page.context().close()
      expect(complaints).toEqual([])
    },
  }
}

const conversation = (page: Page) => page.getByRole('log', { name: 'Conversation' })
const latch = () => Promise.withResolvers<void>()

test('L42: eight tools run side by side while the model still speaks, and it gets their results in the order asked', async () => {
  const held = latch()
  const paths = Array.from({ length: 7 }, (_, index) => `src/parts/part-${index}.ts`)
  const seen = model.requests.length
  await using editor = await openEditor(
    [
      thinking('Eight files, none of which needs another.'),
      text('I write eight files.'),
      ...paths.map((path) => write(path, `export const path = '${path}'\n`)),
      homePage('Eight parts'),
      gate(held.promise),
    ],
    [text('All **eight** are there.')],
  )
  const { page, app } = editor
  await say(page, 'Eight parts')
  await soon(async () => (await server.api.files(app)).filter(({ path }) => path.startsWith('src/parts/')).length).toBe(
    7,
  )
  await conversation(page).getByText('part-6.ts').first().waitFor()
  held.resolve()
  await conversation(page).getByText('All eight are there.').waitFor()
  await conversation(page)
    .getByRole('button', { name: /Thought/ })
    .waitFor()
  await conversation(page)
    .getByRole('button', { name: /^Wrote 8 files/ })
    .waitFor()
  await appInFrame(page).getByRole('heading', { name: 'Eight parts' }).waitFor()

  const sent = JSON.stringify(model.requests[seen + 1])
  const places = [...paths, 'src/pages/HomePage.tsx'].map((path) => sent.lastIndexOf(`Created ${path}`))
  expect(places.slice(0, 7)).toEqual(places.slice(0, 7).toSorted((one, other) => one - other))
  expect(sent).toContain('signed-41')
  expect(JSON.stringify(model.received[seen]?.headers)).toContain('sk-scripted')
})

test('L1: an edit that finds no place is shown as failed, told to the model as it was, and made good by it', async () => {
  const edit = (old: string) =>
    toolUse('os-replace', { file_path: 'src/pages/HomePage.tsx', old_string: old, new_string: 'Found it' })
  const seen = model.requests.length
  await using editor = await openEditor([edit('There is no such text.')], [edit('This app is empty.')], [text('Done.')])
  const { page } = editor
  await say(page, 'Change the heading')
  await appInFrame(page).getByRole('heading', { name: 'Found it' }).waitFor()
  await conversation(page)
    .getByRole('button', { name: /1 failed/ })
    .waitFor()
  await conversation(page)
    .getByRole('button', { name: /^Edited 1 file/ })
    .waitFor()
  expect(JSON.stringify(model.requests[seen + 1])).toContain('NO_MATCH')
})

test('a model that is overloaded is asked again, and the page says so meanwhile', async () => {
  const overloaded = httpError(529, 'overloaded_error', 'Overloaded', { 'retry-after': '2' })
  await using editor = await openEditor(overloaded, [text('Now I can.')])
  await say(editor.page, 'Hello')
  await editor.page.getByText(/The model is busy\. .*2 of 4/).waitFor()
  await conversation(editor.page).getByText('Now I can.').waitFor()
  await soon(async () => (await server.api.turns(editor.app))[0]?.status).toBe('completed')
})

test('a reply cut in the middle of a call is asked for again: what was whole stays, the cut call never ran', async () => {
  await using editor = await openEditor(
    [homePage('Before the cut')],
    cutAfter(12, [text('The second part comes'), write('src/never.ts', 'x'.repeat(4_000))]),
    [text('Here I am again.')],
    [text('Yes.')],
  )
  const { page, app } = editor
  await say(page, 'Two parts')
  await conversation(page).getByText('Here I am again.').waitFor()
  await appInFrame(page).getByRole('heading', { name: 'Before the cut' }).waitFor()
  await conversation(page)
    .getByRole('button', { name: /1 cancelled/ })
    .waitFor()
  expect((await server.api.files(app)).some(({ path }) => path === 'src/never.ts')).toBe(false)
  await say(page, 'Are you there?')
  await conversation(page).getByText('Yes.').waitFor()
  await soon(async () => (await server.api.turns(app)).map(({ status }) => status)).toEqual(['completed', 'completed'])
})

test('a key that is refused is said in words, with the way to the models, and the key is in no word of it', async () => {
  await using editor = await openEditor(httpError(401, 'authentication_error', 'invalid x-api-key sk-scripted'))
  const { page, app } = editor
  await say(page, 'Hello')
  await conversation(page).getByText('rejected the key. Check ANTHROPIC_API_KEY').waitFor()
  await conversation(page).getByRole('button', { name: 'Models' }).click()
  const dialog = page.getByRole('dialog', { name: 'Models' })
  await dialog.getByText('ANTHROPIC_BASE_URL').waitFor()
  await dialog.getByText('What the server has now').waitFor()
  expect(await page.content()).not.toContain('sk-scripted')
  expect(JSON.stringify(await server.api.conversation(app))).not.toContain('sk-scripted')
})

test('L25: code that does not build is shown with file and line over the last good preview, and "Fix this" sends it', async () => {
  const seen = model.requests.length
  await using editor = await openEditor(
    [homePage('Good')],
    [text('It works.')],
    [homePage('Bad', "import { gone } from '@/lib/gone'\n\nconsole.info(gone)\n\n")],
    [text('I used a file that is not there.')],
    [text('I leave it like this.')], // what it says when it hears of the fault by itself
    [homePage('Good again')],
    [text('Repaired.')],
  )
  const { page, app } = editor
  await say(page, 'A page')
  await appInFrame(page).getByRole('heading', { name: 'Good', exact: true }).waitFor()
  await say(page, 'Break it')
  await page
    .getByText('The build of version 2 failed in src/pages/HomePage.tsx, line 1. Your app still shows version 1.')
    .waitFor()
  await appInFrame(page).getByRole('heading', { name: 'Good', exact: true }).waitFor()
  await soon(async () => (await server.api.app(app)).status).toBe('broken')
  await page.getByRole('button', { name: 'Fix this' }).click()
  await appInFrame(page).getByRole('heading', { name: 'Good again' }).waitFor()
  const asked = JSON.stringify(model.requests[seen + 5])
  expect(asked).toContain('The build of version 2 failed. Fix this error:')
  expect(asked).toContain('src/pages/HomePage.tsx:1:')
  await soon(async () => (await server.api.app(app)).status).toBe('ready')
})

test('L16: Stop ends what the model says and what waits, and keeps what was written', async () => {
  const held = latch()
  const seen = model.requests.length
  await using editor = await openEditor([homePage('Kept'), text('And now'), gate(held.promise), text('never said')])
  const { page, app } = editor
  await say(page, 'Something long')
  await conversation(page).getByText('And now').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped. What was written until then is kept.').waitFor()
  expect(await model.waitForEnd(seen + 1)).toBe('dropped')
  held.resolve()
  await appInFrame(page).getByRole('heading', { name: 'Kept' }).waitFor()
  expect((await server.api.versions(app))[0]?.ending).toBe('stopped')
  expect(await conversation(page).getByText('never said').count()).toBe(0)
})

test('A7: messages sent meanwhile stand above the box, can be taken back, and are answered one after the other', async () => {
  const held = latch()
  await using editor = await openEditor(
    [text('Busy'), gate(held.promise)],
    [text('Second answer')],
    [text('Third answer')],
  )
  const { page, app } = editor
  await say(page, 'First')
  await conversation(page).getByText('Busy').waitFor()
  const waiting = page.getByRole('region', { name: 'Waiting for this turn' }).getByRole('listitem')
  for (const [index, words] of ['Second', 'Not this one', 'Third'].entries()) {
    await say(page, words)
    await waiting.nth(index).getByText(words, { exact: true }).waitFor()
  }
  await waiting.nth(1).getByRole('button', { name: 'Remove' }).click()
  await soon(() => waiting.count()).toBe(2)
  held.resolve()
  await conversation(page).getByText('Third answer').waitFor()
  await soon(() => waiting.count()).toBe(0)
  const said = (await server.api.conversation(app)).messages.flatMap((one) => (one.role === 'user' ? one.text : []))
  expect(said).toEqual(['First', 'Second', 'Third'])
})
