import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { SourceTree } from './artifact.ts'
import { encodeFrame, readFrames } from './frames.ts'
import type { BuildLog } from './log.ts'
import { BuildReply, type StylesReply } from './messages.ts'
import type { StyleAnswer, StyleWork } from './styles/style-request.ts'

/** What a build in a child came to. `ended`: the child is gone, and why. */
export type ChildAnswer =
  | Exclude<BuildReply, { kind: 'ask' }>
  | { kind: 'ended'; reason: 'timeout' | 'aborted' | 'memory' | 'crashed' }

/** One process that builds, one build at a time. Ending it is its owner's duty, and never fails. */
export type BuildChild = {
  readonly pid: number
  /** True once it answers; false when it ended before that. Never rejects. */
  readonly ready: Promise<boolean>
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  /** False once it is gone or was told to go. */
  isUsable(): boolean
  build(files: SourceTree, options: { signal: AbortSignal; limitMs: number }): Promise<ChildAnswer>
  end(): Promise<void>
}

export type ChildOptions = {
  dependencySetDir: string
  vendorCacheDir: string
  /** Most memory the process may hold while it builds, in bytes. Watched where /proc exists; else the heap limit is all. */
  memoryBytes: number
  log: BuildLog
  /** Compiles a stylesheet that needs code of the app, while the app is built. */
  compileStyles(work: StyleWork, files: SourceTree, signal: AbortSignal): Promise<StyleAnswer>
}

const MAIN = fileURLToPath(new URL('./engine/main.ts', import.meta.url))
const HEAP_MB = 768
/**
 * Settings of the two allocators in the process: give memory back at once. The bundler's threads otherwise keep what they
 * once had: 246 MB after bundling packages instead of 498 MB, at the same speed (measured, 25 builds).
 */
const ALLOCATOR = { MIMALLOC_PURGE_DELAY: '0', MIMALLOC_ARENA_EAGER_COMMIT: '0', MALLOC_ARENA_MAX: '2' }
const GRACE_MS = 500
const MEMORY_CHECK_MS = 100
const MAX_STDERR_CHARS = 4_000

export function startBuildChild(options: ChildOptions): BuildChild {
  const child = spawnEngine(options)
  const { promise: ready, resolve: setReady } = Promise.withResolvers<boolean>()
  const { promise: gone, resolve: setGone } = Promise.withResolvers<void>()
  let isGone = false
  let ending = false
  let waiting: ((answer: ChildAnswer) => void) | null = null
  let compileStyles: ((work: StyleWork) => Promise<StyleAnswer>) | null = null
  let nextId = 1
  const settle = (answer: ChildAnswer): void => {
    const resolve = waiting
    waiting = null
    resolve?.(answer)
  }
  const onGone = (): void => {
    isGone = true
    setReady(false)
    setGone()
    settle({ kind: 'ended', reason: 'crashed' })
  }
  child.once('exit', onGone)
  child.once('error', onGone)
  logStderr(child, options.log)
  readReplies(child, options.log, (reply) => {
    if (reply.kind === 'ready') setReady(true)
    else if (reply.kind === 'ask') void answerAsk(child, reply.ask, compileStyles?.(reply.work))
    else settle(reply)
  })

  return {
    pid: child.pid ?? -1,
    ready,
    gone,
    isUsable: () => !isGone && !ending,
    async build(files, work) {
      if (isGone || ending) return { kind: 'ended', reason: 'crashed' }
      const { promise, resolve } = Promise.withResolvers<ChildAnswer>()
      waiting = resolve
      compileStyles = (asked) => options.compileStyles(asked, files, work.signal)
      const unwatch = watch(child, { ...work, memoryBytes: options.memoryBytes }, (reason) => {
        ending = true
        settle({ kind: 'ended', reason })
        child.kill('SIGKILL')
      })
      child.stdin.write(encodeFrame({ id: nextId++, files }))
      const answer = await promise
      unwatch()
      return answer
    },
    async end() {
      if (isGone) return
      ending = true
      child.stdin.end()
      const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
      await gone
      clearTimeout(killer)
    },
  }
}

function spawnEngine(options: ChildOptions): ChildProcessWithoutNullStreams {
  const args = [`--max-old-space-size=${HEAP_MB}`, MAIN, options.dependencySetDir, options.vendorCacheDir]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...ALLOCATOR }, // nothing of the platform's environment
    cwd: tmpdir(),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => child.kill('SIGKILL')) // it went away while being written to: `exit` tells the rest
  return child
}

async function answerAsk(
  child: ChildProcessWithoutNullStreams,
  ask: number,
  compiled: Promise<StyleAnswer> | undefined,
): Promise<void> {
  const answer = await compiled
  if (answer && child.stdin.writable)
    child.stdin.write(encodeFrame({ kind: 'styles', ask, answer } satisfies StylesReply))
}

/** Calls `end` when a build is stopped, late or too large. Returns what ends the watch. */
function watch(
  child: ChildProcess,
  limits: { signal: AbortSignal; limitMs: number; memoryBytes: number },
  end: (reason: 'timeout' | 'aborted' | 'memory') => void,
): () => void {
  const abort = (): void => end('aborted')
  const deadline = setTimeout(() => end('timeout'), limits.limitMs)
  const memory = setInterval(() => {
    if (residentBytes(child.pid) > limits.memoryBytes) end('memory')
  }, MEMORY_CHECK_MS)
  limits.signal.addEventListener('abort', abort, { once: true })
  return () => {
    clearTimeout(deadline)
    clearInterval(memory)
    limits.signal.removeEventListener('abort', abort)
  }
}

/** Hands on what the child says. One that says something else than it may is ended. */
function readReplies(child: ChildProcessWithoutNullStreams, log: BuildLog, onReply: (reply: BuildReply) => void): void {
  const read = readFrames((message) => onReply(BuildReply.parse(message)))
  child.stdout.on('data', (piece: Buffer) => {
    try {
      read(piece)
    } catch (error) {
      log.error('The build child sent something unreadable', { error })
      child.kill('SIGKILL')
    }
  })
}

function logStderr(child: ChildProcess, log: BuildLog): void {
  let chars = 0
  child.stderr?.on('data', (piece: Buffer) => {
    if (chars > MAX_STDERR_CHARS) return
    chars += piece.length
    log.warn('The build child said', { text: piece.toString('utf8').slice(0, MAX_STDERR_CHARS) })
  })
}

/** Resident memory of a process on Linux, in bytes; 0 where that cannot be known. */
function residentBytes(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return 0
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return pages * 4096
  } catch {
    return 0 // it ended in between
  }
}
