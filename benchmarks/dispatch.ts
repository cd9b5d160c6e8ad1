import { setTimeout as delay } from 'node:timers/promises'
import { App, assert } from '@overskill/protocol'
import { type AppWatch, watchApp } from './app-watch.ts'
import { type Figure, judge, median } from './figure.ts'
import { type Product, withProduct } from './product.ts'
import { startRedis } from './redis-server.ts'
import { besideCommit, openReferences, type ReferenceRound } from './references.ts'
import { startTimedModel } from './timed-model.ts'

const rounds = 5

type Launches = { local: number[]; redis: number[]; lost: number[] }

/**
 * From the event that a turn waits to the event that it runs, both as a client gets them: the wake-up, the claim and its commit.
 * In process, over Redis, and from the moment at which Redis was killed.
 */
export async function measureDispatch({ short = false } = {}): Promise<Figure[]> {
  const each = short ? 6 : 20
  const model = await startTimedModel(() => (reply) => {
    reply.stop(reply.text())
    reply.end()
  })
  const redis = await startRedis()
  const beside: ReferenceRound[] = []
  const launches: Launches = { local: [], redis: [], lost: [] }
  try {
    await withProduct(model.env, (local) =>
      withProduct({ ...model.env, REDIS_URL: redis.url }, async (remote) => {
        const references = await openReferences(local.dataDir)
        const [here, there] = [await openChat(local), await openChat(remote)]
        for (const chat of [here, there]) await measureLaunches(chat, 3) // compiles
        for (let round = 0; round < rounds; round += 1) {
          await untilDispatch(remote, 'ok')
          beside.push(await references.measure())
          launches.local.push(median(await measureLaunches(here, each)))
          launches.redis.push(median(await measureLaunches(there, each)))
          await redis.kill()
          launches.lost.push(median(await measureLaunches(there, each)))
          await redis.start()
        }
        await references.close()
      }),
    )
  } finally {
    await redis.kill()
    await model.close()
  }
  return figuresOf(launches, beside, rounds * each)
}

function figuresOf(launches: Launches, beside: readonly ReferenceRound[], samples: number): Figure[] {
  const figure = (name: string, target: number, own: number[]): Figure =>
    judge({ name, target, unit: 'ms', rounds: own, samples, beside: besideCommit(beside) })
  return [
    figure('a turn waits → it runs, in process, p50', 3, launches.local),
    figure('a turn waits → it runs, over Redis, p50', 6, launches.redis),
    figure('a turn waits → it runs, Redis just lost, p50', 10, launches.lost),
  ]
}

type Chat = { product: Product; app: string; watch: AppWatch }

async function openChat(product: Product): Promise<Chat> {
  const { app } = (await product.call('POST', '/api/apps', { name: 'Launch' })) as { app: unknown }
  const { id } = App.parse(app)
  return { product, app: id, watch: await watchApp(product.port, id) }
}

/** In ms, one turn after the other. */
async function measureLaunches({ product, app, watch }: Chat, count: number): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const waits = watch.next(({ type }) => type === 'turn.queued')
    const runs = watch.next(({ type }) => type === 'turn.started')
    const ends = watch.next(({ type }) => type === 'turn.completed')
    await product.call('POST', `/api/apps/${app}/messages`, { text: 'Say nothing', mode: 'chat' })
    found.push((await runs).at - (await waits).at)
    await ends
  }
  return found
}

async function untilDispatch(product: Product, status: string): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const { checks } = (await product.call('GET', '/api/health')) as { checks: { dispatch: { status: string } } }
    if (checks.dispatch.status === status) return
    assert(Date.now() < deadline, `Dispatch is ${checks.dispatch.status} and not ${status}`)
    await delay(50)
  }
}

if (import.meta.main) console.table(await measureDispatch({ short: true }))
