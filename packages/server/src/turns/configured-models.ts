import { checkKey, createAnthropicModel, type KeyCheck, modelCatalog } from '@overskill/agent'
import { fail, type ModelInfo, ok } from '@overskill/protocol'
import type { TurnModels } from './turn-models.ts'

export type ModelSettings = {
  anthropic: { apiKey?: string; baseUrl?: string }
  /** `provider/model` or `sample`; absent: the first provider with a key. */
  model?: string
  /** Address of the sample model, on loopback. */
  sampleUrl: string
}

const sampleId = 'sample/builder'
const anthropicDefault = 'anthropic/claude-sonnet-5-5'
const anthropicUrl = 'https://api.anthropic.com'

/** How long a key's check is believed, in ms. */
const checkedMs = 60_000

/** The sample model, always; Anthropic's, or whatever speaks its protocol at the base URL, when there is a key. */
export function createConfiguredModels({ anthropic, model, sampleUrl }: ModelSettings): TurnModels {
  const { apiKey, baseUrl = anthropicUrl } = anthropic
  const defaultId = full(model ?? (apiKey ? anthropicDefault : sampleId))
  let checked: { at: number; result: Promise<KeyCheck> } | undefined

  const keyCheck = (key: string): Promise<KeyCheck> => {
    if (!checked || Date.now() - checked.at > checkedMs) {
      checked = { at: Date.now(), result: checkKey({ apiKey: key, baseUrl }) }
    }
    return checked.result
  }

  const whyNot = (id: string): string | undefined => {
    const [provider] = id.split('/')
    if (provider === 'sample') return id === sampleId ? undefined : `There is one sample model: ${sampleId}.`
    if (provider !== 'anthropic') return `There is no provider "${provider}". Providers: anthropic, sample.`
    return apiKey ? undefined : 'No key: set ANTHROPIC_API_KEY and start again.'
  }

  return {
    defaultId,

    resolve(given) {
      const id = full(given)
      const problem = whyNot(id)
      return problem ? fail('invalid', problem, [{ path: 'model', message: problem }]) : ok(id)
    },

    open(id, through) {
      const problem = whyNot(id)
      if (problem) return fail('model_unavailable', problem)
      const name = id.slice(id.indexOf('/') + 1)
      const shared = { id, model: name, ...(through && { fetch: through }) }
      if (id === sampleId) {
        return ok(createAnthropicModel({ ...shared, apiKey: 'sample', baseUrl: sampleUrl, thinking: false }))
      }
      return ok(createAnthropicModel({ ...shared, apiKey: apiKey ?? '', baseUrl }))
    },

    async list() {
      const sample: ModelInfo = { id: sampleId, name: 'Sample builder (no AI)', context: 200_000, available: true }
      const key = apiKey ? await keyCheck(apiKey) : undefined
      const reason = key ? key.text : whyNot(anthropicDefault)
      return defaultFirst(defaultId, [sample, ...knownModels(key?.ok ?? false, reason)])
    },

    async check() {
      if (!apiKey || defaultId === sampleId) {
        return { status: 'ok', detail: 'The sample model answers. No AI model is connected.' }
      }
      const key = await keyCheck(apiKey)
      return { status: key.ok ? 'ok' : 'degraded', detail: key.text }
    },
  }
}

const full = (id: string): string => (id === 'sample' ? sampleId : id)

const knownModels = (available: boolean, reason: string | undefined): ModelInfo[] =>
  modelCatalog(new Date()).map(({ id, name, context, prices }) => ({
    id,
    name,
    context,
    ...(prices && { prices }),
    available,
    ...(reason && { reason }),
  }))

/** The default stands first, also when the table does not know it. */
function defaultFirst(id: string, known: readonly ModelInfo[]): ModelInfo[] {
  const chosen = known.find((info) => info.id === id)
  const name = id.slice(id.indexOf('/') + 1)
  const { available = false, reason } = known.find((info) => info.id !== sampleId) ?? {}
  const first = chosen ?? { id, name, context: 200_000, available, ...(reason && { reason }) }
  return [first, ...known.filter((info) => info.id !== id)]
}
