import {
  must,
  toWire,
  type AppEvent,
  type Limits,
  type PostPackages,
  type PostReports,
  type PreviewReport,
  type Turn,
  type UserMessage,
} from '@overskill/protocol'
import { now, turnOf, hashOf } from './stand-in-data.ts'
import { sayTo, startNow, reorder, deploy, unpublish, restore, edit } from './stand-in-deeds.ts'
import type { StandIn, StandInApp, Refusal, Live } from './stand-in-state.ts'

/** How the stand-in answers each call of API.md. */

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

export const problem = ({ status, ...rest }: Refusal): Response =>
  new Response(JSON.stringify({ type: `/problems/${rest.code}`, title: rest.code, status, ...rest }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

const notFound = (): Response => problem({ status: 404, code: 'not_found', detail: 'There is no such thing.' })

export function frame(event: AppEvent): string {
  const wire = toWire(event)
  return `id: ${wire.id}\nevent: ${wire.event}\ndata: ${JSON.stringify(wire.data)}\n\n`
}

type Call = { method: string; path: string; url: URL; body: unknown; request: Request }

export function route(
  standIn: StandIn,
  apps: Map<string, StandInApp>,
  live: Map<string, Set<Live>>,
  call: Call,
): Response {
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
