import type { Clock } from '../clock.ts'
import type { ModelEvent, ModelFault } from '../model.ts'
import { parseJson } from './json-value.ts'
import { redact } from './redact.ts'
import { readSse } from './sse-reader.ts'
import { createWatchdog, type SilenceLimits, type Watchdog } from './watchdog.ts'

/** Oddities of one reply that are told; a server that sends nothing else must not fill a log. */
export const maxOdd = 20

/** A reply has at most so many times the length of one block. */
export const maxBlocks = 4

/** Puts one reply together from a provider's events. The last event of each answer may be `end`; then nothing may follow. */
export interface ReplyAssembly {
  /** Takes the parsed `data` of one event. */
  push(data: unknown): ModelEvent[]
  /** Whether the model itself said something, or only that the connection lives. */
  isContent(data: unknown): boolean
  /** `[DONE]` came. */
  done(): ModelEvent[]
  /** Nothing more will come: `end` if the reply is whole nevertheless, else what has been used so far. */
  over(): ModelEvent[]
}

export type ReplyStream = {
  /** Sends the request. Rejects only with what `stop` aborted. */
  send(stop: AbortSignal): Promise<{ response: Response } | { fault: ModelFault }>
  reply: ReplyAssembly
  /** Whether a server that answers with one JSON document instead of a stream is understood. */
  takesWholeJson: boolean
  key: string
  signal: AbortSignal
  silence: SilenceLimits
  clock: Clock
  maxEventLength: number // UTF-16 units
}

/** One request and its reply. Whatever happens, the last event is `end` and nothing of it stays open. */
export async function* streamReply(stream: ReplyStream): AsyncGenerator<ModelEvent, void, undefined> {
  const { signal, silence, clock } = stream
  const watchdog = createWatchdog(silence, clock)
  const stop = AbortSignal.any([signal, watchdog.signal])
  try {
    const sent = await stream.send(stop)
    if (stop.aborted || 'fault' in sent) {
      if ('response' in sent) void sent.response.body?.cancel().catch(() => undefined)
      yield stop.aborted || !('fault' in sent) ? silent(signal, watchdog) : endOf(sent.fault)
      return
    }
    watchdog.alive()
    // Within, events go by pieces of the stream: handing each of them through three generators cost more than reading it.
    for await (const events of readReply(sent.response, stop, watchdog, stream)) for (const event of events) yield event
  } catch (error) {
    yield stop.aborted ? silent(signal, watchdog) : connectionLost(redact(String(error), stream.key))
  } finally {
    watchdog.close()
  }
}

