import { setTimeout as delay } from 'node:timers/promises'
import { App, assert, must } from '@overskill/protocol'
import { watchApp, type AppWatch, type Seen } from './app-watch.ts'
import { judge, quantile, type Figure } from './figure.ts'
import { withProduct, type Product } from './product.ts'
import { besideCommit, besideEcho, openReferences, type ReferenceRound } from './references.ts'
import { startTimedModel, type Reply, type TimedModel } from './timed-model.ts'

const rounds = 5
const callsAtOnce = 8
const deltaCharacters = 9

/** How much a round holds. With `short` there are fewer samples than a percentile should have. */
const sizesOf = (short: boolean) =>
  short ? { steps: 2, bursts: 2, texts: 12, deltas: 15 } : { steps: 6, bursts: 6, texts: 42, deltas: 15 }

type Sizes = ReturnType<typeof sizesOf>

/** When the model had written something, and what of it the page then saw. Times on `performance.now()`. */
type Sent = {
  /** By file path: the end of each call's block. */
  stops: Map<string, { at: number; burst: boolean }>
  /** By the text block's place among all text blocks of the turn. */
  texts: { offset: number; length: number; at: number }[][]
}

/** One round's samples, in ms. */
type Round = { calls: number[]; bursts: number[]; status: number[]; first: number[]; any: number[] }

/**
 * A real server, a model whose writes are timed here, and a client on the event stream, also here. All times end when the client
 * has the event, so "committed" is measured late, by the wake-up and the way to the client. Both processes share the machine's clock.
 */
export async function measureTurnLatency({ short = false } = {}): Promise<Figure[]> {
  const model = await startTimedModel()
  try {
    return await withProduct(model.env, async (product) => {
      const references = await openReferences(product.dataDir)
      try {
        const beside: ReferenceRound[] = []
        const measured: Round[] = []
        const { app } = (await product.call('POST', '/api/apps', { name: 'Bench' })) as { app: unknown }
        const { id } = App.parse(app)
        await measureTurn(product, model, id, { steps: 1, bursts: 1, texts: 2, deltas: 3 }) // compiles, builds packages
        for (let round = 0; round < rounds; round += 1) {
          beside.push(await references.measure())
          measured.push(await measureTurn(product, model, id, sizesOf(short)))
        }
        return figuresOf(measured, beside)
      } finally {
        await references.close()
      }
    })
  } finally {
    await model.close()
  }
}

function figuresOf(measured: readonly Round[], beside: readonly ReferenceRound[]): Figure[] {
  const figure = (
    name: string,
    pick: (round: Round) => number[],
    share: number,
    target: number,
    by: typeof besideCommit,
    note: string,
  ): Figure =>
    judge({
      name,
      target,
      unit: 'ms',
      rounds: measured.map((round) => quantile(pick(round), share)),
      samples: measured.reduce((sum, round) => sum + pick(round).length, 0),
      beside: by(beside),
      note,
    })
  const toClient = 'from the write by the model to the arrival at the client'
  return [
    figure('block stop → tool.running, 8 calls, p99', ({ calls }) => calls, 0.99, 20, besideCommit, toClient),
    figure('the same, all 8 in one write, p99', ({ bursts }) => bursts, 0.99, 20, besideCommit, toClient),
    figure(
      'status change → SSE client, p95',
      ({ status }) => status,
      0.95,
      20,
      besideEcho,
      'from the stored time, which is before the commit; both clocks in whole ms',
    ),
    figure('first delta → SSE client, p95', ({ first }) => first, 0.95, 20, besideEcho, toClient),
    figure('any delta → SSE client, p95', ({ any }) => any, 0.95, 60, besideEcho, toClient),
  ]
}

async function measureTurn(product: Product, model: TimedModel, app: string, sizes: Sizes): Promise<Round> {
  const watch = await watchApp(product.port, app)
  const sent: Sent = { stops: new Map(), texts: [] }
  const mark = String(Math.round(performance.now()))
  try {
    for (let step = 0; step < sizes.steps + sizes.bursts; step += 1) {
      model.script((reply) => writeCalls(reply, sent, `${mark}-${step}`, step >= sizes.steps))
    }
    model.script((reply) => writeTexts(reply, sent, sizes))
    const ended = watch.next(({ type }) => /^turn\.(?:completed|failed|stopped)$/.test(type))
    await product.call('POST', `/api/apps/${app}/messages`, { text: `Write files, ${mark}` })
    const { event } = await Promise.race([ended, model.failed])
    assert(event.type === 'turn.completed', `The turn completes: ${JSON.stringify(event)}`)
    return { ...callTimes(watch, sent), status: statusTimes(watch), ...deltaTimes(watch, sent) }
  } finally {
    watch.close()
  }
}

