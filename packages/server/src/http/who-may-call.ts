import type { IncomingHttpHeaders } from 'node:http'
import { parseHost, type Domains, type Failure, type HostTarget } from '@overskill/protocol'

/** What the door looks at. `url` is the request's target as it came, `rawHeaders` names and values in turn. */
export type Caller = { method: string; url: string; headers: IncomingHttpHeaders; rawHeaders: readonly string[] }

export type Door = { kind: 'studio' } | { kind: 'app'; target: HostTarget } | { kind: 'refused'; failure: Failure }

/**
 * Who may call (API.md): decides by the `Host` header where a request goes, and refuses what another site made. Holds for
 * every method, stream and upgrade of the studio's host; an app's host is open to everyone.
 */
export function openDoor(caller: Caller, domains: Domains, publicUrl: string): Door {
  const host = caller.headers.host ?? ''
  const target = parseHost(host, domains)
  if (countHosts(caller.rawHeaders) > 1) {
    return {
      kind: 'refused',
      failure: { code: 'wrong_host', detail: 'A request names one Host; this one names several.' },
    }
  }
  if (!caller.url.startsWith('/') || target.kind === 'foreign') {
    const detail = `This server answers at ${publicUrl}, not at "${host.slice(0, 100)}".`
    return { kind: 'refused', failure: { code: 'wrong_host', detail } }
  }
  if (target.kind !== 'studio') return { kind: 'app', target }
  if (isOurs(caller, host, publicUrl)) return { kind: 'studio' }
  const detail = 'Only the studio itself may call this; the request came from another site.'
  return { kind: 'refused', failure: { code: 'forbidden', detail } }
}

/** `headers` has only the first of several, and what stands before us may have gone by another. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

/** Browsers say where a request comes from; other clients say nothing, and are not what a page could be made to do. */
function isOurs({ method, url, headers }: Caller, host: string, publicUrl: string): boolean {
  const { origin } = headers
  if (origin !== undefined && origin !== publicUrl && origin !== `http://${host}`) return false
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return isVisit(method, url, headers)
}

/** Somebody follows a link from elsewhere to a page of the studio, in a tab of its own: harmless. */
const isVisit = (method: string, url: string, headers: IncomingHttpHeaders): boolean =>
  method === 'GET' &&
  !/^\/api(\/|\?|$)/i.test(url) &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document'
