import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { CodePlace } from '@overskill/protocol'
import { encodeFrame, readFrames } from '../frames.ts'
import type { BuildLog } from '../log.ts'
import type { ConfinedProcess, Sandbox } from '../sandbox/sandbox.ts'
import { answerStyles } from '../styles/ask-owner.ts'
import type { StyleAnswer, StyleWork } from '../styles/style-request.ts'
import { LiveReply, type LiveRequest } from './live-messages.ts'

/** What a request is answered with. */
export type LiveAnswer = Exclude<LiveReply, { kind: 'ready' } | { kind: 'ask' }>

/** A process with live pages. Ending it is its owner's duty, and never fails. */
export type LiveChild = {
  /** Where it answers requests for its pages. */
  readonly socketPath: string
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  isUsable(): boolean
  residentBytes(): number
  /** Answers null when the process ended, or did not answer in time: then it is ended. */
  ask(request: LiveAsk): Promise<LiveAnswer | null>
  end(): Promise<void>
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
/** A request before it has its number. */
export type LiveAsk = WithoutId<LiveRequest>

export type Located = readonly (CodePlace | null)[]

export type LiveChildOptions = {
  sandbox: Sandbox
  /** Folders in which sets of packages lie. */
  dependenciesDirs: readonly string[]
  vendorCacheDir: string
  pageScript: string
  log: BuildLog
  /** Compiles a stylesheet of an app that needs the app's code. */
  compileStyles(app: string, work: StyleWork): Promise<StyleAnswer>
}

const MAIN = fileURLToPath(new URL('./process/main.ts', import.meta.url))
const HEAP_MB = 1_024
const ALLOCATOR = { MIMALLOC_PURGE_DELAY: '0', MALLOC_ARENA_MAX: '2' }
const READY_MS = 20_000
const ANSWER_MS = 20_000
const GRACE_MS = 500
const MAX_STDERR_CHARS = 4_000

/** Starts a process for live pages; rejects when it does not come up. */
export async function startLiveChild(options: LiveChildOptions): Promise<LiveChild> {
  const dir = await mkdtemp(join(tmpdir(), 'live-')) // entered by nobody else: its mode is 0700
  const socketPath = join(dir, 's')
  const confined = options.sandbox.start({
    args: [MAIN, socketPath, options.vendorCacheDir, options.pageScript],
    readable: [...options.dependenciesDirs, options.vendorCacheDir],
    writable: [dir],
    env: ALLOCATOR,
    heapMb: HEAP_MB,
  })
  const { promise: gone, resolve: setGone } = Promise.withResolvers<void>()
  void gone.then(() => rm(dir, { recursive: true, force: true }))
  const child = watchChild(confined, options, setGone)
  const isReady = await Promise.race([child.ready, gone.then(() => false), late(READY_MS)])
  if (!isReady) {
    confined.kill()
    await gone
    throw new Error('The process for live pages does not start')
  }
  return {
    socketPath,
    gone,
    isUsable: child.isUsable,
    residentBytes: () => confined.residentBytes(),
    ask: child.ask,
    async end() {
      child.close()
      const killer = setTimeout(() => confined.kill(), GRACE_MS)
      await gone
      clearTimeout(killer)
    },
  }
}

const late = (ms: number): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref()
  })

type Watched = Pick<LiveChild, 'isUsable' | 'ask'> & { ready: Promise<boolean>; close(): void }

function watchChild(confined: ConfinedProcess, options: LiveChildOptions, setGone: () => void): Watched {
  const { child } = confined
  const { log } = options
  const { promise: ready, resolve: setReady } = Promise.withResolvers<boolean>()
  const waiting = new Map<number, (reply: LiveAnswer | null) => void>()
  let usable = true
  let nextId = 1
  const settle = (id: number, reply: LiveAnswer | null): void => {
    waiting.get(id)?.(reply)
    waiting.delete(id)
  }
  const onGone = (): void => {
    usable = false
    setGone()
    for (const id of waiting.keys()) settle(id, null)
  }
  child.once('exit', onGone)
  child.once('error', onGone)
  child.stdin.on('error', () => confined.kill()) // it went away while being written to: `exit` tells the rest
  logStderr(child.stderr, log)
  const read = readFrames((message) => {
    const reply = LiveReply.parse(message)
    if (reply.kind === 'ready') setReady(true)
    else if (reply.kind === 'ask') answerAsk(child.stdin, reply, options)
    else settle(reply.id, reply)
  })
  child.stdout.on('data', (piece: Buffer) => {
    try {
      read(piece)
    } catch (error) {
      log.error('A process of live pages sent something unreadable', { error })
      confined.kill()
    }
  })
  return {
    ready,
    isUsable: () => usable,
    async ask(request) {
      if (!usable) return null
      const id = nextId++
      const { promise, resolve } = Promise.withResolvers<LiveAnswer | null>()
      waiting.set(id, resolve)
      child.stdin.write(encodeFrame({ ...request, id }))
      const deadline = setTimeout(() => {
        log.error('A process of live pages did not answer', { kind: request.kind })
        usable = false
        confined.kill()
      }, ANSWER_MS)
      const reply = await promise
      clearTimeout(deadline)
      if (reply?.kind === 'failed') log.error('A live page failed', { detail: reply.detail })
      return reply
    },
    close() {
      usable = false
      child.stdin.end()
    },
  }
}

function answerAsk(stdin: Writable, ask: Extract<LiveReply, { kind: 'ask' }>, options: LiveChildOptions): void {
  const onFault = (error: unknown): void => options.log.error('Styles of a live page could not be compiled', { error })
  void answerStyles(stdin, ask, (work) => options.compileStyles(ask.app, work), onFault)
}

function logStderr(stream: NodeJS.ReadableStream, log: BuildLog): void {
  let chars = 0
  stream.on('data', (piece: Buffer) => {
    if (chars > MAX_STDERR_CHARS) return
    chars += piece.length
    log.warn('A process of live pages said', { text: piece.toString('utf8').slice(0, MAX_STDERR_CHARS) })
  })
}
