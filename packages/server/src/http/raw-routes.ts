import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { AppId, fail, ok, type Outcome, type Snapshot } from '@overskill/protocol'
import { resumePoint, sendEventStream } from './event-stream.ts'
import { answerFile, decodePath } from './file-route.ts'
import { describeApi } from './open-api.ts'
import { apiHeaders, problemResponse } from './problem.ts'
import type { RawCalls } from './services.ts'

/** A call of a raw route, its path and body read. `response` is for those that stream. */
export type RawRequest = {
  request: Request
  url: URL
  params: Record<string, string>
  body: Uint8Array
  person: string
  response: ServerResponse
}

export type RawOptions = { raw: RawCalls; version: string; publicUrl: string; closing: AbortSignal }

type RawHandler = (options: RawOptions, call: RawRequest) => Promise<Response>

const file: RawHandler = async ({ raw }, call) => {
  const path = decodePath(call.params['path'] ?? '')
  if (typeof path !== 'string') return problemResponse(path)
  const { request, person, body } = call
  const query = readQuery(call.url, request.method === 'PUT' || request.method === 'DELETE' ? undefined : 'version')
  if (!query.ok) return problemResponse(query.failure)
  return answerFile(raw, { request, app: call.params['app'] ?? '', path, version: query.value, person, body })
}

/** What answers each raw route of the table. */
const handlers: Record<string, RawHandler> = {
  'GET /health': async ({ raw }) => {
    const { ready, ...health } = await raw.health()
    return Response.json(health, { status: ready ? 200 : 503, headers: apiHeaders })
  },
  'GET /openapi.json': async ({ version, publicUrl }) =>
    Response.json(await (described ??= describeApi(version, publicUrl)), { headers: apiHeaders }),
  'GET /apps/{app}/events': events,
  'GET /apps/{app}/export.zip': exportZip,
  'GET /apps/{app}/files/{+path}': file,
  'PUT /apps/{app}/files/{+path}': file,
  'DELETE /apps/{app}/files/{+path}': file,
}

let described: Promise<object> | undefined

/** Answers a raw route: `key` is its method and path as in the route table. */
export async function answerRaw(options: RawOptions, key: string, call: RawRequest): Promise<Response> {
  const handler = handlers[key]
  const { app } = call.params
  if (!handler) throw new Error(`Nothing answers ${key}`)
  if (app !== undefined && !AppId.safeParse(app).success)
    return problemResponse({ code: 'not_found', detail: 'There is no such app.' })
  return handler(options, call)
}

async function exportZip({ raw }: RawOptions, call: RawRequest): Promise<Response> {
  const query = readQuery(call.url, 'version')
  if (!query.ok) return problemResponse(query.failure)
  const zip = await raw.exportZip({
    app: call.params['app'] ?? '',
    ...(query.value !== undefined && { version: query.value }),
  })
  if (!zip.ok) return problemResponse(zip.failure)
  const { name, content, state } = zip.value
  const disposition = `attachment; filename="${name.replace(/[^\w.-]+/g, '-')}"; filename*=UTF-8''${encodeURIComponent(name)}`
  const headers = { ...apiHeaders, 'content-type': 'application/zip', 'content-disposition': disposition }
  return new Response(new Uint8Array(content), {
    headers: { ...headers, 'content-length': String(content.byteLength), 'overskill-state': state },
  })
}

/** The stream of an app's events, for as long as its client is there. */
async function events({ raw, closing }: RawOptions, call: RawRequest): Promise<Response> {
  const left = untilLeft(call.response) // first of all: who leaves while we ask the database leaves nothing behind
  const app = call.params['app'] ?? ''
  const query = readQuery(call.url, 'after')
  if (!query.ok) return problemResponse(query.failure)
  if (call.request.method === 'HEAD') {
    const numbers = await raw.numbers(app)
    if (!numbers.ok) return problemResponse(numbers.failure)
    return new Response(null, { headers: { 'content-type': 'text/event-stream' } })
  }
  const wanted = resumePoint(call.request.headers.get('last-event-id') ?? undefined, query.value?.toString())
  const beginning = await findBeginning(raw, app, wanted)
  if (!beginning.ok) return problemResponse(beginning.failure)
  const { snapshot, after } = beginning.value
  const signal = AbortSignal.any([left, closing])
  const following = await raw.events(app, after, signal)
  if (!following.ok) return problemResponse(following.failure)
  if (!left.aborted) void sendEventStream(call.response, { snapshot, events: following.value }, signal)
  return RESPONSE_ALREADY_SENT
}

/** Aborts when the client leaves; is aborted when it has left before. */
function untilLeft(response: ServerResponse): AbortSignal {
  const left = new AbortController()
  response.once('close', () => left.abort())
  if (response.destroyed) left.abort()
  return left.signal
}

type Beginning = { after: number; snapshot: Snapshot | undefined }

/** A snapshot, unless the stream goes on after a number that the log can go on from. */
async function findBeginning(raw: RawCalls, app: string, wanted: number | undefined): Promise<Outcome<Beginning>> {
  if (wanted !== undefined) {
    const numbers = await raw.numbers(app)
    if (!numbers.ok) return numbers
    const { lowest, highest } = numbers.value
    if (wanted >= lowest && wanted <= highest) return ok({ after: wanted, snapshot: undefined })
  }
  const snapshot = await raw.snapshot(app)
  return snapshot.ok ? ok({ after: snapshot.value.seq, snapshot: snapshot.value }) : snapshot
}

/** The one number that a raw route takes as a query, if it takes any; nothing else is allowed there. */
function readQuery(url: URL, name: string | undefined): Outcome<number | undefined> {
  const unknown = [...url.searchParams.keys()].filter((key) => key !== name)
  if (unknown.length > 0) {
    return fail(
      'invalid',
      'The query has fields that this call does not take.',
      unknown.map((path) => ({ path, message: 'Unknown field.' })),
    )
  }
  const value = name === undefined ? null : url.searchParams.get(name)
  if (name === undefined || value === null) return ok(undefined)
  const least = name === 'version' ? 1 : 0
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return ok(Number(value))
  return fail('invalid', `${name} must be a whole number from ${least}.`, [
    { path: name, message: `A whole number from ${least}.` },
  ])
}
