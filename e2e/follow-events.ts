import { fromWire, type AppEvent } from '@overskill/protocol'
import type { RunningServer } from './start-server.ts'

/**
 * Reads an app's events as any client would, from `after` on, until one fits.
 *
 * @returns All of them up to that one, which is the last. Throws when the stream ends or 40 s pass before it came.
 */
export async function eventsUntil(
  server: Pick<RunningServer, 'port'>,
  app: string,
  fits: (event: AppEvent, before: readonly AppEvent[]) => boolean,
  after = 0,
): Promise<AppEvent[]> {
  const seen: AppEvent[] = []
  const leave = new AbortController()
  const signal = AbortSignal.any([leave.signal, AbortSignal.timeout(40_000)])
  try {
    const address = `http://127.0.0.1:${server.port}/api/apps/${app}/events?after=${after}`
    const { body } = await fetch(address, { signal })
    for await (const frame of framesOf(body)) {
      const event = eventIn(frame)
      if (!event) continue
      seen.push(event)
      if (fits(event, seen)) return seen
    }
  } catch (error) {
    throw new Error(`The event did not come. Seen: ${seen.map(({ type }) => type).join(' ')}`, { cause: error })
  } finally {
    leave.abort()
  }
  throw new Error(`The stream ended. Seen: ${seen.map(({ type }) => type).join(' ')}`)
}

async function* framesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body ?? []) {
    const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = frames.pop() ?? ''
    yield* frames
  }
}

/** The event of a frame; a comment is none. */
function eventIn(frame: string): AppEvent | undefined {
  const field = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'm').exec(frame)?.[1] ?? ''
  const name = field('event')
  if (name === '' || name === 'snapshot') return undefined
  return fromWire(name, field('data'))
}
