import type { ChatTraits } from './openai-chat-body.ts'

export const providerNames = ['anthropic', 'openai', 'openrouter', 'ollama', 'lmstudio'] as const
export type ProviderName = (typeof providerNames)[number]

/** What is known of a provider before anything is configured. */
export type ProviderProfile = {
  name: ProviderName
  title: string
  baseUrl: string
  keyName: string // the variable of its key
  addressName?: string // the variable of another address of it, where there is one
  /** On the person's own machine: it answers at once or is not there, and takes no key. */
  local?: true
  /** Where a key is asked about when the list of models is open to everyone. */
  keyPath?: string
} & ({ protocol: 'anthropic-messages' } | { protocol: 'openai-chat'; traits: ChatTraits })

const plain: ChatTraits = { systemMessages: true, cacheMarkers: false, reasoningDetails: false, costInUsage: false }

/** Templates of local models refuse a system message that is not the first. */
const firstSystemOnly: ChatTraits = { ...plain, systemMessages: false }

export const providerProfiles: Record<ProviderName, ProviderProfile> = {
  anthropic: {
    name: 'anthropic',
    title: 'Anthropic',
    protocol: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com',
    keyName: 'ANTHROPIC_API_KEY',
    addressName: 'ANTHROPIC_BASE_URL',
  },
  openai: {
    name: 'openai',
    title: 'OpenAI-compatible',
    protocol: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    keyName: 'OPENAI_API_KEY',
    addressName: 'OPENAI_BASE_URL',
    traits: plain,
  },
  openrouter: {
    name: 'openrouter',
    title: 'OpenRouter',
    protocol: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyName: 'OPENROUTER_API_KEY',
    keyPath: '/key',
    traits: { systemMessages: true, cacheMarkers: true, reasoningDetails: true, costInUsage: true },
  },
  ollama: {
    name: 'ollama',
    title: 'Ollama',
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:11434/v1',
    keyName: 'OPENAI_API_KEY',
    addressName: 'OLLAMA_BASE_URL',
    local: true,
    traits: firstSystemOnly,
  },
  lmstudio: {
    name: 'lmstudio',
    title: 'LM Studio',
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyName: 'OPENAI_API_KEY',
    addressName: 'LMSTUDIO_BASE_URL',
    local: true,
    traits: firstSystemOnly,
  },
}
