/** Longest path that is looked at, in characters as sent. The query is not counted and never read. */
const longestPath = 2048

export type RequestPath =
  | { kind: 'path'; path: string; location: string } // decoded, starts with `/`; as sent, with its query
  | { kind: 'moved'; location: string } // the same without doubled slashes; path and query, starts with one `/`
  | { kind: 'bad'; status: 400 | 414 }

const bad = (status: 400 | 414): RequestPath => ({ kind: 'bad', status })

/**
 * The path that a request line asks for. Refused: malformed percent-encoding, control characters, raw backslashes (browsers
 * send them as `/`), and `.` or `..` segments in any spelling: nobody's browser sends those.
 */
export function readRequestPath(url: string): RequestPath {
  const target = url.startsWith('/') ? url : fromAbsolute(url)
  if (target === undefined) return bad(400)
  const end = target.search(/[?#]/)
  const raw = end === -1 ? target : target.slice(0, end)
  if (raw.length > longestPath) return bad(414)
  const path = decode(raw)
  if (path === undefined || raw.includes('\\') || /\p{Cc}/u.test(path)) return bad(400)
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return bad(400)
  if (raw.includes('//')) return { kind: 'moved', location: raw.replace(/\/{2,}/g, '/') + target.slice(raw.length) }
  return { kind: 'path', path, location: target }
}

/** `http://host/path` is a legal request line (RFC 9112 3.2.2); which host it names has been decided before. */
function fromAbsolute(url: string): string | undefined {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/is.exec(url)
  const rest = absolute?.[1]
  if (rest === undefined) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}

function decode(raw: string): string | undefined {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}
