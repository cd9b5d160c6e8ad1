import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, must } from '@overskill/protocol'
import { freePort, send, startProgram, untilHealthy, type Answer, type Program } from './program.ts'

/** The product as its users run it: a process of its own, a port, a data dir. */
export type Product = {
  port: number
  pid: number
  dataDir: string
  /** From the start of the process to the first healthy answer. */
  healthyMs: number
  /** A call with a JSON body and a JSON answer. Rejects when it is refused. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  /** A GET at an app's host, by its name without the domain. */
  page(host: string): Promise<Answer>
  /** As Ctrl-C does. Resolves to how long it took; rejects when it ended badly. Once. */
  stop(): Promise<number>
}

export type ProductOptions = {
  /** Made and removed by the caller; see `withDataDir`. */
  dataDir: string
  env?: Record<string, string>
  command?: readonly [string, ...string[]]
}

const readyLimitMs = 90_000
const stopLimitMs = 20_000

/** Runs `work` with a fresh, empty data dir, which is gone afterwards. */
export async function withDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'bench-product-'))
  try {
    return await work(join(parent, 'data'))
  } finally {
    await rm(parent, { recursive: true, force: true })
  }
}

/** Runs `work` with a running product on a fresh data dir. */
export const withProduct = <T>(env: Record<string, string>, work: (product: Product) => Promise<T>): Promise<T> =>
  withDataDir(async (dataDir) => {
    const product = await startProduct({ dataDir, env })
    let result: T
    try {
      result = await work(product)
    } catch (error) {
      await product.stop().catch(() => undefined) // the first error is the one to tell
      throw error
    }
    await product.stop()
    return result
  })

/** Starts the program and waits until it is healthy. */
export async function startProduct({ dataDir, env, command }: ProductOptions): Promise<Product> {
  const port = await freePort()
  const startedAt = performance.now()
  const program = startProgram({ port, dataDir, env, command })
  const stop = (): Promise<number> => interrupt(program)
  try {
    await untilHealthy(program, port, readyLimitMs)
  } catch (error) {
    if (program.isUp()) await stop().catch(() => undefined) // the first error is the one to tell
    throw new Error('The product did not start', { cause: error })
  }
  const healthyMs = performance.now() - startedAt
  return {
    port,
    pid: must(program.child.pid, 'The process'),
    dataDir,
    healthyMs,
    stop,
    page: (host) => send(port, { method: 'GET', path: '/', host: `${host}.localhost:${port}` }),
    async call(method, path, json) {
      const answer = await send(port, { method, path, json })
      assert(answer.status < 300, `${method} ${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`)
      return JSON.parse(answer.body) as unknown
    },
  }
}

async function interrupt(program: Program): Promise<number> {
  const { child } = program
  assert(program.isUp(), `It had ended by itself with ${child.exitCode}: ${program.said()}`)
  const from = performance.now()
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(stopLimitMs) })
  child.kill('SIGINT')
  const [code] = (await exited.catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })) as [number | null]
  assert(code === 0, `It ended with ${code}: ${program.said()}`)
  return performance.now() - from
}
