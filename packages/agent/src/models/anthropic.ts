import Anthropic from '@anthropic-ai/sdk'
import { systemClock, type Clock } from '../clock.ts'
import type { Model, ModelRequest } from '../model.ts'
import { requestBody } from './anthropic-body.ts'
import { faultOfThrown } from './anthropic-faults.ts'
import { AnthropicReply } from './anthropic-reply.ts'
import { traitsOf } from './anthropic-traits.ts'
import type { FaultSource } from './faults.ts'
import { knownModel } from './prices.ts'
import { streamReply } from './reply-stream.ts'
import { defaultSilenceLimits, type SilenceLimits } from './watchdog.ts'

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

const dropBlockBeta = 'thinking-binding-controls-2026-08-01'
const headersLimitMs = 3_600_000 // never the client's: the watchdog waits by the clock handed in

/** A model behind the Anthropic Messages API, or a server that speaks it. Holds no connection between requests. */
export function createAnthropicModel(options: AnthropicOptions): Model {
  const {
    apiKey,
    baseUrl,
    model,
    clock = systemClock,
    maxEventLength = 8_000_000,
    maxBlockLength = 16_000_000,
  } = options
  const traits = traitsOf(model)
  const shape = {
    name: model,
    traits: {
      thinking: options.thinking ?? traits.thinking,
      systemMessages: options.systemMessages ?? traits.systemMessages,
    },
    maxTokens: options.maxTokens ?? knownModel(model)?.maxOutput ?? 32_000,
  }
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: headersLimitMs,
    logLevel: 'off',
    ...(options.fetch && { fetch: options.fetch }),
  })
  const source = anthropicSource(baseUrl, apiKey, model)
  const body = (request: ModelRequest) => requestBody(request, shape)
  const send = async (request: ModelRequest, stop: AbortSignal) => {
    try {
      // Not `messages.create`, which is the same call but writes about some models to the console.
      const posted = client.post('/v1/messages', {
        body: body(request),
        stream: true,
        signal: stop,
        ...(request.dropUnboundThinking && { headers: { 'anthropic-beta': dropBlockBeta } }),
      })
      return { response: await posted.asResponse() }
    } catch (error) {
      return { fault: faultOfThrown(error, source, clock.now()) }
    }
  }
  return {
    id: options.id,
    body,
    stream: (request, signal) =>
      streamReply({
        send: (stop) => send(request, stop),
        reply: new AnthropicReply(source, maxBlockLength),
        takesWholeJson: false,
        key: apiKey,
        signal,
        silence: { ...defaultSilenceLimits, ...options.silence },
        clock,
        maxEventLength,
      }),
  }
}

/** What faults of this protocol are worded and sorted by. */
export const anthropicSource = (baseUrl: string, key: string, model: string): FaultSource => ({
  baseUrl,
  key,
  keyName: 'ANTHROPIC_API_KEY',
  model,
  silentLimitIsCap: true,
})
