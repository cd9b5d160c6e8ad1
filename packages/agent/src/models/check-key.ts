import Anthropic from '@anthropic-ai/sdk'
import { faultOfThrown } from './anthropic-faults.ts'
import { shownAddress } from './redact.ts'

/** `text` is for a person and holds no key. `models`: the names that the address lists, where it lists any. */
export type KeyCheck = { ok: boolean; text: string; models: string[] }

/** Says whether an address takes a key, by listing its models. Takes `limitMs` at most (5 s) and never rejects. */
export async function checkKey(options: {
  apiKey: string
  baseUrl: string
  limitMs?: number
  signal?: AbortSignal
}): Promise<KeyCheck> {
  const { apiKey, baseUrl, limitMs = 5000 } = options
  const limit = AbortSignal.timeout(limitMs)
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
  const client = new Anthropic({ apiKey, baseURL: baseUrl, maxRetries: 0, logLevel: 'off' })
  const where = shownAddress(baseUrl)
  try {
    const page = await client.models.list({ limit: 100 }, { signal })
    const models = (Array.isArray(page.data) ? page.data : []).map(({ id }) => String(id))
    return { ok: true, text: `The key works: ${where} lists ${models.length} models.`, models }
  } catch (error) {
    if (signal.aborted) return { ok: false, text: `${where} did not answer within ${limitMs / 1000} s.`, models: [] }
    const fault = faultOfThrown(error, { baseUrl, key: apiKey, model: '' }, Date.now())
    const text =
      fault.status === 404 ? `${where} does not list models, so the key could not be checked.` : fault.message
    return { ok: false, text, models: [] }
  }
}
