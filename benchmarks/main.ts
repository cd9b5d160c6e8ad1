import { writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import process from 'node:process'
import { inspect, parseArgs } from 'node:util'
import { measureBuild } from './build.ts'
import { measureConfinedBuild } from './confined-build.ts'
import { measureChaos } from './chaos-run.ts'
import { measureEdge } from './edge.ts'
import { measureEventClients } from './event-clients.ts'
import { measureDispatch } from './dispatch.ts'
import type { Figure } from './figure.ts'
import { measureLargeBuilds } from './large-builds.ts'
import { measureLive } from './live.ts'
import { measureLiveMemory } from './live-memory.ts'
import { measureLongHistory } from './long-history.ts'
import { measureManyTurns } from './many-turns.ts'
import { measureMemory } from './memory.ts'
import { measurePackages } from './packages.ts'
import { measurePreviewLatency } from './preview-latency.ts'
import { measureStartUp } from './start-up.ts'
import { digits, tableHead, tableRows } from './table.ts'
import { measureTurnLatency } from './turn-latency.ts'

/**
 * `./bin/bench [name…] [--short] [--json FILE]`: measures every promised figure, or those named, one after the other. Exits 0 whether
 * they are kept or missed, 1 when one could not be measured, 2 for a name that there is not.
 */

type Measurement = (options: { short: boolean }) => Promise<Figure[]>

const measurements: Record<string, Measurement> = {
  'turn-latency': measureTurnLatency,
  dispatch: measureDispatch,
  build: measureBuild,
  'confined-build': measureConfinedBuild,
  'large-builds': measureLargeBuilds,
  packages: measurePackages,
  'preview-latency': measurePreviewLatency,
  live: measureLive,
  'live-memory': measureLiveMemory,
  edge: measureEdge,
  'event-clients': measureEventClients,
  'many-turns': measureManyTurns,
  'long-history': measureLongHistory,
  chaos: measureChaos,
  'start-up': measureStartUp,
  memory: measureMemory,
}

/** What a figure was measured on, and how busy that was. */
type Machine = { cpu: string; cores: number; memoryGb: number; node: string; loadBefore: number[]; loadAfter: number[] }

type Measured = { name: string; seconds: number; figures: Figure[]; error?: string }

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false }, json: { type: 'string' } },
  })
  const unknown = positionals.filter((name) => !Object.hasOwn(measurements, name))
  if (unknown.length > 0) {
    say(`There is no figure ${unknown.join(', ')}. Figures: ${Object.keys(measurements).join(', ')}.`)
    return 2
  }
  const loadBefore = loadavg()
  const names = positionals.length > 0 ? positionals : Object.keys(measurements)
  say(`${cpuName()} × ${cpus().length}, Node ${process.versions.node}, load ${loadBefore.map(digits).join(' ')}`)
  if (values.short) say('Short: fewer samples than the figures ask for, and no five minutes of rest.')
  say(`\n${tableHead()}`)
  const measured: Measured[] = []
  for (const name of names) measured.push(await measure(name, values.short))
  const machine = describeMachine(loadBefore)
  say(`\n${summary(measured)} Load after: ${machine.loadAfter.map(digits).join(' ')}.`)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ machine, measured }, null, 2)}\n`)
  return measured.some(({ error }) => error !== undefined) ? 1 : 0
}

async function measure(name: string, short: boolean): Promise<Measured> {
  const from = performance.now()
  const seconds = (): number => Math.round((performance.now() - from) / 1000)
  try {
    const figures = (await measurements[name]?.({ short })) ?? []
    for (const figure of figures) say(`${tableRows(figure)}\n`)
    return { name, seconds: seconds(), figures }
  } catch (error) {
    say(`${name} could not be measured: ${inspect(error)}\n`)
    return { name, seconds: seconds(), figures: [], error: String(error) }
  }
}

function summary(measured: readonly Measured[]): string {
  const figures = measured.flatMap((each) => each.figures)
  const missed = figures.filter(({ pass }) => !pass).length
  const failed = measured.filter(({ error }) => error !== undefined).length
  const times = measured.map(({ name, seconds }) => `${name} ${seconds} s`).join(', ')
  return `${figures.length - missed} passed, ${missed} missed, ${failed} not measured (${times}).`
}

const cpuName = (): string => cpus()[0]?.model.trim() ?? 'unknown CPU'

const describeMachine = (loadBefore: number[]): Machine => ({
  cpu: cpuName(),
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  node: process.versions.node,
  loadBefore,
  loadAfter: loadavg(),
})

process.exitCode = await main()
