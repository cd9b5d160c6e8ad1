import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { toWire, type AppEvent, type Snapshot } from '@overskill/protocol'

const commentEveryMs = 15_000
const patienceMs = 60_000

/** What goes out on one stream: perhaps a snapshot, then events until the signal aborts. */
export type StreamContent = { snapshot: Snapshot | undefined; events: AsyncIterable<AppEvent> }

/**
 * Writes one app's events as `text/event-stream` (API.md "Events") until the client leaves or `signal` aborts. A client that
 * reads slowly is waited for, so at most one event and the socket's buffer are in memory for it; one that reads nothing for
 * a minute is cut off, and comes back after its last event. Never rejects.
 */
export async function sendEventStream(
  response: ServerResponse,
  content: StreamContent,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  const comment = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n')
  }, commentEveryMs)
  try {
    response.write('retry: 1000\n\n')
    if (content.snapshot) await write(response, frame(content.snapshot.seq, 'snapshot', content.snapshot), signal)
    for await (const event of content.events) await write(response, frameOf(event), signal)
    response.end()
  } catch {
    response.destroy() // the client left, or takes nothing: it resumes from the last id it saw
  } finally {
    clearInterval(comment)
  }
}

const framed = new WeakMap<AppEvent, string>()

/** All readers of an app get the same event, so it is put into words once. */
function frameOf(event: AppEvent): string {
  const known = framed.get(event)
  if (known !== undefined) return known
  const { id, event: name, data } = toWire(event)
  const made = frame(id, name, data)
  framed.set(event, made)
  return made
}

/** JSON has no raw line breaks, so the data is one line. */
const frame = (id: number, name: string, data: unknown): string =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return
  await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) })
}

/** Where a stream goes on: the number after which events are wanted, or undefined for a beginning. */
export function resumePoint(lastEventId: string | undefined, after: string | undefined): number | undefined {
  const given = lastEventId ?? after
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) : undefined
}
