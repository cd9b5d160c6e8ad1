import { randomUUID } from 'node:crypto'
import { timeLimitMs } from '@overskill/protocol'
import { systemClock, type Clock } from '../clock.ts'
import type { Model, ModelRequest } from '../model.ts'
import { unreachable, type FaultSource } from './faults.ts'
import { chatBody, type ChatTraits } from './openai-chat-body.ts'
import { faultOfAnswer } from './openai-chat-faults.ts'
import { ChatReply } from './openai-chat-reply.ts'
import { readText, streamReply } from './reply-stream.ts'
import { defaultSilenceLimits, type SilenceLimits } from './watchdog.ts'

export type OpenAiChatOptions = {
  id: string // provider/model, ours
  apiKey?: string // none is sent where none is given
  keyName: string // the variable that holds it, for words
  baseUrl: string // with /v1, or whatever `/chat/completions` stands below
  model: string // the provider's name of it
  traits: ChatTraits
  maxTokens?: number // longest reply; the server's own limit by default
  silence?: Partial<SilenceLimits>
  maxEventLength?: number // UTF-16 units of one event, 8 M by default
  maxBlockLength?: number // UTF-16 units of one block's text, 16 M by default
  makeId?: () => string
  clock?: Clock
  fetch?: typeof fetch // the global one by default
}

/** Local servers load a model when it is first asked for, before they send any header. */
const silenceLimits: SilenceLimits = { ...defaultSilenceLimits, headersMs: timeLimitMs('localHeaders') }

const errorLength = 100_000

/** Nine letters and digits: the only ids that every server takes back. */
const shortId = (): string => randomUUID().replaceAll('-', '').slice(0, 9)

/** A model behind a chat completions API: OpenAI's, or one of the many servers that speak it. Holds no connection between requests. */
export function createOpenAiChatModel(options: OpenAiChatOptions): Model {
  const { apiKey = '', baseUrl, model, clock = systemClock, maxBlockLength = 16_000_000 } = options
  const source = chatSource(baseUrl, apiKey, options.keyName, model)
  const { maxTokens } = options
  const shape = { name: model, traits: options.traits, ...(maxTokens !== undefined && { maxTokens }) }
  const body = (request: ModelRequest) => chatBody(request, shape)
  return {
    id: options.id,
    body,
    stream: (request, signal) =>
      streamReply({
        send: (stop) => post({ ...options, clock, source }, body(request), stop),
        reply: new ChatReply({ source, maxBlockLength, makeId: options.makeId ?? shortId }),
        takesWholeJson: true,
        key: apiKey,
        signal,
        silence: { ...silenceLimits, ...options.silence },
        clock,
        maxEventLength: options.maxEventLength ?? 8_000_000,
      }),
  }
}

/** What faults of this protocol are worded and sorted by. */
export const chatSource = (baseUrl: string, key: string, keyName: string, model: string): FaultSource => ({
  baseUrl,
  key,
  keyName,
  model,
  silentLimitIsCap: false,
})

type Posting = { baseUrl: string; source: FaultSource; clock: Clock; fetch?: typeof fetch }

async function post({ baseUrl, source, clock, fetch: send = fetch }: Posting, body: unknown, stop: AbortSignal) {
  try {
    const response = await send(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream, application/json',
        ...(source.key && { authorization: `Bearer ${source.key}` }),
      },
      body: JSON.stringify(body),
      signal: stop,
      redirect: 'error', // a key goes nowhere else than where it was meant to go
    })
    if (response.ok) return { response }
    const reader = response.body?.getReader()
    const words = (reader && (await readText(reader, errorLength))) ?? ''
    return { fault: faultOfAnswer(response, words, source, clock.now()) }
  } catch (error) {
    return { fault: unreachable(error, source) }
  }
}
