import Anthropic from '@anthropic-ai/sdk'
import { systemClock, type Clock } from '../clock.ts'
import type { Model, ModelEvent, ModelRequest } from '../model.ts'
import { requestBody } from './anthropic-body.ts'
import { faultOfThrown, type FaultSource } from './anthropic-faults.ts'
import { AnthropicReply, fault } from './anthropic-reply.ts'
import { traitsOf } from './anthropic-traits.ts'
import { objectOf, parseJson } from './json-value.ts'
import { knownModel } from './prices.ts'
import { redact } from './redact.ts'
import { readSse } from './sse-reader.ts'
import { createWatchdog, defaultSilenceLimits, type SilenceLimits, type Watchdog } from './watchdog.ts'

export type AnthropicOptions = {
  id: string // provider/model, ours
  apiKey: string
  baseUrl: string // without /v1
  model: string // the provider's name of it
  maxTokens?: number // longest reply; the table's number by default
  thinking?: boolean // by the model's name by default
  systemMessages?: boolean // whether it takes `role: 'system'` inside a conversation; by its name by default
  silence?: Partial<SilenceLimits>
  maxEventLength?: number // UTF-16 units of one event, 8 M by default
  maxBlockLength?: number // UTF-16 units of one block's text, 16 M by default
  clock?: Clock
  fetch?: typeof fetch // the global one by default
}

type Settings = {
  client: Anthropic
  source: FaultSource
  silence: SilenceLimits
  clock: Clock
  maxEventLength: number
  maxBlockLength: number
}

const dropBlockBeta = 'thinking-binding-controls-2026-08-01'
const headersLimitMs = 3_600_000 // never the client's: the watchdog waits by the clock handed in

/** A model behind the Anthropic Messages API, or a server that speaks it. Holds no connection between requests. */
export function createAnthropicModel(options: AnthropicOptions): Model {
  const { apiKey, baseUrl, model, clock = systemClock } = options
  const traits = traitsOf(model)
  const shape = {
    name: model,
    traits: {
      thinking: options.thinking ?? traits.thinking,
      systemMessages: options.systemMessages ?? traits.systemMessages,
    },
    maxTokens: options.maxTokens ?? knownModel(model)?.maxOutput ?? 32_000,
  }
  const settings: Settings = {
    client: new Anthropic({
      apiKey,
      baseURL: baseUrl,
      maxRetries: 0,
      timeout: headersLimitMs,
      logLevel: 'off',
      ...(options.fetch && { fetch: options.fetch }),
    }),
    source: { baseUrl, key: apiKey, model },
    silence: { ...defaultSilenceLimits, ...options.silence },
    clock,
    maxEventLength: options.maxEventLength ?? 8_000_000,
    maxBlockLength: options.maxBlockLength ?? 16_000_000,
  }
  const body = (request: ModelRequest) => requestBody(request, shape)
  return { id: options.id, body, stream: (request, signal) => streamReply(body(request), request, signal, settings) }
}

/** One request and its reply. Whatever happens, the last event is `end` and nothing of it stays open. */
async function* streamReply(
  body: Record<string, unknown>,
  request: ModelRequest,
  signal: AbortSignal,
  settings: Settings,
): AsyncGenerator<ModelEvent, void, undefined> {
  const { client, source, clock } = settings
  const watchdog = createWatchdog(settings.silence, clock)
  const stop = AbortSignal.any([signal, watchdog.signal])
  try {
    // Not `messages.create`, which is the same call but writes about some models to the console.
    const response = await client
      .post('/v1/messages', {
        body,
        stream: true,
        signal: stop,
        ...(request.dropUnboundThinking && { headers: { 'anthropic-beta': dropBlockBeta } }),
      })
      .asResponse()
    watchdog.alive()
    yield* readReply(response, stop, signal, watchdog, settings)
  } catch (error) {
    if (stop.aborted) yield silent(signal, watchdog)
    else yield { type: 'end', outcome: { ok: false, fault: faultOfThrown(error, source, clock.now()) } }
  } finally {
    watchdog.close()
  }
}

const silent = (signal: AbortSignal, watchdog: Watchdog): ModelEvent =>
  signal.aborted
    ? fault('aborted', 'The request was stopped.', false)
    : fault('idle', `The model fell silent. ${watchdog.reason() ?? ''}`.trim(), true)

async function* readReply(
  response: Response,
  stop: AbortSignal,
  signal: AbortSignal,
  watchdog: Watchdog,
  settings: Settings,
): AsyncGenerator<ModelEvent, void, undefined> {
  const reader = response.body?.getReader()
  const cancel = () => void reader?.cancel().catch(() => undefined)
  stop.addEventListener('abort', cancel)
  if (stop.aborted) cancel()
  const reply = new AnthropicReply(settings.source, settings.maxBlockLength)
  try {
    if (!reader || !(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      yield await wrongType(response, reader, settings.source.key)
      return
    }
    const sse = readSse(settings.maxEventLength)
    while (true) {
      const piece = await reader.read()
      if (piece.done) break
      watchdog.alive()
      for (const event of pieceEvents(sse.push(piece.value), reply, watchdog, settings)) {
        yield event
        if (event.type === 'end') return
      }
    }
    yield* reply.usage()
    yield stop.aborted ? silent(signal, watchdog) : connectionLost()
  } catch (error) {
    yield* reply.usage()
    yield stop.aborted ? silent(signal, watchdog) : connectionLost(String(error))
  } finally {
    stop.removeEventListener('abort', cancel)
    cancel()
  }
}

const connectionLost = (detail?: string): ModelEvent =>
  fault('cut', 'The connection to the model broke off before the reply was complete.', true, detail)

/** The model events of one piece of the stream; the last may be an `end`. */
function* pieceEvents(
  events: ReturnType<ReturnType<typeof readSse>['push']>,
  reply: AnthropicReply,
  watchdog: Watchdog,
  { maxEventLength, source }: Settings,
): Generator<ModelEvent, void, undefined> {
  if (events === 'too_long') {
    yield* reply.usage()
    yield fault('bad_stream', `The model sent one event of more than ${maxEventLength} characters.`, false)
    return
  }
  for (const { event, data } of events) {
    if (data === '[DONE]') continue
    const parsed = parseJson(data)
    if (parsed === undefined) {
      yield* reply.usage()
      yield fault('bad_stream', 'The model sent something unreadable.', true, redact(data, source.key, 200))
      return
    }
    if (event !== 'ping' && objectOf(parsed)['type'] !== 'ping') watchdog.content()
    yield* reply.push(parsed)
  }
}

/** A log-in page of a gateway, or a whole JSON answer: not what was asked for (B.5 7). */
async function wrongType(
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  key: string,
): Promise<ModelEvent> {
  const type = response.headers.get('content-type') ?? 'no content type'
  let start = ''
  const decoder = new TextDecoder()
  while (reader && start.length < 1000) {
    const piece = await reader.read()
    if (piece.done) break
    start += decoder.decode(piece.value, { stream: true })
  }
  const shown = redact(start, key, 200)
  return fault('bad_stream', `The model's address answered with ${type} instead of a stream: ${shown}`, false, shown)
}
