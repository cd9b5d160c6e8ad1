import { createRequestNote, isText, mostBodyCharacters } from './request-note.ts'
import type { PageOutbox } from './page-outbox.ts'

type Opened = { method: unknown; address: string | undefined; isAsync: boolean }
type Open = (this: XMLHttpRequest, ...given: unknown[]) => void

/** Tells of requests made with `XMLHttpRequest`, synchronous ones too. */
export function watchXhr(outbox: PageOutbox): void {
  const opened = new WeakMap<XMLHttpRequest, Opened>()
  const prototype = XMLHttpRequest.prototype as unknown as { open: Open; send: Open }
  const { open, send } = prototype
  prototype.open = function (...given) {
    const [method, address, isAsync = true] = given
    opened.set(this, {
      method,
      address: typeof address === 'string' ? address : address instanceof URL ? address.href : undefined,
      isAsync: Boolean(isAsync),
    })
    return open.apply(this, given)
  }
  prototype.send = function (...given) {
    const request = opened.get(this)
    const note = request && createRequestNote(outbox, request.method, request.address)
    if (!note) return send.apply(this, given)
    let isAborted = false
    const ended = (): void => {
      this.removeEventListener('abort', aborted)
      this.removeEventListener('loadend', ended)
      if (opened.get(this) !== request || isAborted) return // opened anew meanwhile, or ended by the app itself
      if (this.status > 0) note.answered(this.status, this.status >= 400 ? bodyOf(this) : undefined)
      else note.failed()
    }
    const aborted = (): void => {
      isAborted = true
    }
    this.addEventListener('abort', aborted)
    this.addEventListener('loadend', ended)
    try {
      return send.apply(this, given)
    } catch (error) {
      if (!request.isAsync) note.failed()
      throw error
    }
  }
}

function bodyOf(request: XMLHttpRequest): string | undefined {
  try {
    if (request.responseType === 'json') return JSON.stringify(request.response).slice(0, mostBodyCharacters)
    const isReadable = request.responseType === '' || request.responseType === 'text'
    if (!isReadable || !isText(request.getResponseHeader('content-type'))) return undefined
    return request.responseText.slice(0, mostBodyCharacters)
  } catch {
    return undefined
  }
}
