import type { Model } from '../model.ts'
import { anthropicSource, createAnthropicModel } from './anthropic.ts'
import { chatSource, createOpenAiChatModel } from './openai-chat.ts'
import { checkKey, listModels, type KeyAnswer, type ModelListing } from './model-list.ts'
import { providerProfiles, type ProviderName, type ProviderProfile } from './provider-profiles.ts'

export type ProviderOptions = { name: ProviderName; apiKey?: string; baseUrl?: string }

/** A place that answers for models: a profile with an address, and a key where it takes one. Holds no connection. */
export type ModelProvider = {
  readonly profile: ProviderProfile
  readonly baseUrl: string
  readonly hasKey: boolean
  /**
   * @param name The provider's name of the model. Nothing is asked: a name that is not known there shows at the first request.
   * @param through What its requests go through; the global `fetch` by default.
   */
  model(name: string, through?: typeof fetch): Model
  /** The models that the address lists. Takes `limitMs` at most (5 s), never rejects. */
  list(limitMs?: number): Promise<ModelListing>
  /** Whether the key is taken, where the list of models does not tell; undefined where it does. Never rejects. */
  checkKey(): Promise<KeyAnswer> | undefined
}

/** Opens a provider. Its key stays in here: no text that it gives holds it. */
export function openProvider({ name, apiKey = '', baseUrl }: ProviderOptions): ModelProvider {
  const profile = providerProfiles[name]
  const address = (baseUrl ?? profile.baseUrl).replace(/\/+$/, '')
  const source =
    profile.protocol === 'anthropic-messages'
      ? anthropicSource(address, apiKey, '')
      : chatSource(address, apiKey, profile.keyName, '')
  const { protocol } = profile
  const place = { root: protocol === 'anthropic-messages' ? `${address}/v1` : address, protocol, source }
  return {
    profile,
    baseUrl: address,
    hasKey: apiKey !== '',
    model(model, through) {
      const at = { id: `${name}/${model}`, apiKey, baseUrl: address, model, ...(through && { fetch: through }) }
      if (profile.protocol === 'anthropic-messages') return createAnthropicModel(at)
      const { keyName, traits } = profile
      return createOpenAiChatModel({ ...at, keyName, traits })
    },
    list: (limitMs) => listModels(place, limitMs),
    checkKey: () => (profile.keyPath === undefined ? undefined : checkKey(place, profile.keyPath)),
  }
}
