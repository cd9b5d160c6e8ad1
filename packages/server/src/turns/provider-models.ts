import { type ListedModel, type ModelListing, modelCatalog, type ModelProvider, openProvider } from '@overskill/agent'
import { fail, type ModelInfo, ok, type Outcome } from '@overskill/protocol'

export type ProviderSettings = { apiKey?: string; baseUrl?: string }

/** One provider as the environment sets it up, with what it lists. */
export type ProviderModels = {
  readonly provider: ModelProvider
  /** Why it cannot be used, as far as that is known without asking it. */
  readonly missing: string | undefined
  /** Whether it works, as far as its list tells; a server without a list may. */
  state(): Promise<{ works: boolean; text: string }>
  /** What a person may choose, or one entry that says why there is nothing. */
  models(): Promise<ModelInfo[]>
  /** The first model of its list that can talk. */
  first(): Promise<Outcome<string>>
}

/** How long a list is believed, in ms. */
const believedMs = 60_000

/** Local servers answer at once or are not there. */
const localLimitMs = 1_500

/** @param now ms since 1970. */
export function createProviderModels(
  name: ModelProvider['profile']['name'],
  settings: ProviderSettings | undefined,
  now: () => number,
): ProviderModels {
  const provider = openProvider({ name, ...settings })
  const isLocal = provider.profile.local ?? false
  let asked: { at: number; listing: Promise<ModelListing> } | undefined
  const missing = whatIsMissing(provider, settings)

  const listing = (): Promise<ModelListing> => {
    if (!asked || now() - asked.at > believedMs) {
      asked = { at: now(), listing: provider.list(isLocal ? localLimitMs : undefined) }
    }
    return asked.listing
  }
  const talking = async (): Promise<{ known: ModelListing; models: ListedModel[] }> => {
    const known = await listing()
    return { known, models: known.ok ? known.models.filter(canBuild) : [] }
  }

  return {
    provider,
    missing,
    async state() {
      if (missing) return { works: false, text: missing }
      const known = await listing()
      return { works: known.ok || isWithoutList(known), text: known.text }
    },
    async models() {
      if (missing) return fallback(provider, false, missing)
      const { known, models } = await talking()
      if (models.length === 0) return fallback(provider, isWithoutList(known), whyNone(known, provider))
      return models.map((model) => infoOf(provider, model, known.text))
    },
    async first() {
      const { known, models } = await talking()
      const [model] = models
      if (model) return ok(`${name}/${model.name}`)
      return fail('model_unavailable', `${whyNone(known, provider)} OVERSKILL_MODEL names one without a list.`)
    },
  }
}

const isWithoutList = (known: ModelListing): boolean => !known.ok && known.code === 'no_list'

function whyNone(known: ModelListing, { profile, baseUrl }: ModelProvider): string {
  if (known.ok) return `${known.text} None of them can build apps.`
  const { title, addressName, local } = profile
  if (!local || known.answered) return known.text
  return `${title} does not answer at ${baseUrl}. Start it, or set ${addressName} if it is elsewhere.`
}

function whatIsMissing({ profile }: ModelProvider, settings: ProviderSettings | undefined): string | undefined {
  const { name, keyName, addressName, local } = profile
  if (settings?.apiKey || local) return undefined
  if (name !== 'openai') return `No key: set ${keyName} and start again.`
  if (settings?.baseUrl) return undefined
  return `No key: set ${keyName}, or ${addressName} for a server without one, and start again.`
}

/** Lists hold much that is no language model. */
const canBuild = ({ name, tools }: ListedModel): boolean =>
  tools !== false &&
  !/embed|whisper|\btts\b|dall-e|moderation|transcri|realtime|\baudio\b|image|\bsora\b|davinci|babbage|rerank/i.test(
    name,
  )

/** The id of the entry that stands for a provider while none of its models is known. */
export const placeholderOf = (id: string): string => `${id.split('/')[0]}/any`

/** What the table says of a provider without a list, or one entry in its name. */
function fallback({ profile }: ModelProvider, available: boolean, reason: string): ModelInfo[] {
  const known = modelCatalog(new Date()).filter(({ id }) => id.startsWith(`${profile.name}/`))
  if (known.length === 0) {
    return [{ id: placeholderOf(profile.name), name: profile.title, context: 0, available: false, reason }]
  }
  return known.map(({ id, name, context, prices }) => ({ id, name, context, prices, available, reason }))
}

const unknownContext = 128_000

function infoOf({ profile }: ModelProvider, model: ListedModel, reason: string): ModelInfo {
  const id = `${profile.name}/${model.name}`
  const known = modelCatalog(new Date()).find((one) => one.id === id)
  const prices = model.prices ?? known?.prices
  return {
    id,
    name: known?.name ?? model.title ?? model.name,
    context: model.context ?? known?.context ?? unknownContext,
    ...(prices && { prices }),
    available: true,
    reason,
  }
}
