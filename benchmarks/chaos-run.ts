import { runChaos } from './chaos/main.ts'
import type { Figure } from './figure.ts'

/** Turns that survive what kills their server: nothing lost, nothing doubled, nothing stuck; and how soon they go on. */
export async function measureChaos({ short = false } = {}): Promise<Figure[]> {
  const sizes = short ? { turns: 20, apps: 4, faults: 10 } : { turns: 60, apps: 6, faults: 40 }
  const { checks, recovery, turns, struck, kinds, seconds } = await runChaos({ seed: 1, ...sizes, say: () => {} })
  const { healthyP50Ms, eventP99Ms, samples } = recovery
  const broken = checks.filter(({ wrong }) => wrong.length > 0)
  return [
    {
      name: `chaos: ${turns} turns × 8 tools, ${struck} faults; rules broken`,
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
      name: 'replacement healthy → next event of the turn, p99',
      target: '≤ 5000 ms',
      value: eventP99Ms,
      unit: 'ms',
      rounds: [eventP99Ms],
      samples,
      pass: eventP99Ms <= 5_000,
      note: `killed → healthy, p50: ${healthyP50Ms} ms`,
    },
  ]
}
