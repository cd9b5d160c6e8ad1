import { setTimeout as delay } from 'node:timers/promises'
import { assert } from '@overskill/protocol'
import { watchApp, type AppWatch } from './app-watch.ts'
import { createApp, isTurnEnd } from './bench-app.ts'
import { judge, quantile, type Figure } from './figure.ts'
import { describeMemory, memoryOfTree, sumOf, type ProcessMemory } from './process-memory.ts'
import { withProduct, type Product } from './product.ts'
import { agesIn, every, writeStamped } from './stamped-text.ts'
import { startTimedModel, type Reply, type ReplyScript } from './timed-model.ts'

const toolsPerTurn = 8
const wordsPerTurn = 150
const turnLimitMs = 300_000
const sampleEveryMs = 500
const pieceEveryMs = 20

/** A hundred turns at once in one process: each streams text, then writes eight files, then says that it is done. */
export async function measureManyTurns({ short = false } = {}): Promise<Figure[]> {
  const count = short ? 20 : 100
  const model = await startTimedModel(scriptFor)
  try {
    return await withProduct(model.env, async (product) => {
      const apps = await Promise.all(
        Array.from({ length: count }, (_, index) => createApp(product, { name: `Turn ${index}` })),
      )
      const watches = await Promise.all(apps.map(({ id }) => watchApp(product.port, id)))
      const peak = { bytes: 0, processes: [] as ProcessMemory[] }
      const sampling = setInterval(() => readMemory(product, peak), sampleEveryMs)
      const began = performance.now()
      const ends = watches.map((watch) => watch.next(isTurnEnd, turnLimitMs))
      await Promise.all(
        apps.map(({ id }) => product.call('POST', `/api/apps/${id}/messages`, { text: `Eight files for ${id}` })),
      )
      const ended = await Promise.race([Promise.all(ends), model.failed]).finally(() => clearInterval(sampling))
      const seconds = (performance.now() - began) / 1000
      const completed = ended.filter(({ event }) => event.type === 'turn.completed').length
      watches.forEach((watch) => watch.close())
      return figuresOf(count, completed, seconds, watches, peak)
    })
  } finally {
    await model.close()
  }
}

function readMemory(product: Product, peak: { bytes: number; processes: ProcessMemory[] }): void {
  const processes = memoryOfTree(product.pid)
  const bytes = sumOf(processes)
  if (bytes > peak.bytes) Object.assign(peak, { bytes, processes })
}

function figuresOf(
  count: number,
  completed: number,
  seconds: number,
  watches: readonly AppWatch[],
  peak: { bytes: number; processes: ProcessMemory[] },
): Figure[] {
  const ages = watches.flatMap(({ seen }) => seen.flatMap(({ event, at }) => agesIn(event, at)))
  assert(ages.length >= completed * wordsPerTurn, 'Every word that the model wrote came to its page')
  return [
    judge({
      name: `${count} turns at once that do not complete`,
      target: 0,
      unit: 'turns',
      rounds: [count - completed],
      samples: count,
      note: `${toolsPerTurn} tools each, all of them over after ${Math.round(seconds)} s`,
    }),
    judge({
      name: `${count} turns at once, delta → client, p95`,
      target: 150,
      unit: 'ms',
      rounds: [quantile(ages, 0.95)],
      samples: ages.length,
      note: `p50 ${Math.round(quantile(ages, 0.5))} ms; model and ${count} clients run on the same two cores`,
    }),
    judge({
      name: `${count} turns at once, peak memory`,
      target: 1_200,
      unit: 'MB',
      rounds: [peak.bytes / 1e6],
      samples: 1,
      note: describeMemory(peak.processes),
    }),
  ]
}

/** By what the request holds: first the text and the files, after their results the end. */
function scriptFor(body: string): ReplyScript {
  const [, app = ''] = [...body.matchAll(/Eight files for (\w+)/g)].at(-1) ?? []
  return body.includes('"tool_result"') ? finish : (reply) => writeFiles(reply, app)
}

async function finish(reply: Reply): Promise<void> {
  await writeStamped(reply, 1, every(0))
  reply.end()
}

async function writeFiles(reply: Reply, app: string): Promise<void> {
  await writeStamped(reply, wordsPerTurn - 1, every(pieceEveryMs))
  for (let file = 0; file < toolsPerTurn; file += 1) {
    const index = reply.tool('os-write')
    const content = `export const file${file} = '${app}'\n`
    reply.delta(index, JSON.stringify({ file_path: `src/bench/file-${file}.ts`, content }))
    reply.stop(index)
    await delay(pieceEveryMs)
  }
  reply.end()
}

if (import.meta.main) console.table(await measureManyTurns({ short: true }))
