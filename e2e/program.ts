import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const server = new URL('../packages/server/src/', import.meta.url)
/** As `bin/start` calls it. */
const program = ['--import', new URL('life/load-commonjs.ts', server).href, fileURLToPath(new URL('main.ts', server))]
const compileCache = fileURLToPath(new URL('../.runtime/compile-cache', import.meta.url))

/** One run of the program that `bin/start` starts. */
export type Program = {
  readonly pid: number
  /** Everything it has printed so far. */
  said(): string
  /** Settles with its exit code when it is gone; a signal that ended it counts as -1. */
  readonly ended: Promise<number>
  signal(name: NodeJS.Signals): void
}

/** What a machine needs to reach the registry of packages: it is the person's own set-up, as at `bin/start`. */
const NETWORK = /^(?:node_extra_ca_certs|npm_config_.*|https?_proxy|no_proxy)$/i

const networkSetup = (): Record<string, string> => ({
  npm_config_userconfig: join(homedir(), '.npmrc'),
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value && NETWORK.test(name) ? [[name, value]] : [])),
  ),
})

/** Starts it with nothing of the tests' environment but PATH and the way to the network; its owner ends it. */
export function startProgram(env: Record<string, string>): Program {
  const child = spawn(process.execPath, program, {
    cwd: tmpdir(),
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: tmpdir(), NODE_COMPILE_CACHE: compileCache },
      ...{ ...networkSetup(), ...env },
    },
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
