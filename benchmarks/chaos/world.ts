import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { request as startRequest } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { assert, must } from '@overskill/protocol'

/** One server as its users run it. It can die at any time; `port` stays. */
export type Node = {
  readonly port: number
  readonly dataDir: string
  readonly pid: number | undefined
  /** Ends it without a word. What it started is left to itself. */
  kill(): Promise<void>
  /** Starts it again. Resolves once it is healthy. */
  start(): Promise<void>
  isUp(): boolean
}

export type Answer = { status: number; body: string }

/** What the chaos is played on. */
export type World = {
  nodes: readonly Node[]
  /** Where everything lasts; `disk` when it is a file system of its own, which can be filled. */
  dataDir: string
  disk: boolean
  /** The database, where it is not the embedded one. */
  databaseUrl?: string
  /** Every restart: when the process was killed and when its replacement was healthy, in ms since 1970. */
  restarts: { killedAt: number; healthyAt: number }[]
  send(
    node: Node,
    method: string,
    path: string,
    options?: { json?: unknown; key?: string; host?: string },
  ): Promise<Answer>
  close(): Promise<void>
}

const program = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const healthyLimitMs = 60_000
const diskMegabytes = 900

/** One server with the embedded database, on a data dir of its own. */
export async function openWorld(env: Record<string, string>): Promise<World> {
  const parent = await mkdtemp(join(tmpdir(), 'chaos-'))
  const disk = mountDisk(parent)
  const dataDir = join(parent, 'data')
  await mkdir(dataDir)
  const restarts: World['restarts'] = []
  const node = await createNode(dataDir, env, restarts)
  await node.start()
  return {
    nodes: [node],
    dataDir,
    disk,
    restarts,
    send,
    async close() {
      await node.stop()
      if (disk) execFileSync('umount', ['--lazy', parent])
      await rm(parent, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A small file system in memory, where this user may mount one: it can be filled without harm to the machine. */
function mountDisk(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', at], { stdio: 'ignore' })
    return true
  } catch {
    return false // not root, or no such right: the run says that disk-full was left out
  }
}

async function createNode(
  dataDir: string,
  env: Record<string, string>,
  restarts: World['restarts'],
): Promise<Node & { stop(): Promise<void> }> {
  const port = await freePort()
  let child: ChildProcess | undefined
  let killedAt: number | undefined
  let said = ''
  const isUp = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || !isUp()) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return {
    port,
    dataDir,
    get pid() {
      return child?.pid
    },
    isUp,
    async kill() {
      killedAt = Date.now()
      await end('SIGKILL')
    },
    async start() {
      if (isUp()) return
      killedAt ??= child ? Date.now() : undefined
      said = ''
      child = spawn(process.execPath, [program], {
        cwd: tmpdir(),
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: tmpdir(),
          PORT: String(port),
          OVERSKILL_DATA_DIR: dataDir,
          OVERSKILL_LOG: 'warn',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4_000)))
      await untilHealthy(port, isUp, () => said)
      if (killedAt !== undefined) restarts.push({ killedAt, healthyAt: Date.now() })
      killedAt = undefined
    },
    stop: () => end('SIGINT'),
  }
}

async function untilHealthy(port: number, isUp: () => boolean, said: () => string): Promise<void> {
  const limit = Date.now() + healthyLimitMs
  for (;;) {
    const { status } = await send({ port }, 'GET', '/api/health').catch(() => ({ status: 0 }))
    if (status === 200) return
    assert(isUp(), `The server ended: ${said()}`)
    assert(Date.now() < limit, `The server is not healthy: ${said()}`)
    await delay(20)
  }
}

/** A request to a node. Rejects when there is no answer. */
function send(
  { port }: Pick<Node, 'port'>,
  method: string,
  path: string,
  { json, key, host = `localhost:${port}` }: { json?: unknown; key?: string; host?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      host,
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    const sent = startRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    sent.setTimeout(20_000, () => sent.destroy(new Error(`${method} ${path} had no answer in 20 s`)))
    sent.on('error', reject)
    sent.end(json === undefined ? undefined : JSON.stringify(json))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = must(server.address() as AddressInfo | null, 'An address')
  server.close()
  await once(server, 'close')
  return port
}
