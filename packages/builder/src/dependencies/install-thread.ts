import { Worker } from 'node:worker_threads'
import { fail, type InstallProgress, type Outcome } from '@overskill/protocol'
import type { BuildLog } from '../log.ts'
import type { FromThread, InstallThreadOptions, ToThread } from './install-messages.ts'
import type { InstallJob } from './installer.ts'

export type ThreadWork = { signal: AbortSignal; limitMs: number; onProgress?: (progress: InstallProgress) => void }

/** The thread that installs: started when it is needed, ended when nobody needed it for a while. */
export type InstallThread = {
  install(job: InstallJob, work: ThreadWork): Promise<Outcome<undefined>>
  resolve(
    requests: readonly string[],
    allowNew: readonly string[],
    work: ThreadWork,
  ): Promise<Outcome<{ name: string; range: string }[]>>
  close(): Promise<void>
}

const IDLE_MS = 5 * 60_000
/** Beyond a job's own limit: one that has not answered by then hangs, and is given up. */
const GRACE_MS = 3_000
const HEAP_MB = 1_024

type Waiting = { settle: (outcome: Outcome<unknown>) => void; onProgress: ThreadWork['onProgress'] }
type Asked = Omit<Extract<ToThread, { kind: 'install' }>, 'id'> | Omit<Extract<ToThread, { kind: 'resolve' }>, 'id'>

/** A worker and who waits for it. A retired one gets no new work, and ends when nobody waits any more. */
type Running = { worker: Worker; waiting: Map<number, Waiting> }

export function createInstallThread(options: InstallThreadOptions, log: BuildLog): InstallThread {
  let current: Running | null = null
  const retired = new Set<Running>()
  let idle: NodeJS.Timeout | undefined
  let nextId = 1

  const end = async (running: Running): Promise<void> => {
    if (current === running) current = null
    retired.delete(running)
    for (const { settle } of running.waiting.values()) settle(fail('build_failed', 'The installer ended unexpectedly.'))
    running.waiting.clear()
    await running.worker.terminate()
  }
  /** One job hangs in it: others may go on there, new ones go to a new worker. */
  const retire = (running: Running): void => {
    if (current === running) current = null
    retired.add(running)
    endIfIdle(running)
  }
  const endIfIdle = (running: Running): void => {
    if (running.waiting.size > 0) return
    if (retired.has(running)) void end(running)
    else idle = setTimeout(() => void end(running), IDLE_MS).unref()
  }
  const start = (): Running => {
    const running: Running = { worker: startWorker(options), waiting: new Map() }
    running.worker.on('message', (message: FromThread) => hear(message, running.waiting, log))
    running.worker.on('error', (error) => log.error('The thread that installs packages failed', { error }))
    running.worker.on('exit', () => void end(running))
    return running
  }
  const ask = async (message: Asked, work: ThreadWork): Promise<Outcome<unknown>> => {
    if (work.signal.aborted) return stopped
    clearTimeout(idle)
    const running = (current ??= start())
    const outcome = await askWorker(running, { ...message, id: nextId++ }, work, () => retire(running))
    endIfIdle(running)
    return outcome
  }
  return {
    install: async (job, work) =>
      (await ask({ kind: 'install', job, limitMs: work.limitMs }, work)) as Outcome<undefined>,
    resolve: async (requests, allowNew, work) =>
      (await ask({ kind: 'resolve', requests, allowNew }, work)) as Outcome<{ name: string; range: string }[]>,
    async close() {
      clearTimeout(idle)
      await Promise.all([...retired, ...(current ? [current] : [])].map(end))
    },
  }
}

/** Waits for the worker's answer, and a little longer than the job may take: then it hangs, and `onHang` hears of it. */
async function askWorker(
  { worker, waiting }: Running,
  message: Exclude<ToThread, { kind: 'stop' }>,
  work: ThreadWork,
  onHang: () => void,
): Promise<Outcome<unknown>> {
  const { id } = message
  const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>()
  waiting.set(id, { settle: resolve, onProgress: work.onProgress })
  const giveUp = (outcome: Outcome<never>) => (): void => {
    resolve(outcome)
    waiting.delete(id)
    onHang()
  }
  const timers = [setTimeout(giveUp(tooLong), work.limitMs + GRACE_MS)]
  const stop = (): void => {
    worker.postMessage({ id, kind: 'stop' } satisfies ToThread)
    timers.push(setTimeout(giveUp(stopped), GRACE_MS))
  }
  work.signal.addEventListener('abort', stop, { once: true })
  worker.postMessage(message)
  const outcome = await promise
  waiting.delete(id)
  timers.forEach((timer) => clearTimeout(timer))
  work.signal.removeEventListener('abort', stop)
  return outcome
}

function startWorker(options: InstallThreadOptions): Worker {
  const worker = new Worker(new URL('./install-thread-main.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  worker.unref()
  return worker
}

const tooLong = fail('build_failed', 'Adding packages took too long, so it was given up. Try again.')
const stopped = fail('build_failed', 'Adding packages was stopped.')

function hear(message: FromThread, waiting: ReadonlyMap<number, Waiting>, log: BuildLog): void {
  const asked = waiting.get(message.id)
  if (message.kind === 'progress') return asked?.onProgress?.(message.progress)
  if (message.kind === 'ended') return asked?.settle(message.outcome)
  log.error('Installing packages failed', { detail: message.detail })
  asked?.settle(fail('build_failed', 'The packages could not be installed. The details are in the log.'))
}
