import { promptTokens, type Turn } from '@overskill/protocol'
import { isSample } from '../models/sample.ts'
import { money } from '../usage/cost-words.ts'
import { usageWords } from '../usage/strings.ts'
import { conversationWords } from './strings.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** What a turn cost: money where a price is known, and the tokens it was counted from. */
export function TurnCost({ turn }: { turn: Turn }) {
  const { usage, cost } = turn
  const input = promptTokens(usage)
  const detail = conversationWords.tokens(
    input.toLocaleString('en'),
    usage.outputTokens.toLocaleString('en'),
    usage.incomplete === true,
  )
  return (
    <span title={cost.reason ? `${detail}. ${cost.reason}` : detail}>
      {moneyOf(turn)}
      {!isSample(turn.model) &&
        input + usage.outputTokens > 0 &&
        ` · ${compact.format(input + usage.outputTokens)} tokens`}
    </span>
  )
}

function moneyOf({ cost, model }: Turn): string {
  if (isSample(model)) return conversationWords.noCost
  if (cost.usd === null) return usageWords.unknown
  if (cost.usd === 0) return conversationWords.noCost
  return `${cost.reason === 'at least' ? usageWords.atLeast : ''}${money(cost.usd)}`
}
