import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'
import type { ScriptedReply } from './reply.ts'
import type { Wire } from './wire.ts'
import { untilAborted, type WireStep } from './wire-steps.ts'

/** One request as it came: the parsed body, and what stood around it. Header names are in lower case. */
export type ReceivedRequest = {
  body: Record<string, unknown>
  path: string
  headers: Record<string, string>
}

export type MessagesHandler = {
  wire: Wire
  /** The only key that is taken; any if left out. */
  key?: string
  /** Ids that `GET /v1/models` lists. */
  models: readonly string[]
  /** Refuses what the real API refuses: prefill, unanswered calls, removed parameters. */
  strict: boolean
  reply(request: ReceivedRequest): ScriptedReply
  /** Slows an event stream down, or passes it on as it is. */
  pace(steps: Iterable<WireStep>): Iterable<WireStep>
  /** Called once for each request: whether its reply was sent to the end or the connection went away before. */
  ended?(request: ReceivedRequest, how: 'sent' | 'dropped'): void
}

export interface MessagesServer extends AsyncDisposable {
  readonly url: string
  close(): Promise<void>
}

/** The API takes 32 MB (AGENT.md B.2). */
const bodyLimitBytes = 32 * 1024 * 1024

/**
 * An HTTP server on 127.0.0.1 that speaks a wire: `POST` to its path (streaming), `GET /v1/models`. Keys come as Bearer or
 * x-api-key; a wrong one is a 401, and none where the wire wants one. `close` ends open replies and resolves when the port is free.
 */
export async function startMessagesServer(handler: MessagesHandler): Promise<MessagesServer> {
  const closing = new AbortController()
  const open = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const exchange = answer(request, response, handler, closing.signal).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
    open.add(exchange)
    void exchange.finally(() => open.delete(exchange))
  })
  const listening = await listen(server)
  const close = async () => {
    closing.abort()
    await Promise.all([listening.close(), ...open])
  }
  return { url: listening.url, close, [Symbol.asyncDispose]: close }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: MessagesHandler,
  closing: AbortSignal,
): Promise<void> {
  const path = request.url ?? '/'
  const route = `${request.method} ${path.split('?')[0]}`
  const { wire } = handler
  const sendError = (status: number, type: string, message: string) =>
    sendJson(response, status, wire.error(type, message))
  if (!isTaken(keyOf(request), handler)) return sendError(401, 'authentication_error', 'A valid key is required')
  if (route === 'GET /v1/models') return sendJson(response, 200, wire.models(handler.models))
  if (route !== `POST ${wire.path}`) return sendError(404, 'not_found_error', `No route ${route}`)
  const body = await readBody(request)
  if (body === 'too large') return sendError(413, 'request_too_large', 'Request exceeds 32 MB')
  if (body === 'no object') return sendError(400, 'invalid_request_error', 'The body is not a JSON object')
  const received: ReceivedRequest = { body, path, headers: headersOf(request) }
  const problem = handler.strict ? wire.problem(body) : undefined
  const reply = handler.reply(received)
  if (problem !== undefined) {
    handler.ended?.(received, 'sent')
    return sendError(400, 'invalid_request_error', problem)
  }
  const how = await play(reply, received, response, handler, closing)
  handler.ended?.(received, how)
}

async function play(
  reply: ScriptedReply,
  { body }: ReceivedRequest,
  response: ServerResponse,
  handler: MessagesHandler,
  closing: AbortSignal,
): Promise<'sent' | 'dropped'> {
  if (reply.kind === 'refuseConnection') {
    response.destroy()
    return 'sent'
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, closing])
  if (reply.kind === 'http') {
    response.writeHead(reply.status, { 'content-type': reply.contentType, 'request-id': requestId, ...reply.headers })
    response.end(reply.body)
    return 'sent'
  }
  if (reply.kind === 'hang') {
    if (reply.headersSent) response.writeHead(200, streamHeaders).flushHeaders()
    await untilAborted(signal)
    return 'dropped'
  }
  response.writeHead(200, { ...streamHeaders, ...reply.options.headers }).flushHeaders()
  const inputTokens = Math.ceil(JSON.stringify(body).length / 4)
  const messages = Array.isArray(body['messages']) ? body['messages'].length : 0
  const place = { model: String(body['model']), messages, inputTokens }
  return send(
    handler.pace(handler.wire.steps(reply.parts, reply.options, place)),
    response,
    signal,
    reply.options.bytesPerWrite,
  )
}

const requestId = 'req_scripted'
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'request-id': requestId,
}

async function send(
  steps: Iterable<WireStep>,
  response: ServerResponse,
  signal: AbortSignal,
  bytesPerWrite: number | undefined,
): Promise<'sent' | 'dropped'> {
  for (const step of steps) {
    if (signal.aborted) return 'dropped'
    if (step.do === 'wait') await step.until(signal)
    else if (step.do === 'cut') {
      if (response.writableEnded) return 'sent' // the reply is shorter than what was to be sent of it
      await flushed(response)
      response.destroy()
      return 'sent'
    } else if (step.do === 'end') response.end()
    else {
      const words =
        step.do === 'bytes' ? step.text : `event: ${step.event.type}\ndata: ${JSON.stringify(step.event)}\n\n`
      for (const piece of split(Buffer.from(words), bytesPerWrite))
        if (!response.write(piece)) await drained(response, signal)
    }
  }
  return signal.aborted ? 'dropped' : 'sent'
}

function* split(whole: Buffer, size: number | undefined): Generator<Buffer> {
  if (size === undefined) return yield whole
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

/** Resolves when the socket has taken all that was written, or is gone. */
const flushed = (response: ServerResponse) => new Promise<void>((resolve) => response.write('', () => resolve()))

const drained = (response: ServerResponse, signal: AbortSignal) =>
  Promise.race([new Promise<void>((resolve) => response.once('drain', resolve)), untilAborted(signal)])

/** The key of a request, '' if it has none. */
const keyOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-api-key'] ?? '') || (/^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '')

const isTaken = (given: string, { wire, key }: MessagesHandler): boolean =>
  key === undefined ? given !== '' || !wire.wantsKey : given === key

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | 'too large' | 'no object'> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimitBytes) return 'too large'
    chunks.push(chunk)
  }
  return parseObject(Buffer.concat(chunks).toString('utf8')) ?? 'no object'
}

/** The object that the words are, or undefined when they are no JSON object. */
function parseObject(words: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(words)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': requestId })
  response.end(JSON.stringify(value))
}