/** Eight files in one reply. As a model writes them, one after the other in pieces; or all in one write to the socket. */
async function writeCalls(reply: Reply, sent: Sent, mark: string, burst: boolean): Promise<void> {
  for (let call = 0; call < callsAtOnce; call += 1) {
    const path = `src/bench/file-${call}.ts`
    const key = `${path} ${mark}`
    const content = `export const mark = '${mark}'\n${'export const line = () => 42 // as long as lines are\n'.repeat(8)}`
    const input = JSON.stringify({ file_path: path, content: `// ${key}\n${content}` })
    const index = reply.tool('os-write')
    for (let at = 0; at < input.length; at += 80) {
      reply.delta(index, input.slice(at, at + 80))
      if (!burst) await delay(5)
    }
    sent.stops.set(key, { at: reply.stop(index), burst })
  }
  if (!burst) await delay(5)
  reply.end()
}

async function writeTexts(reply: Reply, sent: Sent, { texts, deltas }: Sizes): Promise<void> {
  for (let text = 0; text < texts; text += 1) {
    const index = reply.text()
    const pieces = Array.from({ length: deltas }, (_, piece) => `w${piece} `.padEnd(deltaCharacters, 'o'))
    const times: Sent['texts'][number] = []
    sent.texts.push(times)
    for (const [place, piece] of pieces.entries()) {
      const at = reply.delta(index, piece)
      times.push({ offset: place * deltaCharacters, length: piece.length, at })
      await delay(8)
    }
    reply.stop(index)
    await delay(10)
  }
  reply.end()
}

/** From each block's end to its `tool.running`. The call is known by the file in the input that `tool.queued` shows. */
function callTimes({ seen }: AppWatch, sent: Sent): Pick<Round, 'calls' | 'bursts'> {
  const keys = new Map<string, string>()
  const times: Pick<Round, 'calls' | 'bursts'> = { calls: [], bursts: [] }
  for (const { event, at } of seen) {
    if (event.type === 'tool.queued') {
      const { content } = event.input as { content: string }
      keys.set(event.call, must(/^\/\/ (.*)$/m.exec(content)?.[1], 'The mark of a call'))
    }
    if (event.type !== 'tool.running') continue
    const stop = must(sent.stops.get(keys.get(event.call) ?? ''), `The end of ${event.call}`)
    times[stop.burst ? 'bursts' : 'calls'].push(at - stop.at)
  }
  assert(times.calls.length + times.bursts.length === sent.stops.size, 'Every call was seen running')
  return times
}

const growing = new Set(['text.delta', 'thinking.delta', 'tool.input'])

/** Everything but growing text: blocks, calls, steps, files, versions, builds, deployments, the turn itself. */
const statusTimes = ({ seen }: AppWatch): number[] =>
  seen.filter(({ event }) => !growing.has(event.type)).map(({ event, wallAt }) => wallAt - Date.parse(event.at))

/** For each piece that the model wrote: when the event came that holds its last character. */
function deltaTimes({ seen }: AppWatch, sent: Sent): Pick<Round, 'first' | 'any'> {
  const [first, any]: [number[], number[]] = [[], []]
  const places: number[] = []
  for (const { event, at } of seen as (Seen & { event: { type: string } })[]) {
    if (event.type !== 'text.delta') continue
    if (!places.includes(event.block)) places.push(event.block)
    const pieces = must(sent.texts[places.indexOf(event.block)], `Text block ${event.block}`)
    const end = event.offset + event.text.length
    for (const piece of pieces) {
      if (piece.offset < event.offset || piece.offset + piece.length > end) continue
      any.push(at - piece.at)
      if (piece.offset === 0) first.push(at - piece.at)
    }
  }
  assert(any.length === sent.texts.flat().length, 'Every piece was seen once')
  return { first, any }
}

if (import.meta.main) console.table(await measureTurnLatency({ short: true }))
