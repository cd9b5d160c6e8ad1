import type { TurnEstimate } from '@overskill/protocol'
import { isSample } from '../models/sample.ts'
import { money } from '../usage/cost-words.ts'
import { usageWords } from '../usage/strings.ts'
import { composerWords } from './strings.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** What the next turn will probably cost, in one short line. */
export function estimateWords(estimate: TurnEstimate): string {
  if (isSample(estimate.model)) return composerWords.nextFree
  const { tokens, cached } = estimate.prompt
  return `${composerWords.next(moneyOf(estimate))} · ${composerWords.tokensIn(compact.format(tokens), cached === 0 ? undefined : compact.format(cached))}`
}

function moneyOf({ cost: { low, high } }: TurnEstimate): string {
  if (low === null || high === null) return usageWords.unknown
  const [from, to] = [money(low), money(high)]
  return composerWords.about(from === to ? from : composerWords.between(from, to))
}

/** What the estimate is made from, and what the whole turn will probably send and receive. */
export function estimateBasis({ basis, turns, tokens, model, cost }: TurnEstimate): string {
  if (isSample(model)) return cost.reason ?? composerWords.nextFree
  const from = basis === 'turns' ? composerWords.byTurns(turns) : composerWords.byPrompt
  const [low, high] = [compact.format(tokens.low), compact.format(tokens.high)]
  return `${from} ${composerWords.allTokens(low === high ? low : composerWords.between(low, high))}`
}

/** How a limit would end the turn; undefined when none would. */
export function capWords({ cap }: TurnEstimate): string | undefined {
  if (!cap) return undefined
  const { kind, limit, when } = cap
  const named = composerWords.caps[kind](kind === 'turn_tokens' ? limit.toLocaleString('en') : money(limit))
  return composerWords.capWhen[when](named)
}
