import { applyToSnapshot, emptyConversation, must, newAppId, type App, type AppEvent } from '@overskill/protocol'
import { appsHost, noUsage, now } from './stand-in-data.ts'
import { frame, json, problem, route } from './stand-in-routes.ts'
import type { Live, StandIn, StandInApp } from './stand-in-state.ts'

/**
 * A server that speaks the studio's real wire (API.md) and keeps everything in memory: the log of each app, and the
 * snapshot folded from it by protocol's own fold. Nothing happens in it by itself; a test says what happens next.
 */

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
