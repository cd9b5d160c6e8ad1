import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProgram, untilHealthy, type Program } from '../program.ts'

/** One server as its users run it. It can die at any time; `port` stays. */
export type Node = {
  readonly port: number
  readonly dataDir: string
  readonly pid: number | undefined
  /** Ends it without a word. What it started is left to itself. */
  kill(): Promise<void>
  /** Starts it again. Resolves once it is healthy. */
  start(): Promise<void>
}

/** What the chaos is played on. */
export type World = {
  nodes: readonly Node[]
  /** Where everything lasts; `disk` when it is a file system of its own, which can be filled. */
  dataDir: string
  disk: boolean
  /** Every restart: when the process was killed and when its replacement was healthy, in ms since 1970. */
  restarts: { killedAt: number; healthyAt: number }[]
  close(): Promise<void>
}

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
  let program: Program | undefined
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
    stop: () => end('SIGINT'),
  }
}
