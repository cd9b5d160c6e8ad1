import { fromWire, Snapshot, type AppEvent } from '@overskill/protocol'
import { problemOf, readProblem, type Problem } from './problem.ts'
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
}

type Taken = 'ok' | 'gap'

/**
 * Follows an app's events until closed: resumes with `Last-Event-ID`, starts over from a snapshot when numbers are
 * missing, tries again for ever when the connection breaks. Never throws; a refusal that trying again cannot change
 * (not found, not allowed) ends it with `gone`.
 */
export function followApp(app: string, sink: StreamSink, options: StreamOptions = {}): { close(): void } {
  const { silenceMs = 40_000, firstWaitMs = 250, maxWaitMs = 8_000 } = options
  const request = options.fetch ?? fetch
  const closed = new AbortController()
  let lastSeq: number | undefined
  let failures = 0

  const take = (messages: StreamMessage[]): Taken => {
    const events: AppEvent[] = []
    const flush = (): void => {
      if (events.length > 0) sink.events(events.splice(0))
    }
    for (const message of messages) {
      if (message.event === 'snapshot') {
        flush()
        const snapshot = Snapshot.parse(JSON.parse(message.data))
        lastSeq = snapshot.seq
        sink.snapshot(snapshot)
        continue
      }
      const seq = Number(message.id)
      if (message.id === undefined || !Number.isInteger(seq)) continue // presence and other things without a number
      if (lastSeq === undefined || seq <= lastSeq) continue
      if (seq > lastSeq + 1) {
        flush()
        return 'gap'
      }
      lastSeq = seq
      const event = fromWire(message.event, message.data)
      if (event) events.push(event)
    }
    flush()
    return 'ok'
  }

  /** One connection, until it ends for any reason. */
  const connect = async (): Promise<void> => {
    const connection = new AbortController()
    const signal = AbortSignal.any([closed.signal, connection.signal])
    const silence = createSilenceTimer(silenceMs, () => connection.abort())
    try {
      const response = await request(`/api/apps/${app}/events`, {
        headers: {
          accept: 'text/event-stream',
          ...(lastSeq !== undefined && { 'last-event-id': String(lastSeq) }),
        },
        cache: 'no-store',
        signal,
      })
      if (!response.ok || !response.body) throw await readProblem(response)
      const parser = createSseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        silence.restart()
        const messages = parser.push(value)
        if (take(messages) === 'gap') {
          lastSeq = undefined
          return
        }
        // Only data proves that the stream works: a proxy that accepts and drops must not reset the waiting time.
        if (messages.length > 0 || lastSeq !== undefined) {
          failures = 0
          sink.status('live')
        }
      }
    } finally {
      silence.stop()
      connection.abort()
    }
  }

  const run = async (): Promise<void> => {
    sink.status('connecting')
    while (!closed.signal.aborted) {
      let problem: Problem | undefined
      try {
        await connect()
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
