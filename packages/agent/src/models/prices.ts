import { promptTokens, type Cost } from '@overskill/protocol'
import type { ModelUsage } from '../model.ts'

/** US dollars per million tokens. */
type Rates = { input: number; output: number; write5m: number; write1h: number; read: number }

/** `from`: first day (UTC) of these rates. `abovePrompt`: they hold for requests whose whole prompt has more tokens. */
type Row = Rates & { from: string; abovePrompt?: number }

/** A model that the table knows. `context` and `maxOutput` in tokens. */
export type KnownModel = { name: string; title: string; context: number; maxOutput: number; rows: readonly Row[] }

const row = (
  input: number,
  output: number,
  write5m: number,
  write1h: number,
  read: number,
  from = '2025-01-01',
): Row => ({
  input,
  output,
  write5m,
  write1h,
  read,
  from,
})

const large = (name: string, title: string, ...rows: Row[]): KnownModel => ({
  name,
  title,
  context: 1_000_000,
  maxOutput: 128_000,
  rows,
})

/** Source: Anthropic's price page and release notes as of November 2026. Newest first within a model. */
const table: readonly KnownModel[] = [
  large('claude-sonnet-5-5', 'Claude Sonnet 5.5', row(2, 10, 2.5, 4, 0.1, '2026-10-07'), row(2, 10, 2.5, 4, 0.2)),
  large('claude-opus-5-5', 'Claude Opus 5.5', row(4, 20, 5, 8, 0.2)),
  large(
    'claude-haiku-5-5',
    'Claude Haiku 5.5',
    { ...row(0.5, 2.5, 0.625, 1, 0.05), abovePrompt: 100_000 },
    row(0.1, 0.5, 0.125, 0.2, 0.01),
  ),
  large('claude-fable-5-2', 'Claude Fable 5.2', row(8, 40, 10, 16, 0.2)),
  large('claude-fable-5-1', 'Claude Fable 5.1', row(10, 50, 12.5, 20, 0.25)),
  large('claude-mythos-5-1', 'Claude Mythos 5.1', row(10, 50, 12.5, 20, 0.25)),
  large('claude-fable-5', 'Claude Fable 5', row(10, 50, 12.5, 20, 1)),
  large('claude-opus-5', 'Claude Opus 5', row(5, 25, 6.25, 10, 0.5)),
  large('claude-sonnet-5', 'Claude Sonnet 5', row(2, 10, 2.5, 4, 0.2)),
  ...['4-8', '4-7', '4-6', '4-5'].map((version) => ({
    ...large(`claude-opus-${version}`, `Claude Opus ${version.replace('-', '.')}`, row(5, 25, 6.25, 10, 0.5)),
    context: 200_000,
    maxOutput: 64_000,
  })),
  ...['4-6', '4-5'].map((version) => ({
    ...large(`claude-sonnet-${version}`, `Claude Sonnet ${version.replace('-', '.')}`, row(3, 15, 3.75, 6, 0.3)),
    context: 200_000,
    maxOutput: 64_000,
  })),
  {
    name: 'claude-haiku-4-5',
    title: 'Claude Haiku 4.5',
    context: 200_000,
    maxOutput: 64_000,
    rows: [row(1, 5, 1.25, 2, 0.1)],
  },
]

/** The provider's part of an id `provider/model`, without a date at its end. */
const plainName = (model: string): string => model.replace(/^[a-z0-9-]+\//, '').replace(/-\d{8}$/, '')

/** The table's entry of a model, named with or without its provider. */
export const knownModel = (model: string): KnownModel | undefined => table.find(({ name }) => name === plainName(model))

/**
 * What one request cost: what the provider says, else by the table.
 * @param at When it was sent: prices have a first day.
 * @returns `usd` null with a reason for a model without a known price, never 0. 0 with a reason for the sample model.
 */
export function costOf(model: string, usage: ModelUsage, at: Date): Cost {
  if (model.startsWith('sample/')) return { usd: 0, reason: 'The sample builder is no AI model and costs nothing.' }
  if (usage.costUsd !== undefined) return { usd: usage.costUsd, ...(usage.incomplete && { reason: 'at least' }) }
  const day = at.toISOString().slice(0, 10)
  const prompt = promptTokens(usage)
  const rates = knownModel(model)?.rows.find((rate) => rate.from <= day && prompt > (rate.abovePrompt ?? -1))
  if (!rates) return { usd: null, reason: 'price unknown' }
  const hourTokens = Math.min(usage.cacheWriteHourTokens ?? 0, usage.cacheWriteTokens)
  const millionths =
    rates.input * usage.inputTokens +
    rates.output * usage.outputTokens +
    rates.read * usage.cacheReadTokens +
    rates.write1h * hourTokens +
    rates.write5m * (usage.cacheWriteTokens - hourTokens)
  return { usd: millionths / 1_000_000, ...(usage.incomplete && { reason: 'at least' }) }
}

export const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }

/** A model to choose from; `prices` are today's, in US dollars per million tokens, of the smallest prompt band. */
export type CatalogModel = {
  id: string
  name: string
  context: number
  maxOutput: number
  prices: { input: number; output: number; cacheRead: number; cacheWrite: number }
}

/** Every model of the table with the prices of a day, best default first. */
export function modelCatalog(at: Date): CatalogModel[] {
  const day = at.toISOString().slice(0, 10)
  return table.flatMap((model) => {
    const rates = model.rows.find((rate) => rate.from <= day && rate.abovePrompt === undefined)
    if (!rates) return []
    const prices = { input: rates.input, output: rates.output, cacheRead: rates.read, cacheWrite: rates.write5m }
    return [
      { id: `anthropic/${model.name}`, name: model.title, context: model.context, maxOutput: model.maxOutput, prices },
    ]
  })
}
