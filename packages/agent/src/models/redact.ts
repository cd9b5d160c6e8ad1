import { storable } from './storable.ts'

/**
 * Makes text of a provider safe to show, to log and to store: the key, anything that looks like one, and what authorization
 * headers hold are replaced. Cut to `maxLength` UTF-16 units afterwards, so that no half key is left at the end.
 */
export function redact(text: string, key: string, maxLength = 500): string {
  const without = key.length >= 4 ? text.replaceAll(key, '[key]') : text
  const safe = without
    .replace(/\bsk-[A-Za-z0-9_-]{8,}/g, '[key]')
    .replace(/\b(Bearer|x-api-key:?)\s+[^\s"']+/gi, '$1 [key]')
  return storable(safe, maxLength)
}

/** The longest words of a refusal that are told, in UTF-16 units. */
export const refusalLength = 1000

/** An address as a person may see it: without user, password, query and fragment. */
export function shownAddress(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return 'the configured address'
  const url = new URL(baseUrl)
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '')}`
}
