import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorEvent, gate, hangAfter, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { type AppEvent, timeLimitMs } from '@overskill/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Nothing more to do.')] })
/** A registry that is asked and never answers. */
const asked = Promise.withResolvers<void>()
const registry = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
await once(registry, 'listening')
vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`)
const plane = await startTestPlane({ modelUrl: model.url })
afterAll(() => {
  vi.unstubAllEnvs()
  registry.closeAllConnections()
  registry.close()
})

type Stopped = { ms: number; end: AppEvent; events: AppEvent[] }

/** Stops an app's first turn once an event fits and `also` holds; how long it then took to end, by the events' own times. */
async function stopAt(
  app: string,
  fits: (event: AppEvent) => boolean,
  also: () => Promise<unknown> = async () => undefined,
): Promise<Stopped> {
  const begun = await plane.until(app, fits)
  await also()
  const turn = only(begun, 'turn.started')[0]?.turn.id ?? ''
  const askedAt = Date.now()
  value(await plane.calls.turns.stop({ app, turn }, 'person'))
  const events = await plane.turnEnd(app)
  return { ms: Date.parse(last(events).at) - askedAt, end: last(events), events }
}

const write = (path: string, content: string) => toolUse('os-write', { file_path: path, content })
const kept = write('src/kept.ts', 'export const kept = 1\n')
const isRunning = (name: string) => (event: AppEvent) => event.type === 'tool.running' && event.name === name

/** A server that has made a version before: what is timed is the stop, not a process that loads its own code. */
beforeAll(async () => {
  replies.push([kept], [text('Done.')])
  await plane.turnEnd((await plane.create('First')).id)
})

/** What the calls of a turn came to, those that were done first. */
const endsOf = (events: readonly AppEvent[]): string[] => [
  ...only(events, 'tool.completed').map(({ name, status }) => `${name} ${status}`),
  ...only(events, 'tool.failed')
    .map(({ name, status }) => `${name} ${status}`)
    .toSorted(),
]

async function draftOf(app: string): Promise<string[]> {
  const { items } = value(await plane.calls.files.list({ app }, 'person'))
  return items.map(({ path }) => path)
}

/** Styles that need code of the app, which never comes to its end. */
const endless = (name: string) => [
  write('src/index.css', `@import 'tailwindcss';\n@plugin './${name}.js';\n`),
  write(`src/${name}.js`, 'for (;;) {}\n'),
]

/** Waits until this process has a child that runs such code: then a build is surely under way. */
const untilStylesRun = (count: number) =>
  vi.waitFor(() => expect(childrenWith('styles/process/main.ts')).toHaveLength(count), { timeout: 20_000 })

const childrenWith = (text: string): string[] =>
  readdirSync('/proc').filter(
    (id) =>
      /^\d+$/.test(id) &&
      readProc(id, 'cmdline').includes(text) &&
      Number(/\) \S (\d+)/.exec(readProc(id, 'stat'))?.[1]) === process.pid,
  )

function readProc(id: string, name: string): string {
  try {
    return readFileSync(`/proc/${id}/${name}`, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}

test('L16, A7: a stop during the stream of a reply ends the turn within a second', async () => {
  const held = Promise.withResolvers<void>()
  replies.push([text('Working'), gate(held.promise)])
  const { ms, end } = await stopAt((await plane.create('Stream')).id, ({ type }) => type === 'text.delta')
  held.resolve()
  expect(end.type).toBe('turn.stopped')
  expect(ms).toBeLessThan(1_000)
})

test('B.5 43: a stop during the input of a call writes nothing of it, and its row ends as cancelled', async () => {
  const half = toolUse('os-write', { file_path: 'src/half.ts', content: 'x'.repeat(400) }, { chunkSize: 50 })
  replies.push(hangAfter(5, [half]))
  const { id } = await plane.create('Half a file')
  const { end } = await stopAt(id, ({ type }) => type === 'tool.input')
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { deployment: { skipped: 'stopped' } } })
  const events = await plane.turnEnd(id)
  expect(only(events, 'tool.failed')).toMatchObject([{ status: 'cancelled', error: { code: 'CUT_OFF' } }])
  expect(only(events, 'files.changed')).toEqual([])
})

test('L16, A7: a stop during the wait before another try ends the turn within a second', async () => {
  for (let tries = 0; tries < 4; tries += 1) replies.push([errorEvent('overloaded_error', 'x')])
  const seen = model.requests.length
  const { ms, end } = await stopAt((await plane.create('Wait')).id, ({ type }) => type === 'turn.retrying')
  replies.length = 0
  expect(end.type).toBe('turn.stopped')
  expect(ms).toBeLessThan(1_000)
  expect(model.requests.length - seen).toBeLessThanOrEqual(2)
})

test('A7, B.5 44: a stop while a tool runs ends the turn within a second, cancels what is not done and keeps what is', async () => {
  const longLine = write('src/long.ts', `// ${'a'.repeat(60)}b\n`)
  const search = toolUse('os-search-files', { query: '^// (a+)+$', regex: true })
  replies.push([longLine, search, write('src/after.ts', 'export const after = 1\n')])
  const { id } = await plane.create('Search')
  const { ms, end, events } = await stopAt(id, isRunning('os-search-files'))
  expect(ms).toBeLessThan(1_000)
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { version: 1, deployment: { skipped: 'stopped' } } })
  const running = only(events, 'tool.running').find(({ name }) => name === 'os-search-files')
  const waitedMs = Date.parse(running?.deadline ?? '') - Date.parse(running?.at ?? '')
  expect(Math.abs(waitedMs - timeLimitMs('searchTool'))).toBeLessThan(1_000)
  expect(endsOf(events)).toEqual(['os-write complete', 'os-search-files cancelled', 'os-write cancelled'])
  const files = await draftOf(id)
  expect(files).toContain('src/long.ts')
  expect(files).not.toContain('src/after.ts')
  const later = await plane.until(id, ({ type }) => type === 'deployment.completed')
  expect(only(later, 'deployment.completed')[0]?.deployment.version).toBe(1)
})

