import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { allProcesses, commandOf, killNow, processesBelow } from '../processes.ts'
import type { Random } from './seeded-random.ts'
import type { Node, World } from './world.ts'

/** One thing that goes wrong. Resolves, with what it did, once the world is whole again. */
export type Fault = { name: string; strike(world: World, random: Random): Promise<string> }

/** Every kind that this world can have. `cut`: drops the connections of all clients. */
export function faultsOf(world: World, cut: () => void): Fault[] {
  return [
    killServer,
    killServer,
    pauseServer,
    killProcess('database', (one) => postmasters(one.databaseDir)),
    killProcess('builder', (one, random) => builders(random.pick(one.nodes))),
    { name: 'connections cut', strike: () => Promise.resolve((cut(), 'all clients')) },
    ...(world.disk ? [fillDisk] : []),
    ...(world.redis ? [killRedis, pauseRedis, restartServer] : []),
  ]
}

const killServer: Fault = {
  name: 'server killed',
  async strike(world, random) {
    const node = random.pick(world.nodes)
    await node.kill()
    const restMs = random.between(0, 400)
    await delay(restMs)
    await node.start()
    return `back after ${restMs} ms of rest`
  },
}

/** As an operator does: one of several is stopped in order, and started again. */
const restartServer: Fault = {
  name: 'server restarted',
  async strike(world, random) {
    const node = random.pick(world.nodes)
    await node.stop()
    await node.start()
    return 'in order'
  },
}

/** Stops it as a busy or sleeping machine does; it does not know of it. */
const pauseServer: Fault = {
  name: 'server paused',
  strike: (world, random) => pause(random.pick(world.nodes).pid, random),
}

const killRedis: Fault = {
  name: 'Redis killed',
  async strike({ redis }, random) {
    const ms = random.between(0, 3_000)
    await redis?.kill()
    await delay(ms)
    await redis?.start()
    return `back, empty, after ${ms} ms`
  },
}

const pauseRedis: Fault = {
  name: 'Redis paused',
  strike: ({ redis }, random) => pause(redis?.pid, random),
}

async function pause(pid: number | undefined, random: Random): Promise<string> {
  if (pid === undefined) return 'none ran'
  const ms = random.between(300, 2_500)
  process.kill(pid, 'SIGSTOP')
  await delay(ms)
  process.kill(pid, 'SIGCONT')
  return `${ms} ms`
}

const killProcess = (what: string, find: (world: World, random: Random) => number[]): Fault => ({
  name: `${what} killed`,
  async strike(world, random) {
    const found = find(world, random)
    if (found.length === 0) return 'none ran'
    const pid = random.pick(found)
    killNow(pid)
    return `process ${pid}`
  },
})

/** The postmaster, which may have outlived the server that started it; its children name themselves otherwise. */
const postmasters = (dataDir: string): number[] =>
  allProcesses()
    .filter(({ command }) => command.includes(join(dataDir, 'postgres')) && /bin\/postgres /.test(command))
    .filter(({ command }) => !command.startsWith('unshare'))
    .map(({ pid }) => pid)

const builders = ({ pid }: Node): number[] =>
  pid === undefined ? [] : processesBelow(pid).filter((one) => commandOf(one).includes('bwrap'))

/** Nothing can be written for a moment: neither the database nor the artifacts. */
const fillDisk: Fault = {
  name: 'disk full',
  async strike({ dataDir }, random) {
    const filler = join(dataDir, 'filler')
    const ms = random.between(200, 4_000)
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M'], { stdio: 'ignore' })
    } catch {
      // It ends because the disk is full, as it should.
    }
    await delay(ms)
    await rm(filler, { force: true })
    return `${ms} ms`
  },
}
