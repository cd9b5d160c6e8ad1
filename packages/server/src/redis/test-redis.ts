import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import { freePort } from '../http/test-server.ts'

const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  (file) => existsSync(file),
)

/** Whether tests that need Redis can run here; `bin/test` installs it where it may. */
export const hasRedis = program !== undefined

/** A real Redis of a test's own, on loopback, that can be taken away. */
export type TestRedis = {
  url: string
  /** As `kill -9`: everything that it held is gone. Settles when it does not run any more. */
  kill(): Promise<void>
  /** Starts it again, empty. Settles when it answers. */
  start(): Promise<void>
  /** It keeps its connections and answers nothing. */
  pause(): void
  goOn(): void
}

export async function startTestRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'overskill-redis-'))
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
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
    child = spawn(program ?? 'redis-server', settings, { stdio: 'ignore' })
    await vi.waitFor(() => reach(port), { timeout: 10_000, interval: 20 })
  }
  afterAll(async () => {
    await kill()
    await rm(dir, { recursive: true, force: true })
  })
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
  }
}

const reach = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.end()
      resolve()
    }).on('error', reject)
  })
