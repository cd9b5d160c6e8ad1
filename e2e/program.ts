import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url))

/** One run of the program that `bin/start` starts. */
export type Program = {
  readonly pid: number
  /** Everything it has printed so far. */
  said(): string
  /** Settles with its exit code when it is gone; a signal that ended it counts as -1. */
  readonly ended: Promise<number>
  signal(name: NodeJS.Signals): void
}

/** Starts it with nothing of the tests' environment but PATH; its owner ends it. */
export function startProgram(env: Record<string, string>): Program {
  const child = spawn(process.execPath, [main], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('The program could not be started')
  let said = ''
  const hear = (chunk: Buffer): void => void (said += chunk.toString())
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close').then(([code]) => (code as number | null) ?? -1)
  return { pid, said: () => said, ended, signal: (name) => void child.kill(name) }
}
