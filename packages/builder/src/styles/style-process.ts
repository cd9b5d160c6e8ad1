import { fileURLToPath } from 'node:url'
import type { BuildLog } from '../log.ts'
import { encodeFrame, readFrames, readJson } from '../frames.ts'
import type { ConfinedProcess, Sandbox } from '../sandbox/sandbox.ts'
import { StyleReply, type StyleOrder } from './style-messages.ts'
import type { StyleAnswer, StyleToolchain, StyleWork } from './style-request.ts'

/** Why a style process came to its end. */
export type StyleEnd = 'timeout' | 'memory' | 'unreadable' | 'crashed' | 'ended'

export type StyleSheetWork = {
  sheet: StyleWork['sheet']
  /** The app's files in which classes may be. */
  files: ReadonlyMap<string, { hash: string; content: Uint8Array }>
}

/** One process that runs one app's code, one stylesheet after the other. Ending it is its owner's duty. */
export type StyleProcess = {
  /** False once it is gone or was told to go. */
  isUsable(): boolean
  /** Whether it has nothing to do. */
  isIdle(): boolean
  /** Compiles in turn. Never rejects: when the process ends meanwhile, it says why. */
  compile(work: StyleSheetWork, limitMs: number): Promise<StyleAnswer | StyleEnd>
  /** Resolves when it is gone. */
  end(): Promise<void>
}

export type StyleProcessOptions = {
  sandbox: Sandbox
  toolchain: StyleToolchain
  /** Folder with `node_modules`: the plugins that the app's code may ask for. */
  dependencySetDir: string
  /** Most memory that it may hold while it works, in bytes. */
  memoryBytes: number
  log: BuildLog
}

const MAIN = fileURLToPath(new URL('./process/main.ts', import.meta.url))
const HEAP_MB = 400
const MAX_REPLY_BYTES = 64 * 1024 * 1024
const MEMORY_CHECK_MS = 100
/** Contents are held in the process by their hash, until there are too many. */
const MAX_HELD_BYTES = 64 * 1024 * 1024
const MAX_STDERR_CHARS = 2_000

type Result = StyleAnswer | StyleEnd
type Waiting = { id: number; settle: (answer: Result) => void }
type Line = {
  /** Says one order; the answer to it, or why there will be none. */
  ask(order: Omit<Extract<StyleOrder, { kind: 'compile' }>, 'kind' | 'id'>): Promise<Result>
  hasEnded(): StyleEnd | null
  end(reason: StyleEnd): void
  gone: Promise<void>
}

export function startStyleProcess(options: StyleProcessOptions): StyleProcess {
  const confined = options.sandbox.start({
    args: [MAIN, options.dependencySetDir],
    readable: [options.dependencySetDir],
    heapMb: HEAP_MB,
  })
  const line = openLine(confined, options)
  const contents = sendOnce()
  let last: Promise<unknown> = Promise.resolve()
  let queued = 0
  const run = async ({ sheet, files }: StyleSheetWork, limitMs: number): Promise<Result> => {
    const unwatch = watch(confined, { limitMs, memoryBytes: options.memoryBytes }, (reason) => line.end(reason))
    const hashes = [...files].map(([path, { hash }]) => [path, hash] as const)
    const answer = await line.ask({ sheet, files: hashes, ...contents(files) })
    unwatch()
    return answer
  }
  return {
    isUsable: () => line.hasEnded() === null,
    isIdle: () => queued === 0,
    compile(work, limitMs) {
      queued += 1
      const turn = last.then(() => run(work, limitMs)).finally(() => (queued -= 1))
      last = turn
      return turn
    },
    async end() {
      line.end('ended')
      await line.gone
    },
  }
}

/** Talks with the process. What it says is parsed; when it says anything else, it is ended. */
function openLine(confined: ConfinedProcess, { toolchain, log }: StyleProcessOptions): Line {
  const { child } = confined
  const { promise: gone, resolve: setGone } = Promise.withResolvers<void>()
  let ended: StyleEnd | null = null
  let waiting: Waiting | null = null
  let nextId = 1
  let said = ''
  const end = (reason: StyleEnd): void => {
    if (ended) return
    ended = reason
    confined.kill()
    if (reason !== 'ended') log.warn('A style process was ended', { reason, said })
    waiting?.settle(reason)
  }
  const onGone = (): void => {
    end('crashed')
    setGone()
  }
  child.once('close', onGone)
  child.once('error', onGone)
  child.stdin.on('error', () => end('crashed'))
  child.stderr.on('data', (piece: Buffer) => {
    if (said.length < MAX_STDERR_CHARS) said = (said + piece.toString('utf8')).slice(0, MAX_STDERR_CHARS)
  })
  const onReply = ({ id, answer }: StyleReply): void =>
    waiting?.id === id ? waiting.settle(answer) : end('unreadable')
  readReplies(confined, onReply, () => end('unreadable'))
  const send = (order: StyleOrder): unknown => child.stdin.write(encodeFrame(order))
  send({ kind: 'open', toolchain })
  return {
    gone,
    end,
    hasEnded: () => ended,
    async ask(order) {
      if (ended) return ended
      const { promise, resolve: settle } = Promise.withResolvers<Result>()
      waiting = { id: nextId, settle }
      send({ kind: 'compile', id: nextId++, ...order })
      const answer = await promise
      waiting = null
      return answer
    },
  }
}

/** Chooses the contents that a process was not sent yet, and when it should forget the earlier ones. */
function sendOnce(): (files: StyleSheetWork['files']) => { contents: Map<string, Uint8Array>; forget: boolean } {
  const sent = new Set<string>()
  let heldBytes = 0
  return (files) => {
    const forget = heldBytes > MAX_HELD_BYTES
    if (forget) {
      sent.clear()
      heldBytes = 0
    }
    const contents = new Map<string, Uint8Array>()
    for (const { hash, content } of files.values()) {
      if (sent.has(hash)) continue
      sent.add(hash)
      heldBytes += content.byteLength
      contents.set(hash, content)
    }
    return { contents, forget }
  }
}

/** Calls `end` when the work is late or too large. Returns what ends the watch. */
function watch(
  confined: ConfinedProcess,
  limits: { limitMs: number; memoryBytes: number },
  end: (reason: StyleEnd) => void,
): () => void {
  const deadline = setTimeout(() => end('timeout'), limits.limitMs)
  const memory = setInterval(() => {
    if (confined.residentBytes() > limits.memoryBytes) end('memory')
  }, MEMORY_CHECK_MS)
  return () => {
    clearTimeout(deadline)
    clearInterval(memory)
  }
}

/** Hands on what the process says, as far as it can be read. */
function readReplies(confined: ConfinedProcess, onReply: (reply: StyleReply) => void, onFault: () => void): void {
  const read = readFrames((message) => onReply(StyleReply.parse(message)), {
    read: readJson,
    maxBytes: MAX_REPLY_BYTES,
  })
  confined.child.stdout.on('data', (piece: Buffer) => {
    try {
      read(piece)
    } catch {
      onFault()
    }
  })
}
