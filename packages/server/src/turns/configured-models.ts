import { createAnthropicModel, type ProviderName, providerNames, testConnection } from '@overskill/agent'
import { type ConnectionTest, fail, type ModelInfo, must, ok, type Outcome } from '@overskill/protocol'
import { createProviderModels, placeholderOf, type ProviderModels, type ProviderSettings } from './provider-models.ts'
import type { TurnModels } from './turn-models.ts'

export type ModelSettings = {
  /** Those that the environment says something of. */
  providers: Partial<Record<ProviderName, ProviderSettings>>
  /** `provider/model` or `sample`; absent: the first provider that is set up. */
  model?: string
  /** Address of the sample model, on loopback. */
  sampleUrl: string
  /** ms since 1970; the system's if left out. */
  now?: () => number
}

const sampleId = 'sample/builder'
const anthropicDefault = 'anthropic/claude-sonnet-5-5'
const openRouterDefault = 'openrouter/openrouter/auto'

const sample: ModelInfo = { id: sampleId, name: 'Sample builder (no AI)', context: 200_000, available: true }

/** The sample model, always, and the models of every provider that the environment or this machine has. */
export function createConfiguredModels({ providers, model, sampleUrl, now = Date.now }: ModelSettings): TurnModels {
  const all = providerNames.map((name) => createProviderModels(name, providers[name], now))
  const of = (id: string): ProviderModels | undefined =>
    all.find(({ provider }) => provider.profile.name === id.split('/')[0])
  const chosen = () => byDefault({ providers, ...(model !== undefined && { model }) }, of)

  const whyNot = (id: string): string | undefined => {
    if (id.startsWith('sample/')) return id === sampleId ? undefined : `There is one sample model: ${sampleId}.`
    const found = of(id)
    if (!found) {
      const names = [...providerNames, 'sample'].join(', ')
      return `There is no provider "${id.split('/')[0]}". Providers: ${names}.`
    }
    return nameOf(id) ? found.missing : `A model of ${found.provider.profile.title} is named ${id}/model.`
  }

  const test = sharing((id) => tryModel(id, of(id), whyNot(id)))

  return {
    chosen,

    resolve(given) {
      const id = full(given)
      const problem = whyNot(id)
      return problem ? fail('invalid', problem, [{ path: 'model', message: problem }]) : ok(id)
    },

    open(id, through) {
      const problem = whyNot(id)
      if (problem) return fail('model_unavailable', problem)
      const name = nameOf(id)
      if (id === sampleId) {
        const place = { id, model: name, apiKey: 'sample', baseUrl: sampleUrl, thinking: false }
        return ok(createAnthropicModel({ ...place, ...(through && { fetch: through }) }))
      }
      return ok(must(of(id), 'a provider').provider.model(name, through))
    },

    async list() {
      const [first, ...lists] = await Promise.all([chosen(), ...all.map((one) => one.models())])
      const known = [sample, ...lists.flat()]
      const id = first.ok ? first.value : placeholderOf('openai')
      const top = known.find((info) => info.id === id) ?? (await unlisted(id, of(id)))
      return [top, ...known.filter((info) => info.id !== id && info.id !== placeholderOf(id))]
    },

    test: (id) => test(full(id)),

    async check() {
      const id = await chosen()
      if (!id.ok) return { status: 'degraded', detail: id.failure.detail }
      const found = of(id.value)
      if (!found) return { status: 'ok', detail: 'The sample model answers. No AI model is connected.' }
      const { works, text } = await found.state()
      return { status: works ? 'ok' : 'degraded', detail: text }
    },
  }
}

type Find = (id: string) => ProviderModels | undefined

/** What is used where nobody names a model. */
async function byDefault({ providers, model }: Omit<ModelSettings, 'sampleUrl'>, of: Find): Promise<Outcome<string>> {
  if (model !== undefined) return ok(full(model))
  if (providers.anthropic?.apiKey) return ok(anthropicDefault)
  if (providers.openai) return must(of('openai'), 'the provider openai').first()
  return ok(providers.openrouter ? openRouterDefault : sampleId)
}

async function tryModel(id: string, found: ProviderModels | undefined, problem?: string): Promise<ConnectionTest> {
  if (id === sampleId) {
    const detail = 'The sample model runs inside this server: there is nothing to connect.'
    return { ok: true, steps: [{ name: 'address', ok: true, detail, ms: 0 }] }
  }
  if (problem || !found) return { ok: false, steps: [{ name: 'key', ok: false, detail: problem ?? '', ms: 0 }] }
  return testConnection(found.provider, nameOf(id), new AbortController().signal)
}

/** Who asks for what is already on its way gets that. */
function sharing<T>(run: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>()
  return (key) => {
    const shared = running.get(key) ?? run(key).finally(() => running.delete(key))
    running.set(key, shared)
    return shared
  }
}

const full = (id: string): string => (id === 'sample' ? sampleId : id)

/** The provider's name of a model, which may have slashes of its own. */
const nameOf = (id: string): string => (id.includes('/') ? id.slice(id.indexOf('/') + 1) : '')

/** A default that no list knows. */
async function unlisted(id: string, found: ProviderModels | undefined): Promise<ModelInfo> {
  const { works, text } = found ? await found.state() : { works: false, text: '' }
  return { id, name: nameOf(id), context: 200_000, available: works, ...(text && { reason: text }) }
}
