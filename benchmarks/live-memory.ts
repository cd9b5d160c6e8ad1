import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Figure } from './figure.ts'
import { encode, MARK_FILE, markSource, prepareLiveSubject, startOurLive, type OurLive } from './live-subject.ts'
import { memoryOfTree, sumOf } from './process-memory.ts'

const FEW = 10

/** Memory of many open apps in one process, each with its first page asked for; then of opening and closing again and again. */
export async function measureLiveMemory({ short = false } = {}): Promise<Figure[]> {
  const many = short ? 30 : 100
  const cycles = short ? 100 : 1_000
  const subject = await prepareLiveSubject()
  const vendorCacheDir = await mkdtemp(join(tmpdir(), 'bench-live-vendor-'))
  const ours = await startOurLive(vendorCacheDir)
  try {
    const open = async (index: number): Promise<void> => {
      const tree = new Map(subject.tree).set(MARK_FILE, encode(markSource(`app ${index}`)))
      await ours.open(`app${index}`, tree)
      await askForPage(ours, `app${index}`)
    }
    const from = performance.now()
    await open(0) // its packages are bundled before it opens
    const preparedMs = performance.now() - from
    for (let index = 1; index < FEW; index += 1) await open(index)
    const few = liveBytes()
    for (let index = FEW; index < many; index += 1) await open(index)
    const all = liveBytes()
    const each = (all - few) / (many - FEW)
    for (let index = 1; index < many; index += 1) await ours.service.close(`app${index}`)
    const grown = await measureCycles(ours, open, cycles)
    return [
      figure('memory per additional open app', '≤ 8 MB', each / 1e6, 8, many - FEW),
      figure(`${many} open apps in one process`, '≤ 1000 MB', all / 1e6, 1_000, 1),
      {
        ...figure(
          `memory after ${cycles} openings and closings ÷ after ${cycles / 2}`,
          '≤ 1.15 ×',
          grown,
          1.15,
          cycles,
        ),
        unit: '×',
      },
      {
        ...figure('prebuilding the packages of a set, and opening its first app', '≤ 10 s', preparedMs / 1000, 10, 1),
        unit: 's',
      },
    ]
  } finally {
    await ours.close()
    await rm(vendorCacheDir, { recursive: true, force: true })
    await subject.close()
  }
}

const figure = (name: string, target: string, value: number, most: number, samples: number): Figure => ({
  name,
  target,
  value,
  unit: 'MB',
  rounds: [value],
  samples,
  pass: value <= most,
})

/** How much larger the process is at the end than half way. */
async function measureCycles(ours: OurLive, open: (index: number) => Promise<void>, cycles: number): Promise<number> {
  let half = 0
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await open(1 + (cycle % 50))
    await ours.service.close(`app${1 + (cycle % 50)}`)
    if (cycle === Math.floor(cycles / 2)) half = liveBytes()
  }
  return liveBytes() / half
}

/** What processes of the builder hold: here they are those with live pages, for no package is being bundled. */
const liveBytes = (): number => sumOf(memoryOfTree(process.pid).filter(({ name }) => name === 'builder'))

/** Asks for the page and for all that it would fetch at once, as a browser does. */
async function askForPage(ours: OurLive, app: string): Promise<void> {
  const url = new URL(ours.url(app))
  const host = { Host: url.host }
  const at = (path: string): string => `http://127.0.0.1:${url.port}${path}`
  const html = await (await fetch(at('/'), { headers: { ...host, Accept: 'text/html' } })).text()
  const paths = [...html.matchAll(/(?:href|src)="(\/(?:src|@)[^"]+)"/g)].map((match) => match[1] ?? '/')
  await Promise.all(paths.map(async (path) => (await fetch(at(path), { headers: host })).arrayBuffer()))
}

if (import.meta.main) console.table(await measureLiveMemory({ short: true }))
