import { promptTokens, type UsageSum } from '@overskill/protocol'
import { plural } from '../ui/figures.ts'
import { usageWords } from './strings.ts'

/** `$4.20`, `$0.0031`: cents as soon as there are any. */
export const money = (usd: number): string => `$${usd > 0 && usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}`

/** What a sum cost. What has no known price is said beside it, and never counted as nothing. */
export function costWords({ cost, unpriced }: Pick<UsageSum, 'cost' | 'unpriced'>): string {
  if (cost.usd === null) return usageWords.unknown
  const known = `${cost.reason === 'at least' ? usageWords.atLeast : ''}${money(cost.usd)}`
  return unpriced ? usageWords.partly(known, unpriced.tokens) : known
}

/** How many tokens went each way, and how often the model was asked. */
export const tokenWords = ({ usage, requests }: Pick<UsageSum, 'usage' | 'requests'>): string =>
  usageWords.tokens(
    `${usage.incomplete ? usageWords.atLeast : ''}${promptTokens(usage).toLocaleString('en')}`,
    usage.cacheReadTokens.toLocaleString('en'),
    usage.outputTokens.toLocaleString('en'),
    plural(requests, 'request'),
  )