async function* readReply(
  response: Response,
  stop: AbortSignal,
  watchdog: Watchdog,
  stream: ReplyStream,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  const reader = response.body?.getReader()
  const cancel = () => void reader?.cancel().catch(() => undefined)
  stop.addEventListener('abort', cancel)
  if (stop.aborted) cancel()
  try {
    const type = response.headers.get('content-type') ?? ''
    if (reader && type.startsWith('text/event-stream')) yield* readEvents(reader, stop, watchdog, stream)
    else if (reader && stream.takesWholeJson && /^application\/([\w.-]+\+)?json/.test(type))
      yield* readWhole(reader, watchdog, stream)
    else yield [await wrongType(type, reader, stream.key)]
  } catch (error) {
    const lost = connectionLost(redact(String(error), stream.key))
    yield ended(stream, stop.aborted ? silent(stream.signal, watchdog) : lost)
  } finally {
    stop.removeEventListener('abort', cancel)
    cancel()
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function* readEvents(
  reader: Reader,
  stop: AbortSignal,
  watchdog: Watchdog,
  stream: ReplyStream,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  const sse = readSse(stream.maxEventLength)
  while (true) {
    const piece = await reader.read()
    if (piece.done) break
    watchdog.alive()
    const events = upToEnd(pieceEvents(sse.push(piece.value), watchdog, stream))
    if (events.length > 0) yield events
    if (events.at(-1)?.type === 'end') return
  }
  yield ended(stream, stop.aborted ? silent(stream.signal, watchdog) : connectionLost())
}

/** Nothing is read beyond an `end`. */
function upToEnd(events: Iterable<ModelEvent>): ModelEvent[] {
  const taken: ModelEvent[] = []
  for (const event of events) {
    taken.push(event)
    if (event.type === 'end') break
  }
  return taken
}

/** The end of a stream that nobody announced: a reply that was whole before stays so, unless a person stopped it. */
function ended({ reply, signal }: ReplyStream, otherwise: ModelEvent): ModelEvent[] {
  const over = upToEnd(reply.over())
  const isWhole = over.at(-1)?.type === 'end'
  if (isWhole && !signal.aborted) return over
  return [...(isWhole ? over.slice(0, -1) : over), otherwise]
}

/** The model events of one piece of the stream; the last may be an `end`. */
function* pieceEvents(
  events: ReturnType<ReturnType<typeof readSse>['push']>,
  watchdog: Watchdog,
  { reply, key, maxEventLength }: ReplyStream,
): Generator<ModelEvent, void, undefined> {
  if (events === 'too_long') {
    yield* reply.over().filter(({ type }) => type !== 'end')
    yield fault('bad_stream', `The model sent one event of more than ${maxEventLength} characters.`, false)
    return
  }
  for (const { event, data } of events) {
    if (data.trim() === '[DONE]') {
      yield* reply.done()
      continue
    }
    const parsed = parseJson(data)
    if (parsed === undefined) {
      yield* reply.over().filter(({ type }) => type !== 'end')
      yield fault('bad_stream', 'The model sent something unreadable.', true, redact(data, key, 200))
      return
    }
    if (event !== 'ping' && reply.isContent(parsed)) watchdog.content()
    yield* reply.push(parsed)
  }
}

/** A server that does not stream: the whole answer is one document. */
async function* readWhole(
  reader: Reader,
  watchdog: Watchdog,
  stream: ReplyStream,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  const text = await readText(reader, stream.maxEventLength, () => watchdog.alive())
  const parsed = text === undefined ? undefined : parseJson(text)
  if (parsed === undefined) {
    const shown = redact(text ?? '', stream.key, 200)
    yield [fault('bad_stream', `The model's address answered with JSON that cannot be read: ${shown}`, false, shown)]
    return
  }
  const events = upToEnd(stream.reply.push(parsed))
  yield events
  if (events.at(-1)?.type === 'end') return
  yield ended(stream, fault('bad_stream', "The model's address answered with JSON that is no reply.", false))
}

/** All of a body, or undefined once it passes `maxLength` UTF-16 units. */
export async function readText(reader: Reader, maxLength: number, onBytes = () => {}): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  while (true) {
    const piece = await reader.read()
    if (piece.done) return text + decoder.decode()
    onBytes()
    text += decoder.decode(piece.value, { stream: true })
    if (text.length > maxLength) {
      await reader.cancel()
      return undefined
    }
  }
}

/** A log-in page of a gateway, or whatever else was not asked for (B.5 7). */
async function wrongType(type: string, reader: Reader | undefined, key: string): Promise<ModelEvent> {
  let start = ''
  const decoder = new TextDecoder()
  while (reader && start.length < 1000) {
    const piece = await reader.read()
    if (piece.done) break
    start += decoder.decode(piece.value, { stream: true })
  }
  const shown = redact(start, key, 200)
  const what = redact(type, key, 100) || 'no content type'
  return fault('bad_stream', `The model's address answered with ${what} instead of a stream: ${shown}`, false, shown)
}

const silent = (signal: AbortSignal, watchdog: Watchdog): ModelEvent =>
  signal.aborted
    ? fault('aborted', 'The request was stopped.', false)
    : fault('idle', `The model fell silent. ${watchdog.reason() ?? ''}`.trim(), true)

const connectionLost = (detail?: string): ModelEvent =>
  fault('cut', 'The connection to the model broke off before the reply was complete.', true, detail)

export const odd = (text: string): ModelEvent => ({ type: 'odd', text: `The model sent ${text}.` })

const endOf = (what: ModelFault): ModelEvent => ({ type: 'end', outcome: { ok: false, fault: what } })

/** The end of a stream that has gone wrong. */
export const fault = (code: ModelFault['code'], message: string, retry: boolean, detail?: string): ModelEvent =>
  endOf({ code, message, retry, ...(detail && { detail }) })
