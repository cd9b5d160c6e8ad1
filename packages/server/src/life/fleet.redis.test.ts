import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gate, startScriptedModel, text, toolUse, type ReplyPart } from '@overskill/model-server'
import { type App, type AppEvent, fromWire, type Health, must } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { turns } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { freePort, send } from '../http/test-server.ts'
import { hasRedis, startTestRedis } from '../redis/test-redis.ts'
import { startTestProgram, type TestProgram } from './test-program.ts'

/** Several processes of the real program, each with a data dir of its own, on one database and one Redis. */
describe.skipIf(!hasRedis)('a fleet', async () => {
  if (!hasRedis) return
  const { db, connection } = await withTestDatabase()
  const redis = await startTestRedis()
  const parent = await mkdtemp(join(tmpdir(), 'overskill-fleet-'))
  const database = must(connection.database, 'The name of the database')
  let held = Promise.resolve()
  const model = await startScriptedModel([], { rest: (body) => scriptOf(body) })
  afterAll(async () => {
    await model.close()
    await rm(parent, { recursive: true, force: true, maxRetries: 5 })
  })

  const paths = ['src/one.ts', 'src/two.ts', 'src/three.ts']
  const contentOf = (path: string): string => `export const name = '${path}'\n`

  /** Asks for whatever the request does not say to be written already: it means the same however often it is sent. */
  function scriptOf(body: Record<string, unknown>): ReplyPart[] {
    const said = JSON.stringify(body['messages'])
    const missing = paths.filter((path) => !new RegExp(`(Created|Replaced) ${path}|${path} already had`).test(said))
    const [first] = missing
    if (first === undefined) return [text('All of them are there.')]
    return [text(`I write ${first}.`), gate(held), toolUse('os-write', { file_path: first, content: contentOf(first) })]
  }

  type Node = { port: number; program: TestProgram }
  let nodes = 0
  const running: Node[] = []
  afterEach(async () => {
    for (const { program } of running) program.child.kill('SIGTERM')
    for (const { program } of running.splice(0)) await program.ended
  })
  async function startNode(roles = ''): Promise<Node> {
    const port = await freePort()
    const dataDir = join(parent, `node-${(nodes += 1)}`)
    await mkdir(dataDir)
    const program = startTestProgram(parent, {
      ...{ PORT: String(port), OVERSKILL_DATA_DIR: dataDir, OVERSKILL_ROLES: roles, REDIS_URL: redis.url },
      DATABASE_URL: `postgres://${connection.user ?? ''}@localhost/${database}?host=${encodeURIComponent(connection.host ?? '')}`,
      ...{ ANTHROPIC_API_KEY: 'sk-scripted', ANTHROPIC_BASE_URL: model.url },
    })
    await program.ready
    const node = { port, program }
    running.push(node)
    return node
  }

  const healthOf = async ({ port }: Node): Promise<Health> =>
    JSON.parse((await send(port, { path: '/api/health' })).body) as Health

  async function createApp({ port }: Node): Promise<string> {
    const made = await send(port, { method: 'POST', path: '/api/apps', json: { prompt: 'Three files' } })
    return (JSON.parse(made.body) as { app: App }).app.id
  }

  /** Reads an app's events at a node until one fits, as a page does. */
  async function eventsUntil({ port }: Node, app: string, fits: (event: AppEvent) => boolean): Promise<AppEvent[]> {
    const address = `http://127.0.0.1:${port}/api/apps/${app}/events?after=0`
    const { body } = await fetch(address, { signal: AbortSignal.timeout(50_000) })
    const seen: AppEvent[] = []
    let rest = ''
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (rest + chunk).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const [, name = '', data = ''] = /^event: ?(.*)\ndata: ?(.*)$/m.exec(frame) ?? []
        const event = data === '' || name === 'snapshot' ? undefined : fromWire(name, data)
        if (!event) continue
        seen.push(event)
        if (fits(event)) return seen
      }
    }
    throw new Error(`The stream ended after ${seen.at(-1)?.type}`)
  }

  /** A turn whose model speaks until `words`, at the first of two processes; the second came when it ran already. */
  async function startTurn() {
    const words = Promise.withResolvers<void>()
    held = words.promise
    const first = await startNode()
    const app = await createApp(first)
    await eventsUntil(first, app, ({ type }) => type === 'text.delta')
    return { app, first, second: await startNode(), words }
  }

  const isTurnEnd = ({ type }: AppEvent): boolean => /^turn\.(completed|failed|stopped)$/.test(type)

  /** Everything that must be true of a turn that went through several hands. */
  async function expectWhole(node: Node, app: string, events: readonly AppEvent[]): Promise<void> {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({
      type: 'turn.completed',
      turn: { version: 1, deployment: { status: 'live' } },
    })
    const ends = events.flatMap((event) => (event.type === 'tool.completed' ? event.call : []))
    expect(ends.toSorted()).toEqual([...new Set(ends)].toSorted())
    for (const path of paths) {
      expect((await send(node.port, { path: `/api/apps/${app}/files/${path}` })).body).toBe(contentOf(path))
    }
    const page = await send(node.port, {
      path: '/',
      headers: { host: `preview-${app}.localhost:${node.port}`, accept: 'text/html' },
    })
    expect(page.status).toBe(200)
  }

  const ownersOf = async (app: string) =>
    must(await db.query.turns.findFirst({ where: eq(turns.app, app) }), 'The turn')

  test('G2: a turn that streams is handed over live when its process is told to stop: the other goes on at once, and nothing is lost', async () => {
    const { app, first, second, words } = await startTurn()

    const asked = performance.now()
    first.program.child.kill('SIGTERM')
    await eventsUntil(second, app, ({ type, ...event }) => type === 'turn.started' && event.seq > 10)
    const taken = performance.now() - asked
    words.resolve()
    const events = await eventsUntil(second, app, isTurnEnd)

    expect(await first.program.ended).toBe(0)
    expect(taken).toBeLessThan(5_000) // no lease is waited for
    await expectWhole(second, app, events)
    expect(await ownersOf(app)).toMatchObject({ leaseToken: 2, handovers: 1 })
  })

  test('A4, G2: of a process that is killed, another takes the turn over when its lease is over', async () => {
    const { app, first, second, words } = await startTurn()
    first.program.child.kill('SIGKILL')
    await first.program.ended
    await vi.waitFor(async () => expect(await ownersOf(app)).toMatchObject({ leaseToken: 2, handovers: 0 }), 20_000)
    words.resolve()
    await expectWhole(second, app, await eventsUntil(second, app, isTurnEnd))
  })

  test('G2, L13: web, worker and builder are three processes: each does its part, and one that is missing is said and waited for', async () => {
    held = Promise.resolve()
    const web = await startNode('web')
    expect((await healthOf(web)).checks.dispatch).toMatchObject({
      status: 'degraded',
      detail: 'No process works at turns: they wait until one runs with OVERSKILL_ROLES=worker.',
    })
    expect(web.program.said()).toContain('No process works at deployments')
    const app = await createApp(web)
    const worker = await startNode('worker')
    expect((await send(worker.port, { path: '/api/apps' })).status).toBe(404)
    await eventsUntil(web, app, ({ type }) => type === 'deployment.started')
    expect((await healthOf(web)).checks.dispatch.detail).toContain('No process works at deployments')
    const builder = await startNode('builder')
    await expectWhole(web, app, await eventsUntil(web, app, isTurnEnd))
    expect((await healthOf(web)).checks.dispatch).toMatchObject({ status: 'ok', detail: 'Redis' })
    for (const { program } of [web, worker, builder]) program.child.kill('SIGTERM')
    for (const { program } of [web, worker, builder]) expect(await program.ended).toBe(0)
  })

  test('G2: a turn that is handed over while its deployment waits or builds goes on line by that very deployment', async () => {
    held = Promise.resolve()
    const first = await startNode('web,worker')
    const app = await createApp(first)
    await eventsUntil(first, app, ({ type }) => type === 'deployment.started')
    const second = await startNode('web,worker')
    first.program.child.kill('SIGTERM')
    await first.program.ended
    await startNode('builder')
    const events = await eventsUntil(second, app, isTurnEnd)
    await expectWhole(second, app, events)
    expect(events.filter(({ type }) => type === 'deployment.started')).toHaveLength(1)
  })

  test('G2: a rolling restart of two processes in the middle of a turn loses nothing of it', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    held = gates[0].promise
    const first = await startNode()
    const second = await startNode()
    const app = await createApp(first)
    await eventsUntil(first, app, ({ type }) => type === 'text.delta')
    first.program.child.kill('SIGTERM')
    await first.program.ended
    const third = await startNode()
    held = gates[1].promise
    gates[0].resolve()
    await eventsUntil(third, app, ({ type }) => type === 'tool.completed')
    second.program.child.kill('SIGTERM')
    await second.program.ended
    held = Promise.resolve()
    gates[1].resolve()
    await expectWhole(third, app, await eventsUntil(third, app, isTurnEnd))
    expect((await ownersOf(app)).leaseToken).toBeLessThanOrEqual(3)
  })
})
