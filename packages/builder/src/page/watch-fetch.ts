import { createRequestNote, isText, mostBodyCharacters, type RequestNote } from './request-note.ts'
import type { PageOutbox } from './page-outbox.ts'

/** How long the body of a failure is listened to. */
const bodyMs = 5_000

/** Tells of requests made with `fetch`. Arguments, `this`, answers, streams and failures are the app's as before. */
export function watchFetch(outbox: PageOutbox): void {
  const original = window.fetch
  const later = window.setTimeout.bind(window)
  window.fetch = function (this: unknown, ...given: Parameters<typeof fetch>): Promise<Response> {
    const note = createRequestNote(outbox, methodOf(given), addressOf(given[0]))
    const answer = original.apply(this as typeof globalThis, given)
    // Handed on by a promise of its own, so that a failure that the app does not handle still counts as unhandled.
    return answer.then(
      (response) => {
        tell(response, note, later)
        return response
      },
      (error: unknown) => {
        if (!isAbort(error, given)) note.failed()
        throw error
      },
    )
  }
}

function tell(response: Response, note: RequestNote, later: typeof window.setTimeout): void {
  try {
    if (response.type === 'opaque' || response.type === 'opaqueredirect') return // nobody may know how that went
    if (response.status < 400 || !isText(response.headers.get('content-type'))) return note.answered(response.status)
    const reader = response.clone().body?.getReader()
    if (!reader) return note.answered(response.status)
    void readStart(reader, later).then((body) => note.answered(response.status, body))
  } catch {
    note.answered(response.status)
  }
}

/** The beginning of a body, as far as it comes in time. Lets go of the rest, which is then the app's alone. Never rejects. */
async function readStart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  later: typeof window.setTimeout,
): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const timer = later(() => reader.cancel().catch(() => {}), bodyMs)
  try {
    while (text.length < mostBodyCharacters) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    // The app gave up, or the connection broke: what came is told.
  }
  window.clearTimeout(timer)
  reader.cancel().catch(() => {})
  return text
}

function methodOf([input, init]: Parameters<typeof fetch>): string {
  try {
    return init?.method ?? (input instanceof Request ? input.method : 'GET')
  } catch {
    return 'GET'
  }
}

/** Undefined for what is no plain address: turning it into a text might run code of the app. */
function addressOf(input: unknown): string | undefined {
  if (typeof input === 'string') return input
  if (input instanceof Request) return input.url
  return input instanceof URL ? input.href : undefined
}

/** The app itself ended it: nothing failed. */
function isAbort(error: unknown, [input, init]: Parameters<typeof fetch>): boolean {
  try {
    if (error instanceof DOMException && error.name === 'AbortError') return true
    return Boolean(init?.signal?.aborted || (input instanceof Request && input.signal.aborted))
  } catch {
    return false
  }
}