test('A7: a stop while packages are fetched ends the turn within a second, and package.json stays as it was', async () => {
  replies.push([kept, toolUse('os-add-dependency', { packages: ['never-there'] })])
  const { id } = await plane.create('Install')
  const { ms, end, events } = await stopAt(id, isRunning('os-add-dependency'), () => asked.promise)
  expect(ms).toBeLessThan(1_000)
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { version: 1, deployment: { skipped: 'stopped' } } })
  expect(endsOf(events)).toEqual(['os-write complete', 'os-add-dependency cancelled'])
  expect(only(events, 'files.changed').flatMap(({ changes }) => changes.map(({ path }) => path))).toEqual([
    'src/kept.ts',
  ])
  expect(await draftOf(id)).toContain('src/kept.ts')
})

test('A7: a stop while the work is built at the end of the turn ends the turn within a second, and keeps the files', async () => {
  replies.push([kept, ...endless('forever')], [text('It is done.')])
  const { id } = await plane.create('Check')
  const isSaid = ({ type }: AppEvent): boolean => type === 'text.delta'
  const { ms, end, events } = await stopAt(id, isSaid, () => untilStylesRun(1))
  expect(ms).toBeLessThan(1_000)
  expect(only(events, 'build.started').length).toBeLessThanOrEqual(1) // only what is kept on its way to the preview
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { version: 1, deployment: { skipped: 'stopped' } } })
  expect(await draftOf(id)).toContain('src/kept.ts')
})

test('A7: a stop while the version is built for its deployment ends both within a second', async () => {
  replies.push([kept, ...endless('ever-after')], [errorEvent('invalid_request_error', 'x')])
  const { id } = await plane.create('Deploy')
  const before = childrenWith('styles/process/main.ts').length
  const { ms, end, events } = await stopAt(
    id,
    ({ type }) => type === 'build.started',
    () => untilStylesRun(before + 1),
  )
  expect(ms).toBeLessThan(1_000)
  expect(end).toMatchObject({ type: 'turn.stopped', turn: { version: 1, deployment: { skipped: 'stopped' } } })
  const begun = only(events, 'build.started')[0]
  expect(Date.parse(begun?.deadline ?? '')).toBeLessThanOrEqual(
    Date.parse(begun?.at ?? '') + timeLimitMs('deploymentBuild'),
  )
  const stages = only(events, 'deployment.stage').map(({ deployment }) => deployment.status)
  expect(stages.at(-1)).toBe('superseded')
  expect(await draftOf(id)).toContain('src/kept.ts')
})
