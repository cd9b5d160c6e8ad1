import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

const started: { child: ChildProcess; ended: Promise<number> }[] = []
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.map(({ ended }) => ended))
})

/** A run of the real program. */
export type TestProgram = {
  child: ChildProcess
  /** What it has printed so far. */
  said(): string
  /** Settles when it says that it is ready; rejects when it ends before. */
  ready: Promise<void>
  /** Its exit code. */
  ended: Promise<number>
}

/** The program as `bin/start` runs it, with nothing of the tests' environment. What still runs after the file's tests is ended. */
export function startTestProgram(cwd: string, env: Record<string, string>): TestProgram {
  const child = spawn(process.execPath, [program], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ended = once(child, 'exit').then(([code]) => Number(code))
  started.push({ child, ended })
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes('OverSkill is ready')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then((code) => reject(new Error(`It ended with ${code}: ${said}`)))
  })
  ready.catch(() => {}) // a test that wants it to end does not wait for it
  return { child, said: () => said, ready, ended }
}
