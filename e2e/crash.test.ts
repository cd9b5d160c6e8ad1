import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gate, startScriptedModel, text, toolUse, type ReplyPart, type ScriptedModel } from '@overskill/model-server'
import {
  deploymentMoves,
  isFinal,
  toolCallMoves,
  type App,
  type AppEvent,
  type Conversation,
  type ToolCall,
  type Turn,
} from '@overskill/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsUntil } from './follow-events.ts'
import { killNow, stillRunning, type Seen } from './processes.ts'
import { startProgram } from './program.ts'
import { soon } from './soon.ts'
import { freePort, startServer, type RunningServer } from './start-server.ts'

/**
 * What a death at any moment leaves behind, on the real program. Its data dir lies below a folder that only its owner may
 * enter, and has 150 characters with a space, a quote and letters of other alphabets.
 */

let parent = ''
let model: ScriptedModel
let server: RunningServer
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'overskill-closed-'))
  const dataDir = join(parent, `it's ünï 数据 ${'x'.repeat(110)}`, 'data')
  await mkdir(dataDir, { recursive: true })
  model = await startScriptedModel([], { rest: (body) => scriptOf(body) })
  server = await startServer({ dataDir, env: { ANTHROPIC_API_KEY: 'sk-scripted', ANTHROPIC_BASE_URL: model.url } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await model.close()
  await rm(parent, { recursive: true, force: true })
})

const parts = Array.from({ length: 6 }, (_, index) => `src/parts/part-${index}.ts`)
const contentOf = (path: string, mark: string): string =>
  `export const path = '${path} ${mark}'\n${`// ${path}\n`.repeat(2_000)}`
const homePage = `import { path } from '@/parts/part-0'\n\nexport function HomePage() {\n  return <h1>{path}</h1>\n}\n`

/** The files of one app. The mark makes them its own: what is the same as another app's is not built again. */
const filesOf = (mark: string): [path: string, content: string][] => [
  ...parts.map((path): [string, string] => [path, contentOf(path, mark)]),
  ['src/pages/HomePage.tsx', homePage],
]

/** What holds the model's first words of the present test. */
let held = Promise.resolve()

/** Asks for whatever the request does not say to be written already, so that it means the same however often it is sent. */
function scriptOf(body: Record<string, unknown>): ReplyPart[] {
  const said = JSON.stringify(body['messages'])
  if (said.includes('Only talk')) return [text('Talking works.')]
  const mark = /Seven files for ([\w-]+)/.exec(said)?.[1] ?? ''
  const missing = filesOf(mark).filter(
    ([path]) => !new RegExp(`(Created|Replaced) ${path}|${path} already had`).test(said),
  )
  if (missing.length === 0) return [text('All of them are there.')]
  const calls = missing.map(([path, content]) =>
    toolUse('os-write', { file_path: path, content }, { chunkSize: 4_000 }),
  )
  return [text('I write them.'), gate(held), ...calls]
}

let apps = 0

/** A new app whose first turn has been asked for; its files carry the mark. */
async function createApp(): Promise<{ id: string; mark: string }> {
  const mark = `app-${(apps += 1)}`
  const { app } = await server.api.json<{ app: App }>('POST', '/apps', { prompt: `Seven files for ${mark}` })
  return { id: app.id, mark }
}

const isTurnEnd = ({ type }: AppEvent): boolean => /^turn\.(completed|failed|stopped)$/.test(type)

