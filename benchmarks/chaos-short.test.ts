import { expect, test } from 'vitest'
import { runChaos } from './chaos/main.ts'

/** The short form of the chaos, for `bin/test --all`; the long one is `node benchmarks/chaos/main.ts`. */
const runs: [seed: number, world: string, fleet: boolean][] = [
  [1, 'one server', false],
  [2, 'a fleet', true],
  [3, 'a fleet', true],
]

test.each(runs)(
  'from seed %i, %s goes through forty faults: nothing is lost, doubled or stuck',
  async (seed, _, fleet) => {
    const said: string[] = []
    const result = await runChaos({ seed, fleet, turns: 30, apps: 4, faults: 40, say: (line) => void said.push(line) })
    const broken = result.checks.filter(({ wrong }) => wrong.length > 0)
    expect(broken, said.join('\n')).toEqual([])
    expect(result.struck).toBe(40)
    expect(result.turns).toBeGreaterThanOrEqual(30)
  },
  600_000,
)
