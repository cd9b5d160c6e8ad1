import type { Turn, Version } from '@overskill/protocol'

/** What tests make of turns, versions and contents, as the stand-in shows them. */

export const noUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }
export const now = (): string => new Date().toISOString()
export const appsHost = (port: number, name: string): string => `http://${name}.localhost:${port}/`

export const turnOf = (id: string, message: string, status: Turn['status'], fields: Partial<Turn> = {}): Turn => ({
  id,
  message,
  status,
  mode: 'build',
  model: 'sample',
  steps: 0,
  usage: noUsage,
  cost: { usd: 0, reason: 'The sample model costs nothing.' },
  ...fields,
})

/** Enough of a hash to tell two contents of a test apart. */
export const hashOf = (text: string): string => {
  let hash = 0
  for (const char of text) hash = (hash * 33 + char.charCodeAt(0)) >>> 0
  return `${hash.toString(16).padStart(8, '0')}${text.length.toString(16)}`
}

export const versionOf = (number: number, title: string, fields: Partial<Version> = {}): Version => ({
  number,
  title,
  origin: 'turn',
  ending: 'completed',
  files: 42,
  changed: 6,
  added: 214,
  removed: 3,
  build: 'ok',
  createdAt: now(),
  ...fields,
})
