import { fromWire, Snapshot, type AppEvent } from '@overskill/protocol'
import { problemOf, readProblem, type Problem } from './problem.ts'
import { afterHidden, pageVisibility, untilVisible, type Visibility } from './page-visibility.ts'
import { createSseParser, type StreamMessage } from './sse-parser.ts'

/** `away`: the stream broke and is being tried again; what is on screen may be old. `gone`: it will not come back. */
export type StreamStatus = 'connecting' | 'live' | 'away' | 'gone'

export type StreamSink = {
  /** Everything begins anew from this state. */
  snapshot(snapshot: Snapshot): void
  /** What came in one piece, in order, without a gap or a repeat since the last call. Never empty. */
  events(events: AppEvent[]): void
  status(status: StreamStatus, problem?: Problem): void
}

export type StreamOptions = {
  fetch?: typeof fetch
  /** Longest silence before a connection counts as dead; the server sends a comment every 15 s. */
  silenceMs?: number
  /** First wait before trying again; it doubles up to `maxWaitMs`. */
  firstWaitMs?: number
  maxWaitMs?: number
  /** A page hidden for so long lets go of its connection: a browser has only six for one server, over all its pages. */
  hiddenMs?: number
  visibility?: Visibility
}

/**
 * Follows an app's events until closed: resumes with `Last-Event-ID`, starts over from a snapshot when numbers are
 * missing, tries again for ever when the connection breaks. Never throws; a refusal that trying again cannot change
 * (not found, not allowed) ends it with `gone`.
 */
export function followApp(app: string, sink: StreamSink, options: StreamOptions = {}): { close: () => void } {
  const { silenceMs = 40_000, firstWaitMs = 250, maxWaitMs = 8_000, hiddenMs = 60_000 } = options
  const { visibility = pageVisibility } = options
  const closed = new AbortController()
  const log = createLogReader(sink)
  let failures = 0

  /** One connection; `true` when it was let go because nobody looks. */
  const connect = async (): Promise<boolean> => {
    const parked = new AbortController()
    const calledOff = afterHidden(visibility, hiddenMs, () => parked.abort())
    const onAlive = (): void => {
      failures = 0
      sink.status('live')
    }
    const address = `/api/apps/${app}/events`
    const ended = AbortSignal.any([closed.signal, parked.signal])
    try {
      await readOnce({ request: options.fetch ?? fetch, address, ended, silenceMs, log, onAlive })
    } catch (error) {
      if (!parked.signal.aborted) throw error
    } finally {
      calledOff()
    }
    return parked.signal.aborted
  }

  const run = async (): Promise<void> => {
    sink.status('connecting')
    while (!closed.signal.aborted) {
      let problem: Problem | undefined
      try {
        if (await connect()) {
          await untilVisible(visibility, closed.signal)
          continue
        }
      } catch (error) {
        problem = problemOf(error)
      }
      if (closed.signal.aborted) return
      if (problem && isFinal(problem)) return sink.status('gone', problem)
      sink.status('away', problem)
      await pause(Math.min(maxWaitMs, firstWaitMs * 2 ** failures), closed.signal)
      failures += 1
    }
  }

  void run()
  return { close: () => closed.abort() }
}

/** Where in the log the page is, over all connections. */
type LogReader = {
  /** The number of the last event taken; undefined: the next connection begins from a snapshot. */
  last: () => number | undefined
  /** Takes messages; `false` when a number is missing, and then forgets where it was. */
  take: (messages: StreamMessage[]) => boolean
}

function createLogReader(sink: StreamSink): LogReader {
  let last: number | undefined
  let events: AppEvent[] = []

  const flush = (): void => {
    if (events.length > 0) sink.events(events)
    events = []
  }
  /** Takes one message; `false` when numbers before it are missing. */
  const takeOne = ({ id, event, data }: StreamMessage): boolean => {
    if (event === 'snapshot') {
      flush()
      const snapshot = Snapshot.parse(JSON.parse(data))
      last = snapshot.seq
      sink.snapshot(snapshot)
      return true
    }
    const seq = Number(id)
    if (id === undefined || !Number.isInteger(seq)) return true // presence and other things without a number
    if (last === undefined || seq <= last) return true
    if (seq > last + 1) return false
    last = seq
    const known = fromWire(event, data)
    if (known) events.push(known)
    return true
  }
  return {
    last: () => last,
    take(messages) {
      const whole = messages.every(takeOne)
      flush()
      if (!whole) last = undefined
      return whole
    },
  }
}

type Connection = {
  request: typeof fetch
  address: string
  /** Ends the connection from here. */
  ended: AbortSignal
  silenceMs: number
  log: LogReader
  /** The stream has proved that it works. */
  onAlive: () => void
}

/** Reads one connection until it ends, is silent for too long, or a number is missing. Rejects when it is refused. */
async function readOnce({ request, address, ended, silenceMs, log, onAlive }: Connection): Promise<void> {
  const connection = new AbortController()
  const silence = createSilenceTimer(silenceMs, () => connection.abort())
  const last = log.last()
  try {
    const response = await request(address, {
      headers: { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': String(last) }) },
      cache: 'no-store',
      signal: AbortSignal.any([ended, connection.signal]),
    })
    if (!response.ok || !response.body) throw await readProblem(response)
    const parser = createSseParser()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      silence.restart()
      if (!log.take(parser.push(value))) return
      // Only something read proves that it works: a proxy that accepts and drops must not reset the waiting time.
      if (log.last() !== undefined) onAlive()
    }
  } finally {
    silence.stop()
    connection.abort()
  }
}

const isFinal = (problem: Problem): boolean => problem.code === 'not_found' || problem.code === 'forbidden'

function createSilenceTimer(ms: number, onSilence: () => void): { restart(): void; stop(): void } {
  let timer = setTimeout(onSilence, ms)
  return {
    restart() {
      clearTimeout(timer)
      timer = setTimeout(onSilence, ms)
    },
    stop: () => clearTimeout(timer),
  }
}

/** Waits, but not beyond the moment the machine is on line again, the page is looked at again, or the stream is closed. */
function pause(ms: number, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const woken = new AbortController()
    const wake = (): void => {
      clearTimeout(timer)
      woken.abort()
      resolve()
    }
    const timer = setTimeout(wake, ms)
    closed.addEventListener('abort', wake, { signal: woken.signal })
    if (typeof document === 'undefined') return
    globalThis.addEventListener('online', wake, { signal: woken.signal })
    document.addEventListener('visibilitychange', () => !document.hidden && wake(), { signal: woken.signal })
  })
}
