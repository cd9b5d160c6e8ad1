import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { checkWorld, clock, recoveryOf, withDatabase, type Check, type Recovery } from './checks.ts'
import { startChaosModel } from './chaos-model.ts'
import { faultsOf } from './faults.ts'
import { createRandom, type Random } from './seeded-random.ts'
import { playApp, type Played } from './workload.ts'
import { openFleet, openWorld, type World } from './world.ts'

/**
 * `node benchmarks/chaos/main.ts [--seed N] [--turns N] [--apps N] [--faults N] [--fleet]`: plays turns of eight tools each on the real
 * program while it is killed, paused and starved, from a seed; then looks whether anything was lost, doubled or stuck.
 * Exits 0 when nothing was.
 */

export type ChaosOptions = {
  seed: number
  /** At least as many turns and faults as these, side by side. */
  turns: number
  faults: number
  apps: number
  /** Three servers on one database and Redis, instead of one alone. */
  fleet: boolean
  say: (text: string) => void
}

export type ChaosResult = {
  checks: Check[]
  recovery: Recovery
  turns: number
  /** How many faults there were, and of which kinds. */
  struck: number
  kinds: string
  seconds: number
}

/** One run. Rejects when it could not be played to its end. */
export async function runChaos({ seed, turns, apps, faults, fleet, say }: ChaosOptions): Promise<ChaosResult> {
  const began = performance.now()
  const random = createRandom(seed)
  const model = await startChaosModel(seed)
  const world = await (fleet ? openFleet : openWorld)({ ANTHROPIC_API_KEY: 'sk-chaos', ANTHROPIC_BASE_URL: model.url })
  const played: Played[] = []
  try {
    const struck = new Map<string, number>()
    let isDone = false
    let ended = 0
    const work = Promise.all(
      Array.from({ length: apps }, async (_, index) => {
        const isEnough = (of: number): boolean => isDone && of * apps >= turns
        const app = await playApp(
          world,
          `app${index + 1}s${seed}`,
          isEnough,
          createRandom(seed * 1_000 + index),
          (one) => played.push(one),
        )
        ended += app.acknowledged.length
        say(`  ${app.name}: ${app.acknowledged.length} turns ended`)
      }),
    )
    const stop = new AbortController()
    work.catch(() => stop.abort()) // told below
    const cut = (): void => played.forEach(({ follower }) => follower.cut())
    await strikeAll({ world, random, faults, struck, cut, say, stop: stop.signal })
    isDone = true
    await work
    const checked = await withDatabase(world, async (sql) => ({
      checks: await checkWorld(world, sql, played, model.complaints),
      recovery: await recoveryOf(sql, world.restarts),
    }))
    return {
      ...checked,
      turns: ended,
      struck: [...struck.values()].reduce((sum, count) => sum + count, 0),
      kinds: [...struck].map(([name, count]) => `${name} ${count}`).join(', '),
      seconds: Math.round((performance.now() - began) / 1000),
    }
  } finally {
    for (const { follower } of played) follower.close()
    await world.close()
    await model.close()
  }
}

type Striking = {
  world: World
  random: Random
  faults: number
  struck: Map<string, number>
  cut: () => void
  say: (text: string) => void
  stop: AbortSignal
}

/** One fault after the other, until their number is reached. */
async function strikeAll({ world, random, faults, struck, cut, say, stop }: Striking): Promise<void> {
  const kinds = faultsOf(world, cut)
  for (let count = 1; count <= faults && !stop.aborted; count += 1) {
    await delay(random.between(100, 1_200))
    const fault = random.pick(kinds)
    const at = clock(Date.now())
    const did = await fault.strike(world, random)
    struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1)
    say(`  ${at} ${count}. ${fault.name}: ${did}`)
  }
}

/** The result in words, for people. */
function tellChaos({ checks, recovery, turns, struck, kinds, seconds }: ChaosResult): string {
  const { healthyP50Ms, leaseP99Ms, eventP99Ms, slowest, samples, failedTurns } = recovery
  const told = checks.map(({ rule, wrong }) => {
    const shown = wrong.slice(0, 5).map((one) => `\n       ${one}`)
    return `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${rule}${shown.join('')}`
  })
  return [
    `${turns} turns × 8 tools, ${struck} faults (${kinds}), ${seconds} s; ${failedTurns} turns ended as failed`,
    ...told,
    `replacement healthy → next event of the turn: p99 ${eventP99Ms} ms (n = ${samples}); killed → healthy: p50 ${healthyP50Ms} ms; lease wait: p99 ${leaseP99Ms} ms`,
    `the slowest: ${slowest}`,
  ].join('\n')
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      turns: { type: 'string' },
      apps: { type: 'string' },
      faults: { type: 'string' },
      fleet: { type: 'boolean' },
    },
  })
  const number = (given: string | undefined, otherwise: number): number =>
    given === undefined ? otherwise : Number(given)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const options = {
    seed: number(values.seed, 1),
    turns: number(values.turns, 500),
    apps: number(values.apps, 10),
    faults: number(values.faults, 200),
    fleet: values.fleet ?? false,
  }
  say(
    `Chaos from seed ${options.seed}: ${options.turns} turns on ${options.apps} apps${options.fleet ? ' in a fleet' : ''}, ${options.faults} faults`,
  )
  const result = await runChaos({ ...options, say })
  say(tellChaos(result))
  return result.checks.every(({ wrong }) => wrong.length === 0) ? 0 : 1
}

if (import.meta.main) process.exitCode = await main()
