import { setTimeout as delay } from 'node:timers/promises'
import { type App, assert } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { createApp, isTurnEnd } from './bench-app.ts'
import { judge, median, quantile, type Figure } from './figure.ts'
import { describeMemory, memoryOfTree, sumOf, type ProcessMemory } from './process-memory.ts'
import { withProduct, type Product } from './product.ts'
import { agesStraight } from './straight-streams.ts'
import { agesIn, every, writeStamped } from './stamped-text.ts'
import { startTimedModel, type Reply, type ReplyScript } from './timed-model.ts'

const toolsPerTurn = 8
const wordsPerTurn = 150
const turnLimitMs = 300_000
const sampleEveryMs = 500
const pieceEveryMs = 20

/**
 * A hundred turns at once in one process: each streams text, then writes eight files, then says that it is done. Whoever reads the
 * memory of a process holds it up meanwhile, so that is a round of its own.
 */
export async function measureManyTurns({ short = false } = {}): Promise<Figure[]> {
  const count = short ? 20 : 100
  const peak: Peak = { bytes: 0, processes: [] }
  const played: Round[] = []
  for (let round = 0; round < (short ? 1 : 3); round += 1) played.push(await playRound(count))
  played.push(await playRound(count, peak))
  return figuresOf(count, played, peak)
}

type Peak = { bytes: number; processes: ProcessMemory[] }

/** `ages`: how old every word was when its page got it, in ms. `straightMs`: p95 of the same texts with no product between. */
type Round = { completed: number; seconds: number; ages: number[]; straightMs: number }

async function playRound(count: number, peak?: Peak): Promise<Round> {
  const model = await startTimedModel(scriptFor)
  try {
    const bodies = Array.from({ length: count }, (_, index) => promptOf(`straight${index}`))
    const straightMs = quantile(await agesStraight(model, bodies), 0.95)
    return await withProduct(model.env, async (product) => {
      const apps: App[] = []
      while (apps.length < count) apps.push(await createApp(product, { name: `Turn ${apps.length}` }))
      const watches = await Promise.all(apps.map(({ id }) => watchApp(product.port, id)))
      const sampling = peak && setInterval(() => readMemory(product, peak), sampleEveryMs)
      const began = performance.now()
      const ends = watches.map((watch) => watch.next(isTurnEnd, turnLimitMs))
      await Promise.all(apps.map(({ id }) => product.call('POST', `/api/apps/${id}/messages`, { text: promptOf(id) })))
      const ended = await Promise.race([Promise.all(ends), model.failed]).finally(() => clearInterval(sampling))
      const seconds = (performance.now() - began) / 1000
      const completed = ended.filter(({ event }) => event.type === 'turn.completed').length
      watches.forEach((watch) => watch.close())
      const ages = watches.flatMap(({ seen }) => seen.flatMap(({ event, at }) => agesIn(event, at)))
      assert(ages.length >= completed * wordsPerTurn, 'Every word that the model wrote came to its page')
      return { completed, seconds, ages, straightMs }
    })
  } finally {
    await model.close()
  }
}

function readMemory(product: Product, peak: Peak): void {
  const processes = memoryOfTree(product.pid)
  const bytes = sumOf(processes)
  if (bytes > peak.bytes) Object.assign(peak, { bytes, processes })
}

function figuresOf(count: number, played: readonly Round[], peak: Peak): Figure[] {
  const timed = played.slice(0, -1)
  const straight = timed.map(({ straightMs }) => straightMs)
  const p50s = timed.map(({ ages }) => Math.round(quantile(ages, 0.5)))
  return [
    judge({
      name: `${count} turns at once that do not complete`,
      target: 0,
      unit: 'turns',
      rounds: played.map(({ completed }) => count - completed),
      samples: count * played.length,
      note: `${toolsPerTurn} tools each; all over after ${played.map(({ seconds }) => Math.round(seconds)).join(', ')} s`,
    }),
    {
      ...judge({
        name: `${count} turns at once, delta → client, p95`,
        target: 150,
        unit: 'ms',
        rounds: timed.map(({ ages }) => quantile(ages, 0.95)),
        samples: timed.reduce((sum, { ages }) => sum + ages.length, 0),
        note: `p50 ${p50s.join(', ')} ms; model and ${count} clients run on the same two cores`,
      }),
      reference: { name: 'the same straight from the model', value: median(straight), rounds: straight },
    },
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

const promptOf = (app: string): string => `Eight files for ${app}`

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
