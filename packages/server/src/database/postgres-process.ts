import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { StartRefused } from '../life/start-refused.ts'
import { lastLine, postgresEnvironment } from './postgres-cluster.ts'
import { commandAs, type PostgresUser } from './postgres-user.ts'
import { commandLine, findPostmaster, isAlive } from './postmaster-pid.ts'

export type Postmaster = {
  adopted: boolean
  /** Settles when the process is gone, wanted or not. Never rejects. */
  ended: Promise<void>
  /** Fast shutdown, then harder ones; done within 5 s. */
  stop(): Promise<void>
}

export type LaunchOptions = {
  binaries: string
  cluster: string
  socket: string
  logFile: string
  user: PostgresUser
  unsafe: boolean
}

const readyLimitMs = 60_000 // recovery after a crash may take a while
const fastStopMs = 3_000
const pollMs = 15

/** Starts a server on the cluster, or adopts the one that runs there. Settles when it answers queries. */
export async function launchPostgres(options: LaunchOptions): Promise<Postmaster> {
  const deadline = Date.now() + readyLimitMs
  for (;;) {
    const running = await findPostmaster(options.cluster)
    const postmaster = running === undefined ? await spawnPostmaster(options) : adopt(options.cluster, running)
    if (await answers(options.socket, postmaster, deadline)) return postmaster
    // Ended before it answered: two that start at once meet here, and backends of a killed server may still be leaving.
    if (Date.now() > deadline || !(await mayPass(options.logFile))) {
      await postmaster.stop()
      const said = lastLine(await readFile(options.logFile, 'utf8').catch(() => ''))
      throw new StartRefused(`PostgreSQL did not start on ${options.cluster}: ${said} (see ${options.logFile})`)
    }
    await delay(200)
  }
}

async function mayPass(logFile: string): Promise<boolean> {
  const said = await readFile(logFile, 'utf8').catch(() => '')
  return said.trim() === '' || /lock file|shared memory block|already in use/.test(said)
}

/** In a process group of its own: a terminal's Ctrl-C is for us, and we end it when our work is stored. */
async function spawnPostmaster(options: LaunchOptions): Promise<Postmaster> {
  const settings = Object.entries({ ...serverSettings, ...(options.unsafe && unsafeSettings) })
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const socket = `unix_socket_directories="${options.socket.replaceAll('"', '""')}"`
  const command = commandAs(options.user, join(options.binaries, 'bin', 'postgres'), [
    '-D',
    options.cluster,
    '-c',
    socket,
    ...flags,
  ])
  const log = await open(options.logFile, 'w', 0o600)
  const child = spawn(command.file, command.args, {
    ...command.user,
    cwd: '/',
    env: postgresEnvironment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(
    () => {},
    () => {},
  )
  child.unref() // what waits for it holds the process open; it alone does not
  await log.close()
  const signal = (name: NodeJS.Signals): void => void child.kill(name)
  return { adopted: false, ended, stop: () => stopWith(signal, ended) }
}

/** Ends the server of a cluster, whoever started it. */
export async function endPostmaster(cluster: string): Promise<void> {
  const running = await findPostmaster(cluster)
  if (running !== undefined) await adopt(cluster, running).stop()
}

/** Ends the server of a cluster at once and without waiting; it recovers at the next start. For a process about to exit. */
export function killPostmasterNow(cluster: string): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10), 'SIGQUIT')
  } catch {
    return // none runs
  }
}

/** Not our child, so its end is seen by looking: at the process, which outlives its pid file by a moment. */
function adopt(cluster: string, pid: number): Postmaster {
  const ended = (async () => {
    while ((await commandLine(pid)).includes(cluster)) await delay(50, undefined, { ref: false })
  })()
  const signal = (name: NodeJS.Signals): void => {
    if (isAlive(pid)) process.kill(pid, name)
  }
  return { adopted: true, ended, stop: () => stopWith(signal, ended) }
}

async function stopWith(signal: (name: NodeJS.Signals) => void, ended: Promise<void>): Promise<void> {
  const gone = async (ms: number): Promise<boolean> => {
    const timer = new AbortController()
    const late = delay(ms, false, { signal: timer.signal }).catch(() => true)
    const first = await Promise.race([ended.then(() => true), late])
    timer.abort()
    return first
  }
  signal('SIGINT')
  if (await gone(fastStopMs)) return
  signal('SIGQUIT')
  if (await gone(700)) return
  signal('SIGKILL')
  await gone(300)
}

/** Whether it answers before it ends and before the deadline. */
async function answers(socket: string, postmaster: Postmaster, deadline: number): Promise<boolean> {
  let over = false
  void postmaster.ended.then(() => (over = true))
  while (!over && Date.now() < deadline) {
    if (await canQuery(socket)) return !over
    await delay(pollMs)
  }
  return false
}

async function canQuery(host: string): Promise<boolean> {
  const client = new Client({ host, user: 'postgres', database: 'postgres', connectionTimeoutMillis: 2_000 })
  client.on('error', () => {}) // the connection is lost with the server that ends; the query below says so too
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Small: the whole product has to live in 450 MB. No network, no replication, no parallel workers. */
const serverSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_parallel_workers: '0',
  io_method: 'sync',
  jit: 'off',
  log_min_messages: 'warning',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

const unsafeSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
