import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './program.ts'

/** A Redis on loopback that keeps nothing, and can be taken away. */
export type RedisServer = {
  url: string
  readonly pid: number | undefined
  kill(): Promise<void>
  start(): Promise<void>
}

/** @throws where `redis-server` is not installed. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (!child) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    child = undefined
  }
  const start = async (): Promise<void> => {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', settings, { stdio: 'ignore' })
    await once(child, 'spawn')
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child?.pid
    },
    kill,
    start,
  }
}
