import { z } from 'zod'
import type { ModelFault } from '../model.ts'
import { unreachable, type FaultSource } from './faults.ts'
import { parseJson } from './json-value.ts'
import { faultOfAnswer } from './openai-chat-faults.ts'
import { redact, shownAddress } from './redact.ts'
import { readText } from './reply-stream.ts'
import type { ProviderProfile } from './provider-profiles.ts'

/** A model as its provider lists it. `prices` in US dollars per million tokens, `context` in tokens, where it says so. */
export type ListedModel = {
  name: string
  title?: string
  context?: number
  prices?: { input: number; output: number; cacheRead: number; cacheWrite: number }
  /** Whether it can call tools; absent where the provider does not say. */
  tools?: boolean
}

/** `answered`: something at the address understood HTTP. `text` is for a person. Neither holds a key. */
export type ModelListing =
  | { ok: true; models: ListedModel[]; text: string }
  | { ok: false; answered: boolean; code: ModelFault['code'] | 'no_list'; text: string }

export type KeyAnswer = { ok: true } | { ok: false; text: string }

/** Where lists stand: `root` is what `/models` is appended to. */
export type ListPlace = { root: string; protocol: ProviderProfile['protocol']; source: FaultSource }

const anthropicVersion = '2026-10-21' // what the client of the adapter sends

const maxLength = 8_000_000 // UTF-16 units; OpenRouter's list has about half a million
const maxModels = 1000

const Price = z.coerce.number().nonnegative().optional().catch(undefined)
const Tokens = z.int().positive().optional().catch(undefined)

/** One entry, of any of the providers: what is not there or not of the right form is left out. */
const Entry = z.object({
  id: z.string().min(1).max(120),
  display_name: z.string().max(200).optional().catch(undefined), // Anthropic
  name: z.string().max(200).optional().catch(undefined), // OpenRouter
  max_input_tokens: Tokens, // Anthropic
  context_length: Tokens, // OpenRouter
  max_model_len: Tokens, // vLLM
  pricing: z
    .object({ prompt: Price, completion: Price, input_cache_read: Price, input_cache_write: Price })
    .optional()
    .catch(undefined), // OpenRouter, in US dollars per token
  supported_parameters: z.array(z.string()).optional().catch(undefined), // OpenRouter
})

const List = z.object({ data: z.array(z.unknown()) })

/** Asks a provider for its models. Never rejects. */
export async function listModels(place: ListPlace, limitMs = 5000): Promise<ModelListing> {
  const { protocol, source } = place
  const where = shownAddress(source.baseUrl)
  const asked = await ask(place, protocol === 'anthropic-messages' ? '/models?limit=1000' : '/models', limitMs)
  if (!asked.ok) return asked
  const list = List.safeParse(parseJson(asked.body))
  if (!list.success) {
    const shown = redact(asked.body, source.key, 100)
    const text = `${where} does not list models; it answered: ${shown}. Check the address${protocol === 'openai-chat' ? ': it usually ends in /v1' : ''}.`
    return { ok: false, answered: true, code: 'no_list', text }
  }
  const models = list.data.data.slice(0, maxModels).flatMap((entry) => {
    const read = Entry.safeParse(entry)
    return read.success ? [listed(read.data)] : []
  })
  const key = source.key ? 'The key works: ' : ''
  return {
    ok: true,
    models,
    text: `${key}${where} lists ${models.length} ${models.length === 1 ? 'model' : 'models'}.`,
  }
}

/** Asks whether a key is taken. Never rejects. */
export async function checkKey(place: ListPlace, path: string): Promise<KeyAnswer> {
  const asked = await ask(place, path, 5000)
  return asked.ok || asked.code !== 'key_rejected' ? { ok: true } : { ok: false, text: asked.text }
}

function listed(entry: z.infer<typeof Entry>): ListedModel {
  const title = entry.display_name ?? entry.name
  const context = entry.max_input_tokens ?? entry.context_length ?? entry.max_model_len
  const { prompt, completion, input_cache_read: read, input_cache_write: write } = entry.pricing ?? {}
  const million = (price: number): number => Math.round(price * 1e12) / 1e6
  return {
    name: entry.id,
    ...(title && title !== entry.id && { title }),
    ...(context !== undefined && { context }),
    ...(prompt !== undefined &&
      completion !== undefined && {
        prices: {
          input: million(prompt),
          output: million(completion),
          cacheRead: million(read ?? prompt),
          cacheWrite: million(write ?? prompt),
        },
      }),
    ...(entry.supported_parameters && { tools: entry.supported_parameters.includes('tools') }),
  }
}

type Asked = { ok: true; body: string } | (ModelListing & { ok: false })

async function ask({ root, protocol, source }: ListPlace, path: string, limitMs: number): Promise<Asked> {
  const where = shownAddress(source.baseUrl)
  const limit = AbortSignal.timeout(limitMs)
  try {
    const response = await fetch(root + path, {
      headers: {
        accept: 'application/json',
        ...(protocol === 'anthropic-messages' && { 'anthropic-version': anthropicVersion }),
        ...(source.key && { authorization: `Bearer ${source.key}` }),
      },
      signal: limit,
      redirect: 'error',
    })
    const reader = response.body?.getReader()
    const body = reader ? await readText(reader, maxLength) : ''
    if (body === undefined) {
      return {
        ok: false,
        answered: true,
        code: 'no_list',
        text: `${where} answers with far more than a list of models.`,
      }
    }
    if (response.ok) return { ok: true, body }
    if ([403, 404, 405].includes(response.status)) {
      const text = `${where} lists no models for us (HTTP ${response.status}), so nothing could be checked.`
      return { ok: false, answered: true, code: 'no_list', text }
    }
    const { code, message } = faultOfAnswer(response, body, source, Date.now())
    return { ok: false, answered: true, code, text: message }
  } catch (error) {
    if (limit.aborted) {
      return { ok: false, answered: false, code: 'idle', text: `${where} did not answer within ${limitMs / 1000} s.` }
    }
    const { code, message } = unreachable(error, source)
    return { ok: false, answered: false, code, text: message }
  }
}
