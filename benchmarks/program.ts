import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request as startRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { assert } from '@overskill/protocol'

/** One run of the program, as its users start it. Whoever started it ends it. */
export type Program = {
  child: ChildProcess
  isUp(): boolean
  /** The last of what it has printed. */
  said(): string
}

export type ProgramOptions = {
  port: number
  dataDir: string
  env?: Record<string, string> | undefined
  /** The server from its source unless told. */
  command?: readonly [string, ...string[]] | undefined
}

const server = new URL('../packages/server/src/', import.meta.url)
/** As `bin/start` calls it. */
const program = ['--import', new URL('life/load-commonjs.ts', server).href, fileURLToPath(new URL('main.ts', server))]
const compileCache = fileURLToPath(new URL('../.runtime/compile-cache', import.meta.url))

/** Starts it with nothing of our environment but PATH. */
export function startProgram({ port, dataDir, env, command }: ProgramOptions): Program {
  const [file, ...args] = command ?? [process.execPath, ...program]
  const child = spawn(file, args, {
    cwd: tmpdir(),
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: tmpdir(), NODE_COMPILE_CACHE: compileCache },
      ...{ PORT: String(port), OVERSKILL_DATA_DIR: dataDir, ...env },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  return { child, isUp: () => child.exitCode === null && child.signalCode === null, said: () => said }
}

/** Waits until it says that it is well. Rejects with what it printed when it ends, or is not well within `limitMs`. */
export async function untilHealthy(program: Program, port: number, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const { status } = await send(port, { method: 'GET', path: '/api/health' }).catch(() => ({ status: 0 }))
    if (status === 200) return
    assert(program.isUp(), `The program ended: ${program.said()}`)
    assert(Date.now() < deadline, `It is not healthy after ${limitMs} ms: ${program.said()}`)
    await delay(10)
  }
}

export type Answer = { status: number; body: string }

export type Sent = {
  method: string
  path: string
  /** The studio's unless told. */
  host?: string
  json?: unknown
  /** The `Idempotency-Key`. */
  key?: string
  limitMs?: number
}

/** A request to the port. Rejects when there is no answer within `limitMs`. */
export function send(port: number, { method, path, host, json, key, limitMs = 60_000 }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: host ?? `localhost:${port}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    const sent = startRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.setTimeout(limitMs, () => sent.destroy(new Error(`${method} ${path}: no answer in ${limitMs} ms`)))
    sent.end(json === undefined ? undefined : JSON.stringify(json))
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
