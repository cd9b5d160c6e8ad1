import type { MessageOptions, ReplyPart } from './reply.ts'
import { requestProblem } from './request-check.ts'
import { chatProblem } from './chat-check.ts'
import { chatSteps } from './chat-steps.ts'
import { messageSteps, type ReplyPlace, type WireStep } from './wire-steps.ts'

/** A protocol as a server speaks it. */
export type Wire = {
  /** Where requests are posted to. */
  path: string
  /** Whether a request without a key is a 401, as at Anthropic; local chat servers take none. */
  wantsKey: boolean
  /** What the real API would refuse in a request, in words. */
  problem(body: Record<string, unknown>): string | undefined
  /** The body of an error answer. */
  error(type: string, message: string): unknown
  /** The body of the list of models. */
  models(ids: readonly string[]): unknown
  steps(parts: readonly ReplyPart[], options: MessageOptions, place: ReplyPlace): Iterable<WireStep>
}

/** Anthropic's Messages API. */
export const messagesWire: Wire = {
  path: '/v1/messages',
  wantsKey: true,
  problem: requestProblem,
  error: (type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_scripted' }),
  models: (ids) => ({
    data: ids.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
      max_input_tokens: 1_000_000,
      max_tokens: 128_000,
    })),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  }),
  steps: messageSteps,
}

/** The chat completions API of OpenAI and of everything that is compatible with it. */
export const chatWire: Wire = {
  path: '/v1/chat/completions',
  wantsKey: false,
  problem: chatProblem,
  error: (type, message) => ({ error: { message, type, param: null, code: null } }),
  models: (ids) => ({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'scripted' })),
  }),
  steps: chatSteps,
}
