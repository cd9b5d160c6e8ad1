/** One line of the bench's table. */
export type Figure = {
  name: string
  /** What the median round must keep to, in words: `≤ 50 ms`, `≤ 3 × nginx`. */
  target: string
  /** The median round, in `unit`. */
  value: number
  unit: string
  /** What was measured beside it in the same rounds, in `unit` unless it has its own; `rounds` are its own rounds. */
  reference?: { name: string; value: number; unit?: string; rounds?: number[] }
  /** value ÷ reference, as the median of the rounds' ratios. */
  ratio?: number
  /** The target for this machine, in `unit`: larger than the target where the reference is slower than its bracket. */
  allowed?: number
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

/** What a figure is judged beside: its rounds, and the value in brackets, that of a machine on which the target holds as it is. */
export type Bracketed = { name: string; unit: string; bracket: number; rounds: readonly number[] }

export type Measured = {
  name: string
  target: number
  unit: string
  rounds: number[]
  samples: number
  beside?: Bracketed
  note?: string
}

/** The median round is at most the target, or the target × (reference ÷ bracket) where the machine is slower than the bracket. */
export function judge({ name, target, unit, rounds, samples, beside, note }: Measured): Figure {
  const value = median(rounds)
  const now = beside ? median(beside.rounds) : undefined
  const allowed = beside && now !== undefined ? target * Math.max(1, now / beside.bracket) : target
  return {
    name,
    target: `≤ ${target} ${unit}`,
    value,
    unit,
    ...(beside && now !== undefined && { reference: referenceOf(beside, now), ratio: value / now }),
    allowed,
    rounds,
    samples,
    pass: value <= allowed,
    ...(note !== undefined && { note }),
  }
}

const referenceOf = ({ name, unit, bracket, rounds }: Bracketed, now: number): NonNullable<Figure['reference']> => ({
  name: `${name} (${bracket} ${unit})`,
  value: now,
  unit,
  rounds: [...rounds],
})
