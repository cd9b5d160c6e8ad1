/** One line of the bench's table. */
export type Figure = {
  name: string
  /** What the median round must keep to, in words: `≤ 50 ms`, `≤ 3 × nginx`. */
  target: string
  /** The median round, in `unit`. */
  value: number
  unit: string
  /** What was measured beside it in the same rounds, in `unit`. */
  reference?: { name: string; value: number }
  /** value ÷ reference, as the median of the rounds' ratios. */
  ratio?: number
  /** Every round, in order, in `unit` (ratios where the target is one). */
  rounds: number[]
  /** How many single measurements all rounds hold. */
  samples: number
  pass: boolean
  note?: string
}

/** The value below which a share of the values lies (0.5 = median). The list may be in any order, and is not changed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
