/** One piece of a scripted reply. Blocks are numbered in the order they stand; the other pieces happen between blocks. */
export type ReplyPart =
  | { part: 'text'; text: string; chunkSize?: number | readonly number[] }
  | { part: 'thinking'; thinking: string; signature: string | undefined; chunkSize?: number | readonly number[] }
  | ({ part: 'tool'; name: string; input: unknown } & ToolOptions)
  | { part: 'block'; start: Record<string, unknown>; deltas: readonly Record<string, unknown>[]; stop: boolean }
  | { part: 'event'; event: WireEvent }
  | { part: 'bytes'; text: string }
  | { part: 'gate'; until: Promise<unknown> }
  | { part: 'error'; type: string; message: string }

/** Any event of the stream; `type` is also the SSE event name. */
export type WireEvent = { type: string; [field: string]: unknown }

/**
 * `id`: the provider's id of the call; made from the place in the conversation if left out.
 * `rawInput`: streamed instead of the input's JSON, broken or not. `chunkSize`: characters a delta, 8 if left
 * out; several sizes take turns.
 */
export type ToolOptions = { id?: string; rawInput?: string; chunkSize?: number | readonly number[] }

export type Usage = {
  input_tokens: number | null
  output_tokens: number | null
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
  [field: string]: unknown
}

export type MessageOptions = {
  /** `tool_use` if a tool is called, else `end_turn`. */
  stopReason?: string
  stopDetails?: Record<string, unknown>
  /** Overrides single counts; the rest is estimated at four characters a token. `null` leaves usage out. */
  usage?: Partial<Usage> | null
  /** Deltas of all blocks take turns instead of coming block by block. */
  interleave?: boolean
  /** Leaves out the closing events, from `message_stop` on or from `message_delta` on. */
  without?: 'message_stop' | 'message_delta'
  /** After this many events: the socket is destroyed (`cut`) or the body ends cleanly (`end`). */
  after?: { events: number; how: 'cut' | 'end' | 'hang' }
  /** Bytes a write; 1 splits inside UTF-8 characters. The whole reply is written event by event if left out. */
  bytesPerWrite?: number
  headers?: Record<string, string>
}

/** What the server does with one request. */
export type ScriptedReply =
  | { kind: 'message'; parts: readonly ReplyPart[]; options: MessageOptions }
  | { kind: 'http'; status: number; contentType: string; body: string; headers: Record<string, string> }
  | { kind: 'hang'; headersSent: boolean }
  | { kind: 'refuseConnection' }

/** A list of parts is a whole message. A function decides by the request's body. */
export type Reply = readonly ReplyPart[] | ScriptedReply | ((body: Record<string, unknown>) => Reply)

export const text = (words: string, chunkSize?: number): ReplyPart => ({
  part: 'text',
  text: words,
  ...(chunkSize === undefined ? {} : { chunkSize }),
})

/** Thinking with a signature; pass `undefined` for a block that was cut before its signature. */
export const thinking = (words: string, signature: string | undefined = `signed-${words.length}`): ReplyPart => ({
  part: 'thinking',
  thinking: words,
  signature,
})

export const toolUse = (name: string, input: unknown = {}, options: ToolOptions = {}): ReplyPart => ({
  part: 'tool',
  name,
  input,
  ...options,
})

/** A block of any type. Each of `deltas` becomes one `content_block_delta`; `stop: false` leaves out its stop event. */
export const block = (
  start: Record<string, unknown>,
  deltas: readonly Record<string, unknown>[] = [],
  { stop = true }: { stop?: boolean } = {},
): ReplyPart => ({ part: 'block', start, deltas, stop })

export const event = (type: string, fields: Record<string, unknown> = {}): ReplyPart => ({
  part: 'event',
  event: { type, ...fields },
})

export const ping = (): ReplyPart => event('ping')

/** Bytes between two events, as they are. */
export const bytes = (raw: string): ReplyPart => ({ part: 'bytes', text: raw })

/** Holds the reply here until the promise settles, or the connection closes. */
export const gate = (until: Promise<unknown>): ReplyPart => ({ part: 'gate', until })

/** An `error` event after what came before; the body ends there. As the first part it comes before `message_start`. */
export const errorEvent = (type: string, message: string): ReplyPart => ({ part: 'error', type, message })

export const message = (parts: readonly ReplyPart[], options: MessageOptions = {}): ScriptedReply => ({
  kind: 'message',
  parts,
  options,
})

export const refusal = (category: string | null, explanation: string, parts: readonly ReplyPart[] = []) =>
  message(parts, { stopReason: 'refusal', stopDetails: { type: 'refusal', category, explanation } })

/** The first `events` events of the message, then the socket is destroyed. `message_start` counts as one. */
export const cutAfter = (events: number, parts: readonly ReplyPart[]) =>
  message(parts, { after: { events, how: 'cut' } })

/** The first `events` events of the message, then a clean end of the body. */
export const endAfter = (events: number, parts: readonly ReplyPart[]) =>
  message(parts, { after: { events, how: 'end' } })

/** The first `events` events of the message, then silence until the client or the server closes. */
export const hangAfter = (events: number, parts: readonly ReplyPart[]) =>
  message(parts, { after: { events, how: 'hang' } })

/** An error answer in the provider's form. */
export const httpError = (
  status: number,
  type: string,
  words: string,
  headers: Record<string, string> = {},
): ScriptedReply => ({
  kind: 'http',
  status,
  contentType: 'application/json',
  body: JSON.stringify({ type: 'error', error: { type, message: words }, request_id: 'req_scripted' }),
  headers,
})

/** A 200 that is no event stream, such as a gateway's login page. */
export const body = (contentType: string, words: string, status = 200): ScriptedReply => ({
  kind: 'http',
  status,
  contentType,
  body: words,
  headers: {},
})

export const html = (markup = '<!doctype html><title>Sign in</title><p>Sign in to the gateway.</p>') =>
  body('text/html; charset=utf-8', markup)

/** An event stream of exactly these bytes, then a clean end. */
export const sse = (raw: string) => body('text/event-stream', raw)

/** No answer until the client or the server closes; `headersSent` sends the head of an event stream first. */
export const hang = ({ headersSent = false }: { headersSent?: boolean } = {}): ScriptedReply => ({
  kind: 'hang',
  headersSent,
})

/** The socket is destroyed before any byte of an answer. */
export const refuseConnection = (): ScriptedReply => ({ kind: 'refuseConnection' })