const postmasterPid = async (): Promise<number> =>
  Number.parseInt(await readFile(join(server.dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)

const isPostgres = ({ command }: Seen): boolean => /^postgres:|\/postgres\b/.test(command)

const callsOf = ({ messages }: Conversation): ToolCall[] =>
  messages.flatMap((message) =>
    message.role === 'assistant' ? message.blocks.flatMap((block) => (block.type === 'tools' ? block.calls : [])) : [],
  )

/** Everything that must be true of an app whose turn was torn apart and has come to its end. */
async function expectWhole(
  { id: app, mark }: { id: string; mark: string },
  events: readonly AppEvent[],
): Promise<void> {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const conversation = await server.api.conversation(app)
  const calls = callsOf(conversation)
  expect(calls.filter(({ status }) => !isFinal(toolCallMoves, status))).toEqual([])
  const endings = events.flatMap((event) =>
    event.type === 'tool.completed' || event.type === 'tool.failed' ? event.call : [],
  )
  expect(endings.toSorted()).toEqual([...new Set(endings)].toSorted())
  for (const [path, content] of filesOf(mark)) expect(await server.api.file(app, path)).toBe(content)
  expect((await server.api.versions(app)).map(({ number }) => number)).toEqual([1])
  const deployments = await server.api.deployments(app)
  expect(deployments.filter(({ status }) => status !== 'live' && !isFinal(deploymentMoves, status))).toEqual([])
  expect(deployments.filter(({ status }) => status === 'live').map(({ version }) => version)).toEqual([1])
  expect((await server.api.send('/', { host: `preview-${app}.localhost:${server.port}` })).status).toBe(200)
}

const moments: [string, (event: AppEvent) => boolean][] = [
  ['while the model speaks', ({ type }) => type === 'text.delta'],
  ['while a call is being written', ({ type }) => type === 'tool.pending'],
  ['when a tool has begun', ({ type }) => type === 'tool.running'],
  ['when the first tool is done', ({ type }) => type === 'tool.completed'],
  ['when the version is made', ({ type }) => type === 'version.created'],
  ['while it is built', ({ type }) => type === 'build.started'],
  ['while it goes on line', ({ type }) => type === 'build.completed'],
]

test.each(moments)(
  'L2, L6: killed %s, the server starts again by itself and the turn goes on; nothing is lost, half or double',
  async (_, moment) => {
    const words = Promise.withResolvers<void>()
    held = moment === moments[0]?.[1] ? words.promise : Promise.resolve()
    const app = await createApp()
    const { id } = app
    await eventsUntil(server, id, moment)
    const postgres = await postmasterPid()
    await server.kill9()
    words.resolve()
    await soon(() => server.processes().filter((one) => !isPostgres(one))).toEqual([])

    await server.start()
    const events = await eventsUntil(server, id, isTurnEnd)

    expect(await postmasterPid()).toBe(postgres)
    expect(events.at(-1)).toMatchObject({
      type: 'turn.completed',
      turn: { version: 1, deployment: { status: 'live' } },
    })
    await expectWhole(app, events)
    const sent = await server.api.json<{ turn: Turn }>('POST', `/apps/${id}/messages`, { text: 'Only talk' })
    const after = await eventsUntil(server, id, isTurnEnd, events.length)
    expect(after.at(-1)).toMatchObject({ type: 'turn.completed', turn: { id: sent.turn.id } })
  },
  60_000,
)

test('a second server says where the first one is and leaves it alone, also while a turn runs', async () => {
  const words = Promise.withResolvers<void>()
  held = words.promise
  const app = await createApp()
  const { id } = app
  await eventsUntil(server, id, ({ type }) => type === 'text.delta')
  const second = startProgram({ PORT: String(await freePort()), OVERSKILL_DATA_DIR: server.dataDir })
  expect(await second.ended).toBe(1)
  expect(second.said()).toContain(`http://localhost:${server.port}`)
  expect(second.said().trim().split('\n')).toHaveLength(1)
  words.resolve()
  const events = await eventsUntil(server, id, isTurnEnd)
  await expectWhole(app, events)
})

test('when PostgreSQL itself is killed in the middle of a turn, the turn comes to its end and the next message works', async () => {
  held = Promise.resolve()
  const app = await createApp()
  const { id } = app
  await eventsUntil(server, id, ({ type }) => type === 'tool.running')
  killNow(await postmasterPid())
  await soon(async () => (await server.api.turns(id).catch(() => []))[0]?.deployment, 50_000).toMatchObject({
    status: 'live',
  })
  await expectWhole(app, await eventsUntil(server, id, isTurnEnd))
  await server.api.json('POST', `/apps/${id}/messages`, { text: 'Only talk' })
  await soon(async () => (await server.api.turns(id))[1]?.status).toBe('completed')
}, 90_000)

test('when the process that builds is killed in the middle of it, the turn ends, and asking again puts its version on line', async () => {
  const words = Promise.withResolvers<void>()
  held = words.promise
  const app = await createApp()
  const { id } = app
  const builders = (): number[] =>
    server.processes().flatMap(({ pid, command }) => (command.includes('/builder/') ? pid : []))
  await soon(() => builders().length).toBeGreaterThan(0)
  for (const pid of builders()) process.kill(pid, 'SIGSTOP') // so that it is surely in the middle of the build
  words.resolve()
  const isDone = (event: AppEvent): boolean => event.type === 'text.delta' && event.text.includes('All of them')
  await eventsUntil(server, id, isDone) // what follows is the build
  for (const pid of builders()) killNow(pid)
  const events = await eventsUntil(server, id, isTurnEnd)
  expect(events.at(-1)).toMatchObject({ type: 'turn.completed', turn: { version: 1 } })
  // A child that had built nothing yet is replaced within the build; any other ends it with these words.
  const [deployment] = await server.api.deployments(id)
  expect(deployment?.error ?? 'The build process was replaced.').toMatch(/build process/i)
  await server.api.json('POST', `/apps/${id}/deploy`, { environment: 'preview', version: 1 })
  await soon(async () => (await server.api.deployments(id))[0]?.status).toBe('live')
  await expectWhole(app, events)
})

test('Ctrl-C in the middle of a turn ends every process within 5 s; the next start goes on with the turn', async () => {
  const words = Promise.withResolvers<void>()
  held = words.promise
  const app = await createApp()
  const { id } = app
  await eventsUntil(server, id, ({ type }) => type === 'text.delta')
  const watcher = eventsUntil(server, id, isTurnEnd).catch((error: unknown) => error)
  const all = server.processes()
  expect(all.length).toBeGreaterThan(3)
  const { code, ms } = await server.stop()
  expect([code, ms < 5_000]).toEqual([0, true])
  expect(stillRunning(all)).toEqual([])
  expect(server.processes()).toEqual([])
  expect(String(await watcher)).toContain('The stream ended')
  words.resolve()

  await server.start()
  const events = await eventsUntil(server, id, isTurnEnd)
  await expectWhole(app, events)
})
