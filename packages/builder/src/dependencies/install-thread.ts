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
/** Beyond a job's own limit: a thread that does not answer by then hangs, and is ended. */
const GRACE_MS = 3_000
const HEAP_MB = 1_024

type Waiting = { settle: (outcome: Outcome<unknown>) => void; onProgress: ThreadWork['onProgress'] }
type Asked = Omit<Extract<ToThread, { kind: 'install' }>, 'id'> | Omit<Extract<ToThread, { kind: 'resolve' }>, 'id'>

export function createInstallThread(options: InstallThreadOptions, log: BuildLog): InstallThread {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let nextId = 1

  const end = async (): Promise<void> => {
    const ended = worker
    worker = null
    clearTimeout(idle)
    for (const { settle } of waiting.values()) settle(fail('build_failed', 'The installer ended unexpectedly.'))
    waiting.clear()
    await ended?.terminate()
  }
  const start = (): Worker => {
    const started = new Worker(new URL('./install-thread-main.ts', import.meta.url), {
      workerData: options,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    started.unref()
    started.on('message', (message: FromThread) => hear(message, waiting, log))
    started.on('error', (error) => log.error('The thread that installs packages failed', { error }))
    started.on('exit', () => {
      if (worker === started) void end()
    })
    return started
  }
  const ask = async (message: Asked, work: ThreadWork): Promise<Outcome<unknown>> => {
    if (work.signal.aborted) return stopped
    clearTimeout(idle)
    worker ??= start()
    const to = worker
    const id = nextId++
    const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>()
    waiting.set(id, { settle: resolve, onProgress: work.onProgress })
    const hangs = setTimeout(() => void end(), work.limitMs + GRACE_MS)
    const tooSlow: { timer?: NodeJS.Timeout } = {}
    const stop = (): void => {
      to.postMessage({ id, kind: 'stop' } satisfies ToThread)
      tooSlow.timer = setTimeout(() => void end(), GRACE_MS)
    }
    work.signal.addEventListener('abort', stop, { once: true })
    to.postMessage({ ...message, id } satisfies ToThread)
    const outcome = await promise
    waiting.delete(id)
    clearTimeout(hangs)
    clearTimeout(tooSlow.timer)
    work.signal.removeEventListener('abort', stop)
    if (waiting.size === 0) idle = setTimeout(() => void end(), IDLE_MS).unref()
    return outcome
  }
  return {
    install: async (job, work) =>
      (await ask({ kind: 'install', job, limitMs: work.limitMs }, work)) as Outcome<undefined>,
    resolve: async (requests, allowNew, work) =>
      (await ask({ kind: 'resolve', requests, allowNew }, work)) as Outcome<{ name: string; range: string }[]>,
    close: end,
  }
}

const stopped = fail('build_failed', 'Adding packages was stopped.')

function hear(message: FromThread, waiting: ReadonlyMap<number, Waiting>, log: BuildLog): void {
  const asked = waiting.get(message.id)
  if (message.kind === 'progress') return asked?.onProgress?.(message.progress)
  if (message.kind === 'ended') return asked?.settle(message.outcome)
  log.error('Installing packages failed', { detail: message.detail })
  asked?.settle(fail('build_failed', 'The packages could not be installed. The details are in the log.'))
}
