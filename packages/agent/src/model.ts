import type { Usage } from '@overskill/protocol'

/** One content block of a reply, exactly as the provider sent it: parsed raw JSON, stored and sent back unchanged. */
export type RawBlock = { type: string; [field: string]: unknown }

/**
 * The history of one model conversation: append-only, in the Anthropic Messages shape, which other adapters translate.
 * A user entry carries text or all results of one step, results first. `system` entries are operator text at the end.
 */
export type HistoryEntry =
  | { role: 'user'; content: readonly RawBlock[] }
  | { role: 'assistant'; content: readonly RawBlock[] }
  | { role: 'system'; content: string }

/** A tool as the model sees it. `schema` is JSON Schema of the input object. */
export type ToolDeclaration = { name: string; description: string; schema: Record<string, unknown>; eager: boolean }

/** Everything that one request to the model says. System text and tools never change within a conversation. */
export type ModelRequest = {
  system: string
  tools: readonly ToolDeclaration[]
  history: readonly HistoryEntry[]
  maxTokens: number
  /** Asks the provider to drop thinking blocks that it does not take back, instead of refusing the request. */
  dropUnboundThinking?: boolean
}

export type StopReason =
  | 'end_turn'
  | 'tool_use'
  | 'max_tokens'
  | 'stop_sequence'
  | 'pause_turn'
  | 'refusal'
  | 'context_exceeded'
  | 'other'

/** Why a stream ended without a whole reply. `retry`: sending the same request again may help. */
export type ModelFault = {
  code:
    | 'unreachable'
    | 'key_rejected'
    | 'model_not_found'
    | 'billing'
    | 'rate_limited'
    | 'overloaded'
    | 'too_long'
    | 'thinking_unbound'
    | 'bad_request'
    | 'bad_stream'
    | 'cut'
    | 'idle'
    | 'aborted'
  message: string // for a person: what happened and what to do; never holds a key
  detail?: string // raw text of the provider, cut to 500 characters, keys removed
  retry: boolean
  retryAfterMs?: number
  status?: number
}

/**
 * What one request used. Hour-long cache writes are part of `cacheWriteTokens` and cost more. `costUsd`: what the provider says
 * that this very request cost; sums of several requests have none.
 */
export type ModelUsage = Usage & { cacheWriteHourTokens?: number; costUsd?: number }

/** Block numbers are the provider's `index` of this reply; where it uses one twice, the later block has a new one. */
export type ModelEvent =
  | { type: 'started'; model: string; usage: ModelUsage }
  | {
      type: 'block.started'
      index: number
      kind: 'text' | 'thinking' | 'tool' | 'other'
      name?: string
      providerId?: string
    }
  | { type: 'delta'; index: number; text: string } // text, thinking or raw input JSON
  | { type: 'block.stopped'; index: number; block: RawBlock; inputText?: string } // inputText: raw JSON of a tool's input, exactly as streamed
  | { type: 'usage'; usage: ModelUsage }
  | { type: 'odd'; text: string } // something the protocol does not allow, survived: for the log, never holds a key
  | {
      type: 'end'
      outcome:
        | { ok: true; stop: StopReason; refusal?: { category: string; explanation: string } }
        | { ok: false; fault: ModelFault }
    }

/**
 * A language model. The stream never throws: a refused request, a broken connection and an abort all end it
 * with an `end` event that says so. Exactly one `end`, and it is last. `ok: true` only after the provider's own
 * end-of-message; anything else is a fault, whatever a library says.
 */
export interface Model {
  readonly id: string // provider/model
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>
  /** The exact body that `stream` would send, for the record and for "what was sent". Holds no key. */
  body(request: ModelRequest): unknown
}
