import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { listen } from './listen.ts'
import type { RecordedRequest, Recording } from './recording.ts'

/** A server that answers as a recorded one did. */
export interface ReplayedModel extends AsyncDisposable {
  readonly url: string
  /** How many of the recorded requests have come again. */
  readonly asked: number
  close(): Promise<void>
}

/**
 * Plays a recording: the nth request gets the nth recorded answer, byte for byte and with its times, whatever the request
 * says. Lists of models are answered too; a request beyond the last gets a 400 that says so.
 *
 * @param speed How many times faster than it was; Infinity: without any wait.
 */
export async function startReplayedModel(
  recording: Recording,
  speed = Number.POSITIVE_INFINITY,
): Promise<ReplayedModel> {
  const closing = new AbortController()
  let asked = 0
  const model = recording.turn.model.slice(recording.turn.model.indexOf('/') + 1)
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'GET')
      return sendJson(response, 200, { data: [{ type: 'model', id: model }], has_more: false })
    const recorded = recording.requests[asked]
    asked += 1
    if (!recorded) return sendJson(response, 400, refusal(recording.requests.length))
    void play(recorded, request, response, speed, closing.signal)
  })
  const listening = await listen(server)
  const close = (): Promise<void> => {
    closing.abort()
    return listening.close()
  }
  return {
    url: listening.url,
    get asked() {
      return asked
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function play(
  recorded: RecordedRequest,
  request: IncomingMessage,
  response: ServerResponse,
  speed: number,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, closing])
  const since = performance.now()
  const due = (ms: number): Promise<unknown> => waitUntil(since + ms / speed, signal)
  if (!recorded.response) return void request.socket.destroy()
  await due(recorded.response.ms)
  const { status, type, headers } = recorded.response
  if (!signal.aborted) response.writeHead(status, { ...headers, 'content-type': type }).flushHeaders()
  for (const { ms, bytes } of recorded.chunks) {
    await due(ms)
    if (signal.aborted) return
    response.write(bytes)
  }
  // What the client of then did not read to its end had ended for it.
  if (recorded.end === 'failed') response.write('', () => response.destroy())
  else response.end()
}

/** Never rejects: an abort ends the wait. */
const waitUntil = (at: number, signal: AbortSignal): Promise<unknown> => {
  const ms = at - performance.now()
  return ms > 0 ? delay(ms, undefined, { signal }).catch(() => undefined) : Promise.resolve()
}

const refusal = (count: number) => ({
  type: 'error',
  error: { type: 'invalid_request_error', message: `The recording holds ${count} requests, and this is one more.` },
})

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
