import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request as startRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { assert, must } from '@overskill/protocol'

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
  page(host: string): Promise<{ status: number; body: string }>
  /** As Ctrl-C does. Resolves to how long it took; rejects when it ended badly. Once. */
  stop(): Promise<number>
}

export type ProductOptions = {
  /** Made and removed by the caller; see `withDataDir`. */
  dataDir: string
  env?: Record<string, string>
  command?: readonly [string, ...string[]]
}

const program = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url))
const readyLimitMs = 90_000
const stopLimitMs = 20_000
const callLimitMs = 60_000

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

/** Starts the program with nothing of our environment but PATH, and waits until it is healthy. */
export async function startProduct({ dataDir, env, command }: ProductOptions): Promise<Product> {
  const port = await freePort()
  const [file, ...args] = command ?? [process.execPath, program]
  const startedAt = performance.now()
  const child = spawn(file, args, {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), PORT: String(port), OVERSKILL_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  const stop = (): Promise<number> => interrupt(child, () => said)
  try {
    await untilHealthy(port, child)
  } catch (error) {
    if (child.exitCode === null) await stop().catch(() => undefined) // the first error is the one to tell
    throw new Error(`The product did not start: ${said}`, { cause: error })
  }
  const healthyMs = performance.now() - startedAt
  return {
    port,
    pid: must(child.pid, 'The process'),
    dataDir,
    healthyMs,
    stop,
    page: (host) => send(port, { method: 'GET', path: '/', host: `${host}.localhost:${port}` }),
    async call(method, path, body) {
      const answer = await send(port, { method, path, host: `localhost:${port}`, body })
      assert(answer.status < 300, `${method} ${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`)
      return JSON.parse(answer.body) as unknown
    },
  }
}

async function untilHealthy(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyLimitMs
  for (;;) {
    const answer = await send(port, { method: 'GET', path: '/api/health', host: `localhost:${port}` }).catch(
      () => nobody,
    )
    if (answer.status === 200) return
    assert(child.exitCode === null, `It ended with ${child.exitCode}`)
    assert(Date.now() < deadline, `It is not healthy after ${readyLimitMs} ms: ${answer.body}`)
    await delay(10)
  }
}

/** While nothing listens yet. */
const nobody = { status: 0, body: 'no answer' }

async function interrupt(child: ChildProcess, said: () => string): Promise<number> {
  assert(child.exitCode === null, `It had ended by itself with ${child.exitCode}: ${said()}`)
  const from = performance.now()
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(stopLimitMs) })
  child.kill('SIGINT')
  const [code] = (await exited.catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })) as [number | null]
  assert(code === 0, `It ended with ${code}: ${said()}`)
  return performance.now() - from
}

type Sent = { method: string; path: string; host: string; body?: unknown }

function send(port: number, { method, path, host, body }: Sent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? undefined : JSON.stringify(body)
    const headers = { host, ...(json !== undefined && { 'content-type': 'application/json' }) }
    const sent = startRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.setTimeout(callLimitMs, () => sent.destroy(new Error(`${method} ${path}: no answer in ${callLimitMs} ms`)))
    sent.end(json)
  })
}

/** A port that nobody listens at just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
