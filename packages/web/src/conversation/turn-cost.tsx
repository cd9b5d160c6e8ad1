import type { Turn } from '@overskill/protocol'
import { isSample } from '../models/sample.ts'
import { conversationWords } from './strings.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** What a turn cost: money where a price is known, and the tokens it was counted from. */
export function TurnCost({ turn }: { turn: Turn }) {
  const { usage, cost } = turn
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
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
  if (cost.usd === null) return conversationWords.unknownPrice
  if (cost.usd === 0) return conversationWords.noCost
  return `$${cost.usd < 0.01 ? cost.usd.toFixed(4) : cost.usd.toFixed(2)}`
}
