import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import type { Writable } from 'node:stream'
import { bubblewrapArgs, type BubblewrapFlags } from './bubblewrap-args.ts'
import { killTree, residentBytes } from './process-tree.ts'
import type { ConfinedCommand, ConfinedProcess, Sandbox } from './sandbox.ts'
import { seccompFilter } from './seccomp-filter.ts'

export type SandboxOptions = {
  /** Path of bubblewrap. Found in PATH unless told; null: go on without it. */
  bubblewrap?: string | null
}

/** How long bubblewrap may take to show that it works, in ms. */
const PROOF_MS = 10_000

/** Run inside: says `confined` only if nothing of this machine is there. */
const PROOF = `const fs = require('node:fs')
process.stdout.write(!fs.existsSync('/etc') && process.pid < 9 && Object.keys(process.env).length < 5 ? 'confined' : 'open')`

/** Opens the sandbox of this machine: tries whether bubblewrap works here, and says in words why not. Never rejects. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  if (process.platform !== 'linux') return openReduced('bubblewrap needs Linux, and this is another system.')
  const path = options.bubblewrap === undefined ? findBubblewrap() : options.bubblewrap
  if (path === null) return openReduced('bubblewrap is not installed (Debian: apt-get install bubblewrap).')
  let refusal = ''
  for (const flags of ['full', 'older'] as const) {
    refusal = await findRefusal(() => startConfined(path, flags, { args: ['-e', PROOF], readable: [], heapMb: 64 }))
    if (refusal === '') return { mode: { kind: 'bubblewrap' }, start: (command) => startConfined(path, flags, command) }
  }
  return openReduced(
    `bubblewrap is installed but cannot confine here (${refusal}). The system must allow user namespaces.`,
  )
}

function openReduced(reason: string): Sandbox {
  return { mode: { kind: 'reduced', reason }, start: startReduced }
}

function findBubblewrap(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/bin']
  return folders.map((folder) => join(folder, 'bwrap')).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not to be run
  }
}

function startConfined(bubblewrap: string, flags: BubblewrapFlags, command: ConfinedCommand): ConfinedProcess {
  const filter = seccompFilter()
  const seccomp = filter ? ['--seccomp', '3'] : []
  const args = [...bubblewrapArgs(command, flags), ...seccomp, process.execPath, ...nodeArgs(command)]
  // Its own environment is empty too: the first process inside is still bubblewrap, and /proc/1/environ shows it.
  const child = spawn(bubblewrap, args, {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe', filter ? 'pipe' : 'ignore'],
  })
  const third = child.stdio[3] as Writable | null
  third?.on('error', () => child.kill('SIGKILL')) // it went away before it read: `exit` tells the rest
  third?.end(filter)
  return own(child as ChildProcessWithoutNullStreams)
}

/** Without a boundary of the system: nothing of the platform's environment, a folder that is nobody's, limits of memory. */
function startReduced(command: ConfinedCommand): ConfinedProcess {
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...command.env }
  return own(spawn(process.execPath, nodeArgs(command), { env, cwd: tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] }))
}

const nodeArgs = ({ heapMb, args }: ConfinedCommand): string[] => [`--max-old-space-size=${heapMb}`, ...args]

function own(child: ChildProcessWithoutNullStreams): ConfinedProcess {
  const isThere = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    child,
    residentBytes: () => (isThere() && child.pid ? residentBytes(child.pid) : 0),
    kill: () => {
      if (isThere() && child.pid) killTree(child.pid)
    },
  }
}

/** Why the proof did not come out of the process; empty when it did. */
async function findRefusal(start: () => ConfinedProcess): Promise<string> {
  const confined = start()
  const { child } = confined
  const { promise, resolve } = Promise.withResolvers<string>()
  const deadline = setTimeout(() => {
    confined.kill()
    resolve('it did not answer')
  }, PROOF_MS)
  let said = ''
  let complaint = ''
  child.stdin.on('error', () => confined.kill())
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString('utf8')))
  child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString('utf8').slice(0, 1_000)))
  child.once('error', (error) => resolve(error.message))
  child.once('close', () => resolve(said === 'confined' ? '' : complaint.trim().split('\n')[0] || 'it proved nothing'))
  const refusal = await promise
  clearTimeout(deadline)
  return refusal
}
