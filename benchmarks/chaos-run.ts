import { runChaos } from './chaos/main.ts'
import type { Figure } from './figure.ts'

/** Turns that survive what kills their servers: nothing lost, nothing doubled, nothing stuck; and how soon they go on. */
export async function measureChaos({ short = false } = {}): Promise<Figure[]> {
  const sizes = short ? { turns: 20, apps: 4, faults: 10 } : { turns: 60, apps: 6, faults: 40 }
  const alone = await figuresOf('one server', { ...sizes, seed: 1, fleet: false })
  return [...alone, ...(await figuresOf('a fleet of three', { ...sizes, seed: 2, fleet: true }))]
}

type Sizes = { seed: number; turns: number; apps: number; faults: number; fleet: boolean }

async function figuresOf(world: string, sizes: Sizes): Promise<Figure[]> {
  const { checks, recovery, turns, struck, kinds, seconds } = await runChaos({ ...sizes, say: () => {} })
  const { healthyP50Ms, leaseP99Ms, eventP99Ms, samples } = recovery
  const broken = checks.filter(({ wrong }) => wrong.length > 0)
  return [
    {
      name: `chaos on ${world}: ${turns} turns × 8 tools, ${struck} faults; rules broken`,
      target: '0',
      value: broken.length,
      unit: 'rules',
      rounds: checks.map(({ wrong }) => wrong.length),
      samples: turns,
      pass: broken.length === 0,
      note:
        broken.map(({ rule, wrong }) => `${rule}: ${wrong[0] ?? ''}`).join('; ') ||
        `${kinds}; ${seconds} s; the long form is ./benchmarks/chaos`,
    },
    {
      name: `${world}: replacement healthy → next event of the turn, p99`,
      target: '≤ 5000 ms',
      value: eventP99Ms,
      unit: 'ms',
      rounds: [eventP99Ms],
      samples,
      pass: eventP99Ms <= 5_000,
      note: `lease wait p99 ${leaseP99Ms} ms; killed → healthy p50 ${healthyP50Ms} ms`,
    },
  ]
}
