import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fromWire } from '@overskill/protocol'
import { createApp } from './bench-app.ts'
import { judge, quantile, type Figure } from './figure.ts'
import { ownCpu } from './process-cpu.ts'
import { memoryOfTree } from './process-memory.ts'
import { withProduct, type Product } from './product.ts'
import { createSseReader } from './sse-frames.ts'
import { agesIn, every, writeStamped } from './stamped-text.ts'
import { startTimedModel, type Reply } from './timed-model.ts'

const wordEveryMs = 12 // 80 words a second, as a fast model writes

/** A thousand pages on one app while a model writes, one of which reads nothing; and what one delta costs the server. */
export async function measureEventClients({ short = false } = {}): Promise<Figure[]> {
  const sizes = short ? { clients: 100, words: 200, deltas: 4_000 } : { clients: 1_000, words: 500, deltas: 20_000 }
  const scripts: ((reply: Reply) => Promise<void>)[] = []
  const model = await startTimedModel(() => scripts.shift() ?? ((reply) => writeWords(reply, 1)))
  try {
    return await withProduct(model.env, async (product) => {
      const app = (await createApp(product, { name: 'Bench' })).id
      const send = (text: string) => product.call('POST', `/api/apps/${app}/messages`, { text, mode: 'chat' })
      scripts.push((reply) => writeBurst(reply, sizes.deltas))
      const cost = await measureDelta(product, app, send, sizes.deltas)
      scripts.push((reply) => writeWords(reply, sizes.words))
      return [cost, ...(await measureClients(product, app, send, sizes))]
    })
  } finally {
    await model.close()
  }
}

type Send = (text: string) => Promise<unknown>

async function measureDelta(product: Product, app: string, send: Send, deltas: number): Promise<Figure> {
  const client = openClient(product.port, app)
  await client.opened
  const before = ownCpu(product.pid)
  await send('Write a lot')
  await client.ended
  const micros = (ownCpu(product.pid) - before) / 1000 / deltas
  client.close()
  return judge({
    name: 'server CPU per model delta (parse → event → SSE)',
    target: 60,
    unit: 'µs',
    rounds: [micros],
    samples: deltas,
    note: 'all of the server process over one turn, its beginning and end included; PostgreSQL not',
  })
}

async function measureClients(
  product: Product,
  app: string,
  send: Send,
  sizes: { clients: number; words: number },
): Promise<Figure[]> {
  const clients = Array.from({ length: sizes.clients }, () => openClient(product.port, app))
  await Promise.all(clients.map(({ opened }) => opened))
  const slow = clients[0]
  slow?.stall()
  const before = memoryOfServer(product)
  await send('Write for a thousand')
  const reading = clients.slice(1)
  await Promise.all(reading.map(({ ended }) => ended))
  const grownMb = (memoryOfServer(product) - before) / 1e6
  clients.forEach((client) => client.close())
  const ages = reading.flatMap((client) => client.ages)
  const lost = reading.reduce((sum, client) => sum + client.gaps + Math.max(0, sizes.words - client.ages.length), 0)
  const figure = (name: string, target: number, unit: string, value: number, note: string): Figure =>
    judge({ name, target, unit, rounds: [value], samples: ages.length, note })
  const who = `${sizes.clients} SSE clients on one app`
  return [
    figure(
      `${who}, delta → client, p95`,
      100,
      'ms',
      quantile(ages, 0.95),
      `p50 ${Math.round(quantile(ages, 0.5))} ms; one client reads nothing`,
    ),
    figure(`${who}, events lost or doubled`, 0, 'events', lost, 'seen by the clients that read'),
    figure(`${who}, memory of the server grown by`, 200, 'MB', grownMb, 'while one client reads nothing'),
  ]
}

const memoryOfServer = ({ pid }: Product): number => memoryOfTree(pid).find((one) => one.pid === pid)?.bytes ?? 0

type EventClient = {
  opened: Promise<void>
  ended: Promise<void>
  ages: number[]
  gaps: number
  stall(): void
  close(): void
}

/** As little as a client can be, so that a thousand of them leave the machine to the server. */
function openClient(port: number, app: string): EventClient {
  const [opened, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const socket: Socket = connect(port, '127.0.0.1')
  socket.write(`GET /api/apps/${app}/events HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`)
  const client: EventClient = {
    ...{ opened: opened.promise, ended: ended.promise, ages: [], gaps: 0 },
    stall: () => void socket.pause(),
    close: () => void socket.destroy(),
  }
  let last = 0
  let at = 0
  const read = createSseReader(({ id, name, data }) => {
    if (id === undefined) return
    if (name !== 'snapshot' && id !== last + 1) client.gaps += 1
    last = id
    if (name === 'snapshot') opened.resolve()
    else if (name === 'text.delta') client.ages.push(...agesOf(name, data, at))
    else if (/^turn\.(completed|failed|stopped)$/.test(name)) ended.resolve()
  })
  socket.on('error', ended.reject)
  socket.setEncoding('utf8').on('data', (text: string) => {
    at = performance.now()
    read(text)
  })
  return client
}

function agesOf(name: string, data: string, at: number): number[] {
  const event = fromWire(name, data)
  return event ? agesIn(event, at) : []
}

async function writeWords(reply: Reply, words: number): Promise<void> {
  await writeStamped(reply, words, every(wordEveryMs))
  reply.end()
}

/** Many deltas in little time: as a model's own pace would only add idle time. */
async function writeBurst(reply: Reply, deltas: number): Promise<void> {
  await writeStamped(reply, deltas, async (delta) => {
    if (delta % 50 === 0) await delay(10)
  })
  reply.end()
}

if (import.meta.main) console.table(await measureEventClients({ short: true }))
