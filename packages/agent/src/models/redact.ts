/**
 * Makes text of a provider safe to show and to log: the key, anything that looks like one, and what authorization headers
 * hold are replaced. Cut to `maxLength` UTF-16 units afterwards, so that no half key is left at the end.
 */
export function redact(text: string, key: string, maxLength = 500): string {
  const without = key.length >= 4 ? text.replaceAll(key, '[key]') : text
  const safe = without
    .replace(/\bsk-[A-Za-z0-9_-]{8,}/g, '[key]')
    .replace(/\b(Bearer|x-api-key:?)\s+[^\s"']+/gi, '$1 [key]')
  return safe.length > maxLength ? `${safe.slice(0, maxLength)}…` : safe
}

/** An address as a person may see it: without user, password, query and fragment. */
export function shownAddress(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return 'the configured address'
  const url = new URL(baseUrl)
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '')}`
}
