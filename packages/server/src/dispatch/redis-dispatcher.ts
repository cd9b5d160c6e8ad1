import { type ConnectionOptions, Queue, Worker } from 'bullmq'
import { within } from '../within.ts'
import type { RedisLink } from '../redis/redis-link.ts'
import type { Dispatcher } from './dispatcher.ts'
import { createInProcessDispatcher } from './in-process-dispatcher.ts'
import { type QueueName, Wakeup } from './wakeup.ts'

export type RedisDispatcherOptions = { link: RedisLink; onError: (error: unknown) => void }

/** Redis that has not acknowledged a wake-up after this long may do so later; the wake-up is taken here as well. */
const hedgeMs = 40
const closeLimitMs = 500

/**
 * How jobs are taken. One lasts as long as a claim, some ms; a worker that dies between the two is noticed within 3 s. With
 * the defaults it would be a minute.
 */
const workerOptions = {
  concurrency: 16,
  lockDuration: 2_000,
  stalledInterval: 1_000,
  maxStalledCount: 3,
  runRetryDelay: 500,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
}

const away = {
  status: 'degraded' as const,
  detail: 'Redis does not answer: work starts in the process that is asked. It goes on by itself when Redis is back.',
}

/** More than this many wake-ups that could not be sent are left to those who look by themselves. */
const keptUnsent = 1_000

/**
 * Wake-ups by BullMQ on Redis: one of the processes that serve the queue gets each. While Redis is away they are taken here,
 * in no time; those of queues that this process does not serve are sent when Redis is back, and until then those who serve
 * look for themselves twice a second.
 */
export function createRedisDispatcher({ link, onError }: RedisDispatcherOptions): Dispatcher {
  const local = createInProcessDispatcher(onError)
  const producers = createProducers(link)
  const workers: Worker[] = []
  const unsent = new Map<string, Wakeup>()

  const takeHere = (wakeup: Wakeup): void => {
    local.wake(wakeup)
    if (!local.served().includes(wakeup.queue) && unsent.size < keptUnsent) unsent.set(JSON.stringify(wakeup), wakeup)
  }
  const send = async (wakeup: Wakeup): Promise<void> => {
    const late = setTimeout(() => local.wake(wakeup), hedgeMs)
    const isSent = await producers.add(wakeup).finally(() => clearTimeout(late))
    if (isSent) return
    link.suspect()
    takeHere(wakeup)
  }
  link.onRound((state) => {
    void local.look()
    if (state === 'away') return
    const kept = [...unsent.values()]
    unsent.clear()
    for (const wakeup of kept) void send(wakeup)
  })

  let retiring: Promise<void> | undefined
  const endAll = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => endWorker(worker, link)))
    await local.retire()
  }
  const retire = (): Promise<void> => (retiring ??= endAll())
  return {
    wake(wakeup) {
      if (link.isAway()) takeHere(wakeup)
      else void send(wakeup)
    },
    serve(queue, serving) {
      local.serve(queue, serving)
      workers.push(openWorker(queue, link, (wakeup) => local.take(wakeup)))
    },
    served: () => local.served(),
    async unserved() {
      const elsewhere = (await local.unserved()).map(async (queue) => ({
        queue,
        count: await producers.workers(queue),
      }))
      return (await Promise.all(elsewhere)).filter(({ count }) => count === 0).map(({ queue }) => queue)
    },
    check: () => (link.isAway() ? away : { status: 'ok', detail: 'Redis' }),
    retire,
    async close() {
      await retire()
      await producers.close()
    },
  }
}

/** The sending ends of the queues. A queue of BullMQ that met no Redis when it was made never works: it is made when there is one. */
function createProducers(link: RedisLink) {
  const made = new Map<QueueName, Queue>()
  const open = (name: QueueName): Queue => {
    const queue = made.get(name) ?? openQueue(name, link)
    made.set(name, queue)
    return queue
  }
  return {
    /** Whether Redis has it. Never rejects. */
    async add(wakeup: Wakeup): Promise<boolean> {
      const queue = open(wakeup.queue)
      try {
        await queue.add('wake', wakeup)
        return true
      } catch {
        if (made.get(wakeup.queue) === queue) made.delete(wakeup.queue)
        void closeSoon(queue.close()) // its listeners are on the connection that all share
        return false
      }
    },
    /** How many processes serve a queue. Rejects while Redis does not say. */
    workers: (name: QueueName): Promise<number> => open(name).getWorkersCount(),
    close: () => Promise.all([...made.values()].map((queue) => closeSoon(queue.close()))),
  }
}

/** BullMQ names the options of several drivers' connections; ours is one of ioredis. */
const asConnection = (connection: object): ConnectionOptions => connection as ConnectionOptions

function openQueue(name: QueueName, { commands, prefix }: RedisLink): Queue {
  const queue = new Queue(name, {
    connection: asConnection(commands),
    prefix,
    skipWaitingForReady: true,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  })
  return queue.on('error', () => {}) // the link says that Redis is away
}

function openWorker(name: QueueName, link: RedisLink, take: (wakeup: Wakeup) => Promise<void>): Worker {
  const connection = link.listener()
  const worker = new Worker(
    name,
    async (job) => {
      const wakeup = Wakeup.safeParse(job.data)
      if (wakeup.success) await take(wakeup.data) // what is no wake-up of ours starts nothing
    },
    { ...workerOptions, connection: asConnection(connection), prefix: link.prefix },
  )
  worker.on('closed', () => connection.disconnect())
  return worker.on('error', () => {}) // as above; a job that could not be ended is given again, and finds nothing to do
}

/** Those under way end first, where Redis answers. */
const endWorker = (worker: Worker, link: RedisLink): Promise<void> => closeSoon(worker.close(link.isAway()))

/** What Redis does not answer any more is not waited for. */
const closeSoon = (closing: Promise<void>): Promise<void> =>
  within(
    closeLimitMs,
    closing.catch(() => undefined),
  )
