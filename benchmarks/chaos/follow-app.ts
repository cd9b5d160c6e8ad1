import { request as startRequest } from 'node:http'
import { fromWire, type AppEvent } from '@overskill/protocol'
import { createSseReader, type SseFrame } from '../sse-frames.ts'

/** A page on one app's events, which comes back after every cut with the last number it saw. */
export type Follower = {
  /** Every gap and repeat that it saw; none may be. */
  readonly problems: readonly string[]
  /** Resolves with the first event from now on, or already seen, that fits. Rejects with `signal`. */
  until(fits: (event: AppEvent) => boolean, signal: AbortSignal): Promise<AppEvent>
  /** Cuts the connection; it comes back by itself. */
  cut(): void
  close(): void
}

const againMs = 100

/** @param port Asked before each connection: a client of several nodes comes back at another one. */
export function followApp(app: string, port: () => number): Follower {
  const log = createSeenLog()
  let closed = false
  let cut = (): void => {}
  const connect = (): void => {
    if (closed) return
    const again = once(() => setTimeout(connect, againMs))
    const headers = { host: 'localhost', 'last-event-id': String(log.last()) }
    const path = `/api/apps/${app}/events`
    const sent = startRequest({ host: '127.0.0.1', port: port(), path, headers, agent: false }, (response) => {
      if (response.statusCode !== 200) response.destroy()
      else response.setEncoding('utf8').on('data', createSseReader(log.take))
      response.on('close', again).on('error', again)
    })
    sent.on('error', again)
    sent.end()
    cut = () => sent.destroy()
  }
  connect()
  return {
    problems: log.problems,
    until: log.until,
    cut: () => cut(),
    close() {
      closed = true
      cut()
    },
  }
}

/** What came, over all connections: the numbers in order, and the events of turns. */
function createSeenLog() {
  const problems: string[] = []
  const turns: AppEvent[] = []
  const waiting = new Set<(event: AppEvent) => void>()
  let last = 0
  const until: Follower['until'] = (fits, signal) =>
    new Promise((resolve, reject) => {
      const known = turns.find(fits)
      if (known) return resolve(known)
      const hear = (event: AppEvent): void => {
        if (!fits(event)) return
        waiting.delete(hear)
        resolve(event)
      }
      waiting.add(hear)
      const late = (): void => reject(new Error(`The event did not come; the last was number ${last}`))
      signal.addEventListener('abort', late, { once: true })
    })
  return {
    problems,
    until,
    last: () => last,
    take: ({ id: seq, name, data }: SseFrame): void => {
      if (seq === undefined) return
      if (name === 'snapshot' || seq !== last + 1) problems.push(`${name} ${seq} after ${last}`)
      last = seq
      const event = name === 'snapshot' ? undefined : fromWire(name, data)
      if (!event) return
      if (event.type.startsWith('turn.')) turns.push(event)
      for (const hear of waiting) hear(event)
    },
  }
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    work()
  }
}
