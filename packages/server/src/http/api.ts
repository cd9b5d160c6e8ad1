import { Hono } from 'hono'
import type { HttpBindings } from '@hono/node-server'
import { limits, type Failure } from '@overskill/protocol'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import { createCallHandler } from './calls.ts'
import { createIdempotency, type StoreAnswer } from './idempotency.ts'
import { problemResponse } from './problem.ts'
import { answerRaw } from './raw-routes.ts'
import { readBody, readJsonObject } from './read-body.ts'
import { findRoute, type Route } from './route-table.ts'
import type { Services } from './services.ts'
import type { StudioFiles } from './studio-files.ts'

export type ApiOptions = {
  services: Services
  database: Database
  log: Log
  studio: StudioFiles
  version: string
  publicUrl: string
  /** Aborts when the server closes: streams end. */
  closing: AbortSignal
}

/** A list of files says what it lists, as one file does (API.md "HTTP"). */
async function withState({ raw }: Services, { params, url }: Matched, answer: Response): Promise<Response> {
  const version = url.searchParams.get('version')
  const state = await raw.stateOf({ app: params['app'] ?? '', ...(version && { version: Number(version) }) })
  if (state.ok) answer.headers.set('overskill-state', state.value)
  return answer
}

/** Who calls, while there is one person and no signing in. */
const onlyPerson = 'owner'

const mutations = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

type Api = Hono<{ Bindings: HttpBindings }>
type Matched = {
  route: Route
  params: Record<string, string>
  request: Request
  url: URL
  body: Uint8Array<ArrayBuffer>
}

/**
 * The studio's host: the API of the route table, and the studio's pages. Everything that arrives has passed the door
 * (`who-may-call.ts`).
 */
export function createApi(options: ApiOptions): Api {
  const callHandler = createCallHandler(options.services.calls)
  const idempotent = createIdempotency(options.database, options.log)
  const app: Api = new Hono()

  const run = async (call: Matched, bindings: HttpBindings, store?: StoreAnswer): Promise<Response> => {
    if (call.route.kind === 'raw') {
      const rawOptions = { ...options, raw: options.services.raw }
      return answerRaw(rawOptions, `${call.route.method} ${call.route.path}`, {
        ...call,
        person: onlyPerson,
        response: bindings.outgoing,
      })
    }
    const params = Object.keys(call.params)
    const context = { person: onlyPerson, log: options.log, params, ...(store && { store }) }
    const answer = await callHandler(jsonRequest(call), context)
    const lists = call.route.method === 'GET' && call.route.path === '/apps/{app}/files'
    return lists && answer.ok ? withState(options.services, call, answer) : answer
  }

  app.all('/api/*', async (c) => {
    const call = await readCall(c.req.raw)
    if (call instanceof Response) return call
    const key = c.req.header('idempotency-key')
    if (key === undefined || !mutations.has(call.request.method)) return headOf(call, await run(call, c.env))
    const { method } = call.request
    const keyed = { person: onlyPerson, method, path: call.url.pathname + call.url.search, key, body: call.body }
    return idempotent(keyed, (store) => run(call, c.env, store))
  })
  app.all('/api', () => problemResponse({ code: 'not_found', detail: 'There is no such call.' }))
  app.get('*', (c) => options.studio(c.req.raw))
  app.all('*', () =>
    problemResponse({ code: 'not_found', detail: 'Pages take GET and HEAD.' }, { allow: 'GET, HEAD' }, 405),
  )
  app.onError((error) => {
    options.log.error('A request failed', { error })
    return problemResponse({ code: 'internal', detail: 'Something went wrong on our side. The log has the details.' })
  })
  return app
}

/** Finds the route and reads the body, or says why not: 404, 405, 415, 413, 422 in this order. */
async function readCall(request: Request): Promise<Matched | Response> {
  const url = new URL(request.url)
  const found = findRoute(request.method, url.pathname)
  if ('allowed' in found) return refuseRoute(request.method, found.allowed)
  const { route, params } = found
  if (route.kind === 'later') return problemResponse({ code: 'not_found', detail: 'This call is not built yet.' })
  if (!mutations.has(request.method)) return { route, params, request, url, body: new Uint8Array() }
  if (route.kind === 'json' && hasBody(request) && !isJson(request)) {
    return problemResponse({ code: 'wrong_type', detail: 'The body must be application/json.' })
  }
  const body = await readBody(request, route.kind === 'raw' ? limits.binaryFileBytes : limits.bodyBytes)
  if (!body.ok) return problemResponse(body.failure, { connection: 'close' })
  const read = route.kind === 'json' ? readJsonObject(body.value, Object.keys(params)) : undefined
  if (read && !read.ok) return problemResponse(read.failure)
  return { route, params, request, url, body: body.value }
}

function refuseRoute(method: string, allowed: string[]): Response {
  if (allowed.length === 0) return problemResponse({ code: 'not_found', detail: 'There is no such call.' })
  const failure: Failure = {
    code: 'not_found',
    detail: `${method} is not a method of this path; it takes ${allowed.join(', ')}.`,
  }
  return problemResponse(failure, { allow: allowed.join(', ') }, 405)
}

const hasBody = (request: Request): boolean =>
  request.headers.has('transfer-encoding') || Number(request.headers.get('content-length') ?? 0) > 0

const isJson = (request: Request): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')

/** The request for the contract's handler: only what it reads, and nothing that would make it read otherwise. */
function jsonRequest({ request, url, body }: Matched): Request {
  if (!mutations.has(request.method)) return new Request(url, { method: 'GET' })
  const headers = { 'content-type': 'application/json' }
  return new Request(url, { method: request.method, headers, ...(body.byteLength > 0 && { body }) })
}

const headOf = ({ request }: Matched, response: Response): Response =>
  request.method === 'HEAD' ? new Response(null, { status: response.status, headers: response.headers }) : response
