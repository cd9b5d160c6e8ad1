import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SourceTree } from './artifact.ts'
import type { DependencySet } from './dependency-set.ts'
import { encodeFrame, readFrames } from './frames.ts'
import type { BuildLog } from './log.ts'
import { BuildReply } from './messages.ts'
import type { ConfinedProcess, Sandbox } from './sandbox/sandbox.ts'
import { answerStyles } from './styles/ask-owner.ts'
import type { StyleAnswer, StyleWork } from './styles/style-request.ts'

/** What a build in a child came to. `ended`: the child is gone, and why. */
export type ChildAnswer =
  | Exclude<BuildReply, { kind: 'ask' }>
  | { kind: 'ended'; reason: 'timeout' | 'aborted' | 'memory' | 'crashed' }

/** What is built: an app's files with the packages that they may import. */
export type BuildInput = { files: SourceTree; set: DependencySet }

/** One confined process that builds, one build at a time. Ending it is its owner's duty, and never fails. */
export type BuildChild = {
  /** True once it answers; false when it ended before that. Never rejects. */
  readonly ready: Promise<boolean>
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  /** False once it is gone or was told to go. */
  isUsable(): boolean
  build(input: BuildInput, options: { signal: AbortSignal; limitMs: number }): Promise<ChildAnswer>
  /** Memory that it holds now, in bytes; 0 where that cannot be known. */
  residentBytes(): number
  end(): Promise<void>
}

export type ChildOptions = {
  sandbox: Sandbox
  /** Folders of sets: a child builds with any of them. */
  dependenciesDirs: readonly string[]
  /** The set that is opened at the start. */
  starterSet: DependencySet
  vendorCacheDir: string
  /** Most memory the process may hold while it builds, in bytes. Watched where /proc exists; else the heap limit is all. */
  memoryBytes: number
  log: BuildLog
  /** Compiles a stylesheet that needs code of the app, while the app is built. */
  compileStyles(work: StyleWork, input: BuildInput, signal: AbortSignal): Promise<StyleAnswer>
}

const MAIN = fileURLToPath(new URL('./engine/main.ts', import.meta.url))
const HEAP_MB = 768
/**
 * Settings of the two allocators in the process: give memory back at once. The bundler's threads otherwise keep what they
 * once had: 246 MB after bundling packages instead of 498 MB, at the same speed (measured, 25 builds).
 */
const ALLOCATOR = { MIMALLOC_PURGE_DELAY: '0', MIMALLOC_ARENA_EAGER_COMMIT: '0', MALLOC_ARENA_MAX: '2' }
const MEMORY_CHECK_MS = 100
const MAX_STDERR_CHARS = 4_000

export function startBuildChild(options: ChildOptions): BuildChild {
  const confined = startEngine(options)
  const { child } = confined
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
  readReplies(confined, options.log, (reply) => {
    if (reply.kind === 'ready') setReady(true)
    else if (reply.kind === 'ask') void answerStyles(child.stdin, reply, compileStyles)
    else settle(reply)
  })

  return {
    ready,
    gone,
    isUsable: () => !isGone && !ending,
    async build({ files, set }, work) {
      if (isGone || ending) return { kind: 'ended', reason: 'crashed' }
      const { promise, resolve } = Promise.withResolvers<ChildAnswer>()
      waiting = resolve
      compileStyles = (asked) => options.compileStyles(asked, { files, set }, work.signal)
      const unwatch = watch(confined, { ...work, memoryBytes: options.memoryBytes }, (reason) => {
        ending = true
        settle({ kind: 'ended', reason })
        confined.kill()
      })
      child.stdin.write(encodeFrame({ id: nextId++, files, set: { key: set.key, dir: set.dir } }))
      const answer = await promise
      unwatch()
      return answer
    },
    residentBytes: () => confined.residentBytes(),
    async end() {
      if (isGone) return
      ending = true
      confined.kill() // it writes nothing, so nothing is cut short
      await gone
    },
  }
}

function startEngine(options: ChildOptions): ConfinedProcess {
  const { sandbox, dependenciesDirs, starterSet, vendorCacheDir } = options
  const confined = sandbox.start({
    args: [MAIN, JSON.stringify({ dependenciesDirs, starterSet, vendorCacheDir })],
    readable: [...dependenciesDirs, vendorCacheDir],
    env: ALLOCATOR,
    heapMb: HEAP_MB,
  })
  confined.child.stdin.on('error', () => confined.kill()) // it went away while being written to: `exit` tells the rest
  return confined
}

/** Calls `end` when a build is stopped, late or too large. Returns what ends the watch. */
function watch(
  confined: ConfinedProcess,
  limits: { signal: AbortSignal; limitMs: number; memoryBytes: number },
  end: (reason: 'timeout' | 'aborted' | 'memory') => void,
): () => void {
  const abort = (): void => end('aborted')
  const deadline = setTimeout(() => end('timeout'), limits.limitMs)
  const memory = setInterval(() => {
    if (confined.residentBytes() > limits.memoryBytes) end('memory')
  }, MEMORY_CHECK_MS)
  limits.signal.addEventListener('abort', abort, { once: true })
  return () => {
    clearTimeout(deadline)
    clearInterval(memory)
    limits.signal.removeEventListener('abort', abort)
  }
}

/** Hands on what the child says. One that says something else than it may is ended. */
function readReplies(confined: ConfinedProcess, log: BuildLog, onReply: (reply: BuildReply) => void): void {
  const read = readFrames((message) => onReply(BuildReply.parse(message)))
  confined.child.stdout.on('data', (piece: Buffer) => {
    try {
      read(piece)
    } catch (error) {
      log.error('The build child sent something unreadable', { error })
      confined.kill()
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
