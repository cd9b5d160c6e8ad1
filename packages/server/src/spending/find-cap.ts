import type { SpendingCap, Spent } from '@overskill/agent'
import { type Limits, promptTokens } from '@overskill/protocol'

/** Everything that was sent and received, cached or not. */
const tokensOf = ({ usage }: Spent): number => promptTokens(usage) + usage.outputTokens

/**
 * The cap that leaves no room for another request of a turn.
 *
 * @param monthUsd What all apps together have spent in this month. Absent: the turn's model costs nothing, or nobody knows
 *   what it costs, so no cap of money holds for it.
 */
export function findCap(limits: Limits, spent: Spent, monthUsd: number | undefined): SpendingCap | undefined {
  const { turnUsd, turnTokens, monthUsd: mostMonthUsd } = limits
  const tokens = tokensOf(spent)
  if (turnTokens !== null && tokens >= turnTokens) return { kind: 'turn_tokens', limit: turnTokens, spent: tokens }
  if (monthUsd === undefined) return undefined
  const usd = spent.cost.usd ?? 0
  if (turnUsd !== null && usd >= turnUsd) return { kind: 'turn_usd', limit: turnUsd, spent: usd }
  if (mostMonthUsd !== null && monthUsd >= mostMonthUsd) {
    return { kind: 'month_usd', limit: mostMonthUsd, spent: monthUsd }
  }
  return undefined
}
