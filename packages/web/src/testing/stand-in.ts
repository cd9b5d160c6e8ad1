import {
  applyToSnapshot,
  emptyConversation,
  must,
  newAppId,
  newId,
  toWire,
  type App,
  type AppUsage,
  type AppEvent,
  type ConnectionTest,
  type Deployment,
  type FileDiff,
  type Limits,
  type ModelInfo,
  type NewAppEvent,
  type PostPackages,
  type PostReports,
  type PreviewReport,
  type SentRequest,
  type Snapshot,
  type Turn,
  type TurnEstimate,
  type UsageSum,
  type UserMessage,
  type Version,
} from '@overskill/protocol'

/**
 * A server that speaks the studio's real wire (API.md) and keeps everything in memory: the log of each app, and the
 * snapshot folded from it by protocol's own fold. Nothing happens in it by itself; a test says what happens next.
 */

export type StandInApp = {
  snapshot: Snapshot
  log: AppEvent[]
  files: Map<string, string>
  versions: Version[]
  diffs: Map<number, FileDiff[]>
  deleted: boolean
}

export type Received = { method: string; path: string; headers: Headers; body: unknown }

/** What a request is answered with instead, when a test wants a failure. */
export type Refusal = { status: number; code: string; detail: string; errors?: { path: string; message: string }[] }

export type StandIn = {
  fetch(request: Request): Promise<Response>
  addApp(fields?: Partial<App>): StandInApp
  /** Appends an event to an app's log and sends it to every page that watches. */
  emit(app: string, event: NewAppEvent): void
  app(id: string): StandInApp
  models: ModelInfo[]
  /** What the month's usage is answered with; its limits change by PUT. */
  usage: { month: string; total: UsageSum; apps: AppUsage[]; limits: Limits }
  /** What the next turn of every app is reckoned to cost; its model is the app's. */
  estimate: Omit<TurnEstimate, 'model'>
  modelCheck: { status: 'ok' | 'degraded' | 'down'; detail?: string; ms?: number }
  /** What a test of a connection finds; a promise holds it back. */
  connection: ConnectionTest | Promise<ConnectionTest>
  /** What each step is answered with when one asks what was sent. */
  sent: Map<number, SentRequest>
  received: Received[]
  /** Answers requests of this method and path ending with a refusal until it is deleted. Key: `POST /messages`. */
  refusals: Map<string, Refusal>
  /** Keeps what is emitted from the pages that watch, until what it returns is called. */
  holdEvents(): () => void
  /** Ends every open stream; with `stay`, refuses new ones until it is set to false. */
  cutStreams(stay?: boolean): void
  away: boolean
  /** What the live hosts of all apps answer with. */
  liveStatus: number
  streams(): number
}

type Live = { send: (text: string) => void; end: () => void }

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

