import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '@overskill/protocol'
import { createApi, type Api } from './api.ts'
import { killNow, processesOf, type Seen } from './processes.ts'
import { startProgram, type Program } from './program.ts'

/** The product as a person runs it: a process of its own on a data dir and a port of its own. Disposing ends all of it. */
export type RunningServer = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly api: Api
  /** What the present run has printed. */
  said(): string
  /** The present run's processes. */
  processes(): Seen[]
  /** Asks it to stop as Ctrl-C does. */
  stop(): Promise<{ code: number; ms: number }>
  /** Ends the one process without a word, as a power cut would; what it started is left to itself. */
  kill9(): Promise<void>
  /** Starts it again on the same data dir and port. Returns the ms until it is healthy. */
  start(env?: Record<string, string>): Promise<number>
}

export type ServerOptions = {
  env?: Record<string, string>
  /** Where everything lasts; a folder of the temp dir unless told. It is removed in the end either way. */
  dataDir?: string
}

const startLimitMs = 60_000

export async function startServer({ env = {}, dataDir: given }: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'overskill-e2e-')))
  const port = await freePort()
  const api = createApi(port)
  let program: Program | undefined
  const current = (): Program => must(program, 'A run of the server')
  const endAll = (): void => {
    for (const { pid } of processesOf(program?.pid, dataDir)) killNow(pid)
  }
  process.once('exit', endAll)

  const server: RunningServer = {
    url: `http://localhost:${port}`,
    port,
    dataDir,
    api,
    said: () => current().said(),
    processes: () => processesOf(current().pid, dataDir),
    async stop() {
      const began = performance.now()
      current().signal('SIGINT')
      const code = await current().ended
      return { code, ms: performance.now() - began }
    },
    async kill9() {
      current().signal('SIGKILL')
      await current().ended
    },
    async start(more = {}) {
      const began = performance.now()
      program = startProgram({ PORT: String(port), OVERSKILL_DATA_DIR: dataDir, ...env, ...more })
      await healthy(api, program)
      return performance.now() - began
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', endAll)
      program?.signal('SIGKILL')
      await program?.ended
      endAll()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  await server.start()
  return server
}

/** Waits until it says that it is well, or throws with what it printed. */
async function healthy(api: Api, program: Program): Promise<void> {
  const limit = AbortSignal.timeout(startLimitMs)
  let gone: number | undefined
  void program.ended.then((code) => (gone = code))
  while (!limit.aborted && gone === undefined) {
    const answer = await api.send('/api/health').catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  program.signal('SIGKILL')
  throw new Error(`The server ${gone === undefined ? 'is not well' : `ended with ${gone}`}: ${program.said()}`)
}

/** A port that nobody listens at just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
    probe.on('error', reject)
  })
}
