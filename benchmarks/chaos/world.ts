import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort, startProgram, untilHealthy, type Program } from '../program.ts'
import { type RedisServer, startRedis } from '../redis-server.ts'

/** One server as its users run it. It can die at any time; `port` stays. */
export type Node = {
  readonly port: number
  readonly dataDir: string
  readonly pid: number | undefined
  /** Whether clients may ask it: the others only run turns and build. */
  readonly isWeb: boolean
  /** Ends it without a word. What it started is left to itself. */
  kill(): Promise<void>
  /** Asks it to stop, as an operator does before an update. */
  stop(): Promise<void>
  /** Starts it again. Resolves once it is healthy. */
  start(): Promise<void>
}

/** What the chaos is played on. */
export type World = {
  nodes: readonly Node[]
  /** Where everything lasts; `disk` when it is a file system of its own, which can be filled. */
  dataDir: string
  disk: boolean
  /** How the checks reach the database, as its superuser. */
  database: { host: string; database: string }
  /** The data dir of the process that keeps PostgreSQL running. */
  databaseDir: string
  redis?: RedisServer
  /** Every restart: when the process was killed and when its replacement was healthy, in ms since 1970. */
  restarts: { killedAt: number; healthyAt: number }[]
  close(): Promise<void>
}

const healthyLimitMs = 60_000
const diskMegabytes = 2_000

/** One server with the embedded database, on a data dir of its own. */
export const openWorld = (env: Record<string, string>): Promise<World> =>
  onDisk(async (parent, disk) => {
    const dataDir = join(parent, 'data')
    const restarts: World['restarts'] = []
    const node = await createNode(dataDir, env, restarts)
    await node.start()
    const database = { host: join(dataDir, 's'), database: 'overskill' }
    return { nodes: [node], dataDir, disk, database, databaseDir: dataDir, restarts, close: () => node.stop() }
  })

/**
 * Three servers on one database and one Redis: two that do everything and one without `web`. The database is one more in the
 * cluster of a server that has nothing else to do, so that what keeps PostgreSQL running is the product as well.
 */
export const openFleet = (env: Record<string, string>): Promise<World> =>
  onDisk(async (parent, disk) => {
    const databaseDir = join(parent, 'database')
    const keeper = await createNode(databaseDir, {}, [])
    await keeper.start()
    const host = join(databaseDir, 's')
    await makeDatabase(host)
    const redis = await startRedis()
    const shared = {
      ...env,
      DATABASE_URL: `postgres://overskill@localhost/fleet?host=${encodeURIComponent(host)}`,
      REDIS_URL: redis.url,
    }
    const restarts: World['restarts'] = []
    const nodes = [
      await createNode(join(parent, 'one'), shared, restarts),
      await createNode(join(parent, 'two'), shared, restarts),
      await createNode(join(parent, 'three'), { ...shared, OVERSKILL_ROLES: 'worker,builder' }, restarts),
    ]
    await Promise.all(nodes.map((node) => node.start()))
    return {
      ...{ nodes, disk, databaseDir, redis, restarts },
      dataDir: parent,
      database: { host, database: 'fleet' },
      async close() {
        await Promise.all(nodes.map((node) => node.stop()))
        await redis.kill()
        await keeper.stop()
      },
    }
  })

/** Makes a world on a small disk of its own, which is gone with it. */
async function onDisk(open: (parent: string, disk: boolean) => Promise<World>): Promise<World> {
  const parent = await mkdtemp(join(tmpdir(), 'chaos-'))
  const disk = mountDisk(parent)
  const world = await open(parent, disk)
  return {
    ...world,
    async close() {
      await world.close()
      if (disk) execFileSync('umount', ['--lazy', parent])
      await rm(parent, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function makeDatabase(host: string): Promise<void> {
  const client = new Client({ host, user: 'postgres', database: 'postgres' })
  await client.connect()
  await client.query('create database fleet owner overskill')
  await client.end()
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

async function createNode(dataDir: string, env: Record<string, string>, restarts: World['restarts']): Promise<Node> {
  await mkdir(dataDir, { recursive: true })
  const port = await freePort()
  let program: Program | undefined
  process.once('exit', () => program?.child.kill('SIGKILL')) // a run that breaks leaves nobody behind
  let killedAt: number | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!program?.isUp()) return
    const gone = once(program.child, 'exit')
    program.child.kill(signal)
    await gone
  }
  return {
    port,
    dataDir,
    isWeb: env['OVERSKILL_ROLES'] === undefined,
    get pid() {
      return program?.child.pid
    },
    async kill() {
      killedAt = Date.now()
      await end('SIGKILL')
    },
    async start() {
      if (program?.isUp()) return
      killedAt ??= program ? Date.now() : undefined
      program = startProgram({ port, dataDir, env: { OVERSKILL_LOG: 'warn', ...env } })
      await untilHealthy(program, port, healthyLimitMs)
      if (killedAt !== undefined) restarts.push({ killedAt, healthyAt: Date.now() })
      killedAt = undefined
    },
    stop: () => end('SIGTERM'),
  }
}