const problem = ({ status, ...rest }: Refusal): Response =>
  new Response(JSON.stringify({ type: `/problems/${rest.code}`, title: rest.code, status, ...rest }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

const notFound = (): Response => problem({ status: 404, code: 'not_found', detail: 'There is no such thing.' })

export const noUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }
const now = (): string => new Date().toISOString()
const appsHost = (port: number, name: string): string => `http://${name}.localhost:${port}/`

export function createStandIn(port: () => number): StandIn {
  const apps = new Map<string, StandInApp>()
  const live = new Map<string, Set<Live>>()
  let held: (() => void)[] | undefined

  const standIn: StandIn = {
    models: [{ id: 'sample', name: 'Sample model', context: 100_000, available: true }],
    connection: { ok: true, steps: [] },
    modelCheck: { status: 'ok', detail: 'The sample model answers.', ms: 1 },
    usage: {
      month: '2026-11',
      total: { turns: 0, requests: 0, usage: noUsage, cost: { usd: 0 } },
      apps: [],
      limits: { turnUsd: null, turnTokens: null, monthUsd: null },
    },
    estimate: {
      ...{ basis: 'prompt', turns: 0, prompt: { tokens: 8_000, cached: 0 } },
      ...{ tokens: { low: 20_000, high: 500_000 }, cost: { low: 0, high: 0 } },
    },
    sent: new Map(),
    received: [],
    refusals: new Map(),
    away: false,
    liveStatus: 200,
    app: (id) => must(apps.get(id), `App ${id}`),
    holdEvents() {
      const waiting: (() => void)[] = []
      held = waiting
      return () => {
        held = undefined
        for (const send of waiting) send()
      }
    },
    streams: () => [...live.values()].reduce((sum, set) => sum + set.size, 0),
    cutStreams(stay = false) {
      standIn.away = stay
      for (const set of live.values()) for (const stream of set) stream.end()
    },
    addApp(fields = {}) {
      const id = fields.id ?? newAppId()
      const app: App = {
        id,
        name: 'Untitled',
        slug: `app-${id}`,
        description: '',
        status: 'new',
        previewUrl: appsHost(port(), `preview-${id}`),
        liveUrl: appsHost(port(), `live-${id}`),
        model: 'sample',
        createdAt: now(),
        updatedAt: now(),
        ...fields,
      }
      const snapshot = { seq: 0, app, conversation: emptyConversation, deployments: [] }
      const made = { snapshot, log: [], files: new Map(), versions: [], diffs: new Map(), deleted: false }
      apps.set(id, made)
      return made
    },
    emit(id, event) {
      const app = standIn.app(id)
      const numbered = { ...event, seq: app.snapshot.seq + 1, at: now() } as AppEvent
      app.log.push(numbered)
      app.snapshot = applyToSnapshot(app.snapshot, numbered)
      if (numbered.type === 'version.created') app.versions.unshift(numbered.version)
      const send = (): void => live.get(id)?.forEach((stream) => stream.send(frame(numbered)))
      if (held) held.push(send)
      else send()
    },
    async fetch(request) {
      const url = new URL(request.url)
      const text = request.method === 'GET' ? '' : await request.text()
      const isJson = request.headers.get('content-type')?.includes('json') && text !== ''
      const body: unknown = isJson ? JSON.parse(text) : text
      standIn.received.push({ method: request.method, path: url.pathname, headers: request.headers, body })
      const refused = [...standIn.refusals].find(([key]) => {
        const [method, end = ''] = key.split(' ')
        return method === request.method && url.pathname.endsWith(end)
      })
      if (refused) return problem(refused[1])
      if (url.pathname === '/api/models/test') return json(await standIn.connection)
      return route(standIn, apps, live, { method: request.method, path: url.pathname, url, body, request })
    },
  }
  return standIn
}

function frame(event: AppEvent): string {
  const wire = toWire(event)
  return `id: ${wire.id}\nevent: ${wire.event}\ndata: ${JSON.stringify(wire.data)}\n\n`
}

type Call = { method: string; path: string; url: URL; body: unknown; request: Request }

function route(standIn: StandIn, apps: Map<string, StandInApp>, live: Map<string, Set<Live>>, call: Call): Response {
  const { method, path } = call
  if (path === '/api/models') return json({ items: standIn.models })
  if (path === '/api/usage') return json(standIn.usage)
  if (path === '/api/limits') {
    standIn.usage.limits = { ...standIn.usage.limits, ...(call.body as Partial<Limits>) }
    return json({ limits: standIn.usage.limits })
  }
  if (path === '/api/health') {
    const ok = { status: 'ok' as const }
    const checks = { database: ok, edge: ok, builder: ok, dispatch: ok, model: standIn.modelCheck }
    return json({ status: 'ok', version: '0.0.0', checks })
  }
  if (path === '/api/apps' && method === 'GET') {
    const offset = Number(call.url.searchParams.get('cursor') ?? 0)
    const limit = Number(call.url.searchParams.get('limit') ?? 50)
    const all = [...apps.values()].filter((app) => !app.deleted).map((app) => app.snapshot.app)
    const next = offset + limit < all.length ? { next: String(offset + limit) } : {}
    return json({ items: all.slice(offset, offset + limit), ...next })
  }
  if (path === '/api/apps' && method === 'POST') {
    const wish = call.body as { prompt?: string; model?: string }
    const { snapshot } = standIn.addApp({ status: 'working', ...(wish.model && { model: wish.model }) })
    const said = wish.prompt === undefined ? undefined : sayTo(standIn, snapshot.app.id, wish.prompt)
    return json({ app: snapshot.app, ...(said && { turn: said.turn }) }, 201)
  }
  const [, id = '', rest = ''] = /^\/api\/apps\/([a-z0-9]{6})(\/.*)?$/.exec(path) ?? []
  const app = apps.get(id)
  if (!app) return notFound()
  return routeInApp(standIn, app, live, { ...call, path: rest })
}

function routeInApp(standIn: StandIn, app: StandInApp, live: Map<string, Set<Live>>, call: Call): Response {
  const { method, path } = call
  const { id } = app.snapshot.app
  switch (`${method} ${path}`) {
    case 'GET ':
      return json({ app: app.snapshot.app })
    case 'GET /events':
      return standIn.away || app.deleted ? gone(app) : eventStream(app, live, call.request)
    case 'PATCH ':
      standIn.emit(id, {
        type: 'app.updated',
        app: { ...app.snapshot.app, ...(call.body as object), updatedAt: now() },
      })
      return json({ app: app.snapshot.app })
    case 'DELETE ':
      app.deleted = true
      return json({ app: app.snapshot.app })
    case 'POST /undelete':
      app.deleted = false
      return json({ app: app.snapshot.app })
    case 'POST /messages':
      return json(sayTo(standIn, id, (call.body as { text: string }).text), 202)
    case 'POST /preview-reports':
      return json({ items: (call.body as PostReports).reports.map(withPlaces) })
    case 'POST /packages':
      return changePackages(standIn, app, call.body as PostPackages)
    case 'PUT /queue':
      return json({
        items: reorder(standIn, app, (call.body as { messages: string[] }).messages),
        seq: app.snapshot.seq,
      })
    case 'GET /files':
      return json({
        items: [...app.files].map(([file, text]) => ({ path: file, hash: hashOf(text), bytes: text.length })),
      })
    case 'GET /estimate':
      return json({ estimate: { ...standIn.estimate, model: app.snapshot.app.model } })
    case 'GET /versions':
      return json({ items: app.versions })
    case 'GET /deployments':
      return json({ items: app.snapshot.deployments })
    case 'POST /deploy':
      return json({ deployment: deploy(standIn, app, call.body as { environment: 'preview'; version?: number }) }, 202)
    case 'DELETE /production':
      return json({ app: unpublish(standIn, app) })
    default:
      return routeBelow(standIn, app, call)
  }
}

/** Calls with an id or a path of their own. */
function routeBelow(standIn: StandIn, app: StandInApp, { method, path, body, request }: Call): Response {
  const { id } = app.snapshot.app
  const [, kind, key = '', action] =
    /^\/(files|messages|turns|versions|deployments)\/(.+?)(?:\/(now|stop|diff|restore|rollback))?$/.exec(path) ?? []
  if (kind === 'files') return file(standIn, app, method, decodeURIComponent(key), body as string, request)
  if (kind === 'versions' && action === 'diff') return json({ items: app.diffs.get(Number(key)) ?? [] })
  if (kind === 'versions' && action === 'restore') return json({ version: restore(standIn, app, Number(key)) }, 201)
  if (kind === 'deployments')
    return json(
      {
        deployment: must(
          app.snapshot.deployments.find((one) => one.id === key),
          key,
        ),
      },
      202,
    )
  const asked = /\/requests\/(\d+)$/.exec(path)
  if (asked) {
    const sent = standIn.sent.get(Number(asked[1]))
    return sent ? json(sent) : notFound()
  }
  if (kind === 'turns') {
    const turn = must(
      app.snapshot.conversation.turns.find((one) => one.id === key),
      key,
    )
    const stopped: Turn = { ...turn, status: 'stopped', deployment: { skipped: 'stopped' } }
    if (action === 'stop') standIn.emit(id, { type: 'turn.stopped', turn: stopped })
    return json({ turn: stopped }, 202)
  }
  const message = app.snapshot.conversation.messages.find((one) => one.id === key)
  if (message?.role !== 'user') return notFound()
  if (method === 'PATCH') {
    const changed: UserMessage = { ...message, text: (body as { text: string }).text }
    standIn.emit(id, { type: 'message.updated', message: changed })
    return json({ message: changed })
  }
  if (method === 'DELETE') standIn.emit(id, { type: 'message.removed', message: key })
  if (action === 'now') startNow(standIn, app, message)
  return json({ message, turn: turnOf(message.turn, key, 'queued') })
}

const gone = (app: StandInApp): Response =>
  app.deleted ? notFound() : problem({ status: 503, code: 'starting', detail: 'The server starts.' })

function eventStream(app: StandInApp, live: Map<string, Set<Live>>, request: Request): Response {
  const encoder = new TextEncoder()
  const last = request.headers.get('last-event-id')
  const set = live.get(app.snapshot.app.id) ?? new Set()
  live.set(app.snapshot.app.id, set)
  let stream: Live | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      stream = {
        send,
        end: () => {
          if (stream && set.delete(stream)) controller.close()
        },
      }
      if (last === null) {
        send(`id: ${app.snapshot.seq}\nevent: snapshot\ndata: ${JSON.stringify(app.snapshot)}\n\n`)
      } else {
        send(':\n')
        for (const event of app.log.filter((one) => one.seq > Number(last))) send(frame(event))
      }
      set.add(stream)
      request.signal.addEventListener('abort', stream.end)
    },
    cancel() {
      if (stream) set.delete(stream)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

export const turnOf = (id: string, message: string, status: Turn['status'], fields: Partial<Turn> = {}): Turn => ({
  id,
  message,
  status,
  mode: 'build',
  model: 'sample',
  steps: 0,
  usage: noUsage,
  cost: { usd: 0, reason: 'The sample model costs nothing.' },
  ...fields,
})

/** A person's message and its turn; queued while another turn runs. */
export function sayTo(standIn: StandIn, app: string, text: string): { message: UserMessage; turn: Turn } {
  const busy = standIn.app(app).snapshot.conversation.turns.some((turn) => turn.status === 'running')
  const message: UserMessage = {
    id: newId('msg'),
    role: 'user',
    text,
    attachments: [],
    turn: newId('turn'),
    createdAt: now(),
    ...(busy && { queued: true }),
  }
  const turn = turnOf(message.turn, message.id, 'queued')
  standIn.emit(app, { type: 'message.created', message })
  standIn.emit(app, { type: 'turn.queued', turn })
  return { message, turn }
}

/** Stops the turn that runs and starts that of a message which waits. */
function startNow(standIn: StandIn, app: StandInApp, waiting: UserMessage): void {
  const { queued: _queued, ...message } = waiting
  const { app: of, conversation } = app.snapshot
  const running = conversation.turns.find((turn) => turn.status === 'running')
  if (running)
    standIn.emit(of.id, {
      type: 'turn.stopped',
      turn: { ...running, status: 'stopped', deployment: { skipped: 'stopped' } },
    })
  standIn.emit(of.id, { type: 'message.updated', message })
  standIn.emit(of.id, { type: 'turn.started', turn: turnOf(message.turn, message.id, 'running') })
}

function reorder(standIn: StandIn, app: StandInApp, ids: string[]): UserMessage[] {
  const messages = ids.flatMap((id) => app.snapshot.conversation.messages.filter((one) => one.id === id))
  const queued = messages.filter((one): one is UserMessage => one.role === 'user')
  for (const message of queued) {
    standIn.emit(app.snapshot.app.id, { type: 'message.removed', message: message.id })
    standIn.emit(app.snapshot.app.id, { type: 'message.created', message })
  }
  return queued
}

function deploy(
  standIn: StandIn,
  app: StandInApp,
  wish: { environment: 'preview' | 'production'; version?: number },
): Deployment {
  const preview = app.snapshot.deployments.find((one) => one.environment === 'preview' && one.status === 'live')
  const deployment: Deployment = {
    ...must(preview, 'A preview'),
    id: newId('dep'),
    environment: wish.environment,
    version: wish.version ?? must(preview, 'A preview').version,
    status: 'queued',
    stages: [],
    createdAt: now(),
    ...(wish.environment === 'production' && {
      url: appsHost(Number(new URL(app.snapshot.app.previewUrl).port), app.snapshot.app.slug),
    }),
  }
  standIn.emit(app.snapshot.app.id, { type: 'deployment.started', deployment })
  return deployment
}

function unpublish(standIn: StandIn, app: StandInApp): App {
  const { productionUrl: _, ...rest } = app.snapshot.app
  standIn.emit(rest.id, { type: 'app.updated', app: rest })
  const live = app.snapshot.deployments.find((one) => one.environment === 'production' && one.status === 'live')
  if (live) standIn.emit(rest.id, { type: 'deployment.stage', deployment: { ...live, status: 'removed' } })
  return rest
}

function restore(standIn: StandIn, app: StandInApp, number: number): Version {
  const old = must(
    app.versions.find((one) => one.number === number),
    `Version ${number}`,
  )
  const version: Version = {
    ...old,
    number: must(app.versions[0], 'A version').number + 1,
    title: `Restored version ${number}`,
    origin: 'restore',
    restoredFrom: number,
    createdAt: now(),
  }
  standIn.emit(app.snapshot.app.id, { type: 'version.created', version })
  standIn.emit(app.snapshot.app.id, { type: 'app.updated', app: { ...app.snapshot.app, version: version.number } })
  return version
}

/** A report with the places in the page's scripts as places in the app's files: here a script is served at its own path. */
function withPlaces(report: PreviewReport): PreviewReport {
  if (!('stack' in report) || !report.stack) return report
  const stack = report.stack.map((place) => {
    const path = URL.parse(place.file)?.pathname.slice(1) ?? place.file
    return path.startsWith('src/') ? { ...place, file: path } : place
  })
  return { ...report, stack }
}

function changePackages(standIn: StandIn, app: StandInApp, { add = [], remove = [] }: PostPackages): Response {
  if (app.snapshot.conversation.turns.some((turn) => turn.status === 'running'))
    return problem({ status: 409, code: 'busy', detail: 'A turn is running.' })
  const before = JSON.parse(app.files.get('package.json') ?? '{}') as { dependencies?: Record<string, string> }
  const kept = Object.entries(before.dependencies ?? {}).filter(([name]) => !remove.includes(name))
  const dependencies = Object.fromEntries([...kept, ...add.map((name) => [name, '^1.2.3'])])
  const text = JSON.stringify({ ...before, dependencies }, null, 2)
  return json({ version: edit(standIn, app, 'package.json', text) }, 201)
}

/** Enough of a hash to tell two contents of a test apart. */
export const hashOf = (text: string): string => {
  let hash = 0
  for (const char of text) hash = (hash * 33 + char.charCodeAt(0)) >>> 0
  return `${hash.toString(16).padStart(8, '0')}${text.length.toString(16)}`
}

function file(
  standIn: StandIn,
  app: StandInApp,
  method: string,
  path: string,
  body: string,
  request: Request,
): Response {
  const text = app.files.get(path)
  if (text === undefined) return notFound()
  const etag = `"${hashOf(text)}"`
  if (method === 'GET') return new Response(text, { headers: { etag, 'content-type': 'text/plain; charset=utf-8' } })
  const expected = request.headers.get('if-match')
  if (expected && expected !== etag) {
    return problem({ status: 412, code: 'precondition_failed', detail: `${path} has changed since it was opened.` })
  }
  return json({ version: edit(standIn, app, path, body) })
}

function edit(standIn: StandIn, app: StandInApp, path: string, text: string): Version {
  app.files.set(path, text)
  const { id } = app.snapshot.app
  const changes = [{ path, action: 'changed' as const, hash: hashOf(text), added: 1, removed: 1 }]
  standIn.emit(id, { type: 'files.changed', changes, origin: { person: 'you' } })
  const number = (app.versions[0]?.number ?? 0) + 1
  const version: Version = { ...versionOf(number, `Edited ${path}`), origin: 'edit' }
  standIn.emit(id, { type: 'version.created', version })
  standIn.emit(id, { type: 'app.updated', app: { ...app.snapshot.app, version: number } })
  return version
}

export const versionOf = (number: number, title: string, fields: Partial<Version> = {}): Version => ({
  number,
  title,
  origin: 'turn',
  ending: 'completed',
  files: 42,
  changed: 6,
  added: 214,
  removed: 3,
  build: 'ok',
  createdAt: now(),
  ...fields,
})
