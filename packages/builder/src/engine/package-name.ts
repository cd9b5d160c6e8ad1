const BARE = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:\/|$)/i

/** The package part of a bare specifier (`@scope/name`), or null when it is none or climbs. */
export function packageName(specifier: string): string | null {
  if (!BARE.test(specifier) || /[\0\\?#%]/.test(specifier)) return null
  const parts = specifier.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return null
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null)
}
