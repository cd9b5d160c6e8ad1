import { request as startRequest } from 'node:http'
import { fromWire, type AppEvent } from '@overskill/protocol'
import { createSseReader } from './sse-frames.ts'

/** An event as a page gets it. `at`: when its last byte came, on `performance.now()`; `wallAt`: the same on `Date.now()`. */
export type Seen = { event: AppEvent; at: number; wallAt: number }

/** One client on an app's event stream. */
export type AppWatch = {
  /** All events so far, in order. May be emptied by whoever has read them. */
  seen: Seen[]
  /** Resolves with the first event from now on that fits. Rejects after `limitMs`, or when the stream ends. */
  next(fits: (event: AppEvent) => boolean, limitMs?: number): Promise<Seen>
  close(): void
}

type Waiter = { fits: (event: AppEvent) => boolean; resolve(seen: Seen): void; reject(error: Error): void }

/** Opens the stream and waits for its snapshot: nothing that happens from then on is missed. */
export function watchApp(port: number, app: string): Promise<AppWatch> {
  const seen: Seen[] = []
  const waiters = new Set<Waiter>()
  const hear = (one: Seen): void => {
    seen.push(one)
    for (const waiter of waiters) if (waiter.fits(one.event)) waiter.resolve(one)
  }
  const fail = (error: Error): void => waiters.forEach((waiter) => waiter.reject(error))
  return new Promise((resolve, reject) => {
    const headers = { host: `localhost:${port}` }
    const path = `/api/apps/${app}/events`
    const sent = startRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const read = createReader(hear, () => resolve({ seen, next: waitIn(waiters), close: () => sent.destroy() }))
      response.setEncoding('utf8')
      response.on('data', read)
      response.on('error', fail)
      response.on('end', () => fail(new Error('The event stream ended')))
    })
    sent.on('error', (error) => {
      fail(error)
      reject(error)
    })
    sent.end()
  })
}

const waitIn =
  (waiters: Set<Waiter>): AppWatch['next'] =>
  (fits, limitMs = 60_000) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        waiters.delete(waiter)
      }
      const waiter: Waiter = {
        fits,
        resolve(one) {
          end()
          resolve(one)
        },
        reject(error) {
          end()
          reject(error)
        },
      }
      const timer = setTimeout(() => waiter.reject(new Error(`No such event within ${limitMs} ms`)), limitMs)
      waiters.add(waiter)
    })

/** The time is taken before anything is parsed. */
function createReader(hear: (seen: Seen) => void, onSnapshot: () => void): (text: string) => void {
  let [at, wallAt] = [0, 0]
  const read = createSseReader(({ name, data }) => {
    if (name === 'snapshot') return onSnapshot()
    const event = fromWire(name, data)
    if (event) hear({ event, at, wallAt })
  })
  return (text) => {
    at = performance.now()
    wallAt = Date.now()
    read(text)
  }
}
