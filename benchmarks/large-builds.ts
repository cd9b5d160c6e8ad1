import type { FastBuildService } from '@overskill/builder'
import { changeFile, mustBuild, openService, runCli, timed, withSubject, type Subject } from './build-subject.ts'
import { judge, median, quantile, type Figure } from './figure.ts'
import { measureRouteBytes } from './route-bytes.ts'
import { CHANGED_FILE, writeApp, type WrittenAppSize } from './written-app.ts'

const BUILDS_PER_ROUND = 2
/** How long `vite build` of the 80-file app takes on the machine that the absolute figures are set for. */
const BRACKET_MS = 4_000

type Plan = { size: WrittenAppSize; times: number; rounds: number }

/**
 * Warm builds of apps as large as people have, one file and one class changed before each, against `vite build` in the same
 * minutes; and what a visitor loads at each route of the smaller one.
 */
export async function measureLargeBuilds({ short }: { short: boolean }): Promise<Figure[]> {
  const figures: Figure[] = []
  const plans: Plan[] = [
    { size: 80, times: 15, rounds: short ? 4 : 20 },
    { size: 300, times: 10, rounds: short ? 3 : 10 },
  ]
  for (const plan of plans)
    figures.push(...(await withSubject(writeApp(plan.size), (subject) => measureSize(subject, plan))))
  return figures
}

async function measureSize(subject: Subject, plan: Plan): Promise<Figure[]> {
  const service = await openService(subject)
  try {
    const rounds = await measureRounds(subject, service, plan)
    if (plan.size !== 80) return [speedFigure(rounds, plan)]
    return [speedFigure(rounds, plan), ...timeFigures(rounds), await measureRouteBytes(subject, service)]
  } finally {
    await service.close()
  }
}

type Rounds = { ours: number[][]; cli: number[] }

async function measureRounds(subject: Subject, service: FastBuildService, plan: Plan): Promise<Rounds> {
  const rounds: Rounds = { ours: [], cli: [] }
  for (let turn = 0; turn < BUILDS_PER_ROUND * 2; turn += 1) await mustBuild(service, subject)
  for (let round = 0; round < plan.rounds; round += 1) {
    const times: number[] = []
    for (let turn = 0; turn < BUILDS_PER_ROUND * (plan.size === 80 ? 1 : 2); turn += 1) {
      await changeFile(subject, CHANGED_FILE, `p-[${round}px] m-[${turn}px]`)
      times.push(await timed(() => mustBuild(service, subject)))
    }
    rounds.ours.push(times)
    rounds.cli.push(await timed(() => runCli(subject.dir)))
  }
  return rounds
}

function speedFigure({ ours, cli }: Rounds, { size, times }: Plan): Figure {
  const ratios = ours.map((each, round) => (cli[round] ?? Number.NaN) / median(each))
  const factor = median(ratios)
  return {
    name: `warm build, ${size}-file app, one file and class changed`,
    target: `≥ ${times} × faster`,
    value: median(ours.flat()),
    unit: 'ms',
    reference: { name: 'vite build (command line)', value: median(cli), rounds: cli },
    rounds: ratios,
    samples: ours.flat().length,
    pass: factor >= times,
    note: `${factor.toFixed(1)} × faster as the median of the rounds' ratios; vite build ran ${cli.length} times`,
  }
}

function timeFigures({ ours, cli }: Rounds): Figure[] {
  const beside = { name: 'vite build of the same app', unit: 'ms', bracket: BRACKET_MS, rounds: cli }
  const all = ours.flat()
  const shared = { unit: 'ms', samples: all.length, beside }
  return [
    judge({ name: 'the same, p50', target: 250, rounds: ours.map(median), ...shared }),
    judge({ name: 'the same, p95', target: 600, rounds: [quantile(all, 0.95)], ...shared }),
  ]
}

if (import.meta.main) console.table(await measureLargeBuilds({ short: true }))
