import { runChaos } from './chaos/main.ts'
import { quantile, type Figure } from './figure.ts'

/** Turns that survive what kills their server: nothing lost, nothing doubled, nothing stuck; and how soon they go on. */
export async function measureChaos({ short = false } = {}): Promise<Figure[]> {
  const sizes = short ? { turns: 20, apps: 4, faults: 10 } : { turns: 60, apps: 6, faults: 40 }
  const { checks, recovery, turns, faults, seconds } = await runChaos({ seed: 1, ...sizes, say: () => {} })
  const broken = checks.filter(({ wrong }) => wrong.length > 0)
  const struck = [...faults.values()].reduce((sum, count) => sum + count, 0)
  const p99 = recovery.eventMs.length > 0 ? quantile(recovery.eventMs, 0.99) : 0
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
        `${[...faults].map(([name, count]) => `${name} ${count}`).join(', ')}; ${seconds} s; the long form is ./benchmarks/chaos`,
    },
    {
      name: 'replacement healthy → next event of the turn, p99',
      target: '≤ 5000 ms',
      value: p99,
      unit: 'ms',
      rounds: [p99],
      samples: recovery.eventMs.length,
      pass: p99 <= 5_000,
      note: `killed → healthy, p50: ${Math.round(quantile(recovery.leaseMs, 0.5))} ms`,
    },
  ]
}
