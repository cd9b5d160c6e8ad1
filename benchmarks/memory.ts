import { setTimeout as delay } from 'node:timers/promises'
import { assert } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { createApp, isTurnEnd } from './bench-app.ts'
import { judge, type Figure } from './figure.ts'
import { describeMemory, memoryOfTree, sumOf, type ProcessMemory } from './process-memory.ts'
import { withProduct, type Product } from './product.ts'

const idleMs = 5 * 60_000
const sampleEveryMs = 100
const idleRounds = 5
const megabyte = 1e6

/** The first message makes the app, the others change it: each is a round. */
const messages = [
  'A reading list for my book club with title, author and rating, in green',
  'Add a due date',
  'Make it dark',
  'Call it Shelf',
  'Make it blue',
]

/** Largest sum seen during one turn, and how it was spread then. */
type Peak = { bytes: number; processes: ProcessMemory[]; samples: number }

/** What all our processes hold, by PSS: while a turn runs, and when nothing has happened for five minutes. */
export async function measureMemory({ short = false } = {}): Promise<Figure[]> {
  assert(process.platform === 'linux', 'Memory by process is read from /proc, which only Linux has')
  return withProduct({}, async (product) => {
    const peaks: Peak[] = []
    let app = ''
    for (const text of messages) {
      const id = app
      const send = async (): Promise<string> => {
        if (id === '') return (await createApp(product, { prompt: text })).id
        await product.call('POST', `/api/apps/${id}/messages`, { text })
        return id
      }
      const [peak, made] = await sampleTurn(product, id, send)
      peaks.push(peak)
      app = made
    }
    const waitMs = short ? 5_000 : idleMs
    await delay(waitMs)
    const idle: ProcessMemory[][] = []
    for (let round = 0; round < idleRounds; round += 1) {
      idle.push(memoryOfTree(product.pid))
      await delay(1_000)
    }
    return [idleFigure(idle, waitMs), peakFigure(peaks)]
  })
}

function idleFigure(idle: readonly ProcessMemory[][], waitMs: number): Figure {
  return judge({
    name: `memory, ${Math.round(waitMs / 1000)} s after the last turn`,
    target: 450,
    unit: 'MB',
    rounds: idle.map((processes) => sumOf(processes) / megabyte),
    samples: idle.length,
    note: describeMemory(idle.at(-1) ?? []),
  })
}

function peakFigure(peaks: readonly Peak[]): Figure {
  const largest = peaks.toSorted((a, b) => b.bytes - a.bytes)[0]
  return judge({
    name: 'memory, peak during one turn',
    target: 1_100,
    unit: 'MB',
    rounds: peaks.map(({ bytes }) => bytes / megabyte),
    samples: peaks.reduce((sum, { samples }) => sum + samples, 0),
    note: `one reading each ${sampleEveryMs} ms; largest: ${describeMemory(largest?.processes ?? [])}`,
  })
}

/** Runs one turn of an app, or of the one that `send` makes, and reads the memory until it has ended. */
async function sampleTurn(product: Product, app: string, send: () => Promise<string>): Promise<[Peak, string]> {
  const peak: Peak = { bytes: 0, processes: [], samples: 0 }
  const read = (): void => {
    const processes = memoryOfTree(product.pid)
    const bytes = sumOf(processes)
    peak.samples += 1
    if (bytes > peak.bytes) Object.assign(peak, { bytes, processes })
  }
  const sampling = setInterval(read, sampleEveryMs)
  try {
    const before = app === '' ? undefined : await watchApp(product.port, app)
    const ending = before?.next(isTurnEnd, 120_000)
    const id = await send()
    const watch = before ?? (await watchApp(product.port, id))
    const { event } = await (ending ?? watch.next(isTurnEnd, 120_000))
    read()
    watch.close()
    assert(event.type === 'turn.completed', `The turn completes: ${JSON.stringify(event)}`)
    return [peak, id]
  } finally {
    clearInterval(sampling)
  }
}

if (import.meta.main) console.table(await measureMemory({ short: true }))
