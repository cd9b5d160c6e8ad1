import { maskSecrets, maskUrl } from './mask-secrets.ts'
import type { PageOutbox } from './page-outbox.ts'

export const mostBodyCharacters = 500

/** One request under way, told once when its end is known. Never throws. */
export type RequestNote = {
  answered(status: number, body?: string): void
  /** No answer came. */
  failed(): void
}

/** @param address As the app gave it; what is not on the web is not told. */
export function createRequestNote(outbox: PageOutbox, method: unknown, address: string | undefined): RequestNote {
  const began = performance.now()
  const end = (status: number, body?: string): void => {
    try {
      const { href, protocol } = new URL(address ?? '', document.baseURI)
      if (address === undefined || !protocol.startsWith('http') || !outbox.hasRoom('request')) return
      outbox.report({
        kind: 'request',
        at: Date.now(),
        method: String(method).toUpperCase().slice(0, 20),
        url: maskUrl(href).slice(0, 2_000),
        status,
        ms: Math.round(performance.now() - began),
        ...(body && { body: maskSecrets(body).slice(0, mostBodyCharacters) }),
      })
    } catch {
      // No address: the browser has told the app.
    }
  }
  return { answered: end, failed: () => end(0) }
}

/** Whether a body of this type can be read by people. */
export const isText = (type: string | null): boolean =>
  /^text\/|[/+](?:json|xml|javascript)\b|urlencoded/i.test(type ?? '')
