import { startMessagesServer, type ReceivedRequest } from './messages-server.ts'
import { httpError, message, type Reply, type ScriptedReply } from './reply.ts'
import { messagesWire, type Wire } from './wire.ts'

export type ScriptedModelOptions = {
  /** The answer to every request after the listed replies; a 400 that says so if left out. */
  rest?: Reply
  /** Refuses requests that the real API refuses. On unless set to false. */
  strict?: boolean
  models?: readonly string[]
  /** Anthropic's unless set to `chatWire`. */
  wire?: Wire
  /** The only key that is taken; any if left out. */
  key?: string
}

/** A scripted server. `requests` and `received` grow as requests come, refused ones included. */
export interface ScriptedModel extends AsyncDisposable {
  readonly url: string
  /** The parsed bodies in order. */
  readonly requests: readonly Record<string, unknown>[]
  /** The same requests with path and headers. */
  readonly received: readonly ReceivedRequest[]
  /** Resolves with the nth request (from 1) once its body is there; rejects on close and after 20 s. */
  waitForRequest(nth: number): Promise<ReceivedRequest>
  /** Resolves once the nth request's reply was sent to its end, or its connection went away before that. */
  waitForEnd(nth: number): Promise<'sent' | 'dropped'>
  close(): Promise<void>
}

/**
 * Starts a server that answers the nth request for a reply with the nth reply, byte for byte the same each time.
 * It keeps no clock: what waits, waits for a promise of the caller (`gate`) or for the connection's end.
 */
export async function startScriptedModel(
  replies: readonly Reply[],
  options: ScriptedModelOptions = {},
): Promise<ScriptedModel> {
  const received: ReceivedRequest[] = []
  const requests: Record<string, unknown>[] = []
  const arrivals = waiters<ReceivedRequest>('request')
  const endings = waiters<'sent' | 'dropped'>('end of reply')
  const server = await startMessagesServer({
    wire: options.wire ?? messagesWire,
    ...(options.key !== undefined && { key: options.key }),
    models: options.models ?? ['scripted-1'],
    strict: options.strict ?? true,
    pace: (steps) => steps,
    reply(request) {
      received.push(request)
      requests.push(request.body)
      arrivals.settle(received.length, request)
      return resolveReply(replies[received.length - 1] ?? options.rest ?? exhausted(received.length), request.body)
    },
    ended: (request, how) => endings.settle(received.indexOf(request) + 1, how),
  })
  const close = async () => {
    await server.close()
    arrivals.abandon()
    endings.abandon()
  }
  return {
    url: server.url,
    requests,
    received,
    waitForRequest: arrivals.wait,
    waitForEnd: endings.wait,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function resolveReply(reply: Reply, body: Record<string, unknown>): ScriptedReply {
  if (typeof reply === 'function') return resolveReply(reply(body), body)
  return 'kind' in reply ? reply : message(reply)
}

const exhausted = (nth: number) => httpError(400, 'invalid_request_error', `The script has no reply ${nth}`)

const waitLimitMs = 20_000

/** Values that come once each by number; those who ask before wait, those who ask after have them at once. */
function waiters<T>(what: string) {
  const slots = new Map<number, PromiseWithResolvers<T>>()
  const slot = (nth: number) => {
    const known = slots.get(nth)
    if (known) return known
    const fresh = Promise.withResolvers<T>()
    fresh.promise.catch(() => undefined)
    slots.set(nth, fresh)
    return fresh
  }
  return {
    settle: (nth: number, value: T) => slot(nth).resolve(value),
    abandon: () => slots.forEach((one, nth) => one.reject(new Error(`The server closed before ${what} ${nth}`))),
    wait: async (nth: number): Promise<T> => {
      const limit = AbortSignal.timeout(waitLimitMs)
      const late = new Promise<never>((_, reject) => {
        limit.addEventListener('abort', () => reject(new Error(`No ${what} ${nth} within ${waitLimitMs} ms`)))
      })
      return Promise.race([slot(nth).promise, late])
    },
  }
}
