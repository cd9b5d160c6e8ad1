import { contract } from '@overskill/protocol'

/** One call of the API. `json` ones are the contract's; `raw` ones carry bytes or streams; `later` ones are not built yet. */
export type Route = {
  method: string
  /** Below `/api`, with `{name}` for a segment and `{+name}` for the rest of the path. */
  path: string
  kind: 'json' | 'raw' | 'later'
  /** What it does, for the OpenAPI document. */
  summary?: string
}

type Described = { '~orpc': { route: { method?: string; path?: string } } }

const jsonRoutes: Route[] = Object.values(contract).flatMap((group) =>
  Object.values(group).map((call: Described) => {
    const { method = 'POST', path = '/' } = call['~orpc'].route
    return { method, path, kind: 'json' }
  }),
)

const file = '/apps/{app}/files/{+path}'

/** What is not in the contract because it does not speak JSON both ways. */
export const rawRoutes: Route[] = [
  { method: 'GET', path: '/health', kind: 'raw', summary: 'How the server is; 503 while it starts or a part is down' },
  { method: 'GET', path: '/openapi.json', kind: 'raw', summary: 'This document' },
  {
    method: 'GET',
    path: '/apps/{app}/events',
    kind: 'raw',
    summary: 'Everything that happens to an app, as text/event-stream',
  },
  {
    method: 'GET',
    path: '/apps/{app}/export.zip',
    kind: 'raw',
    summary: 'All files of a version, or of the newest state',
  },
  { method: 'GET', path: file, kind: 'raw', summary: "A file's content, with its media type and ETag" },
  { method: 'PUT', path: file, kind: 'raw', summary: 'Stores a file as a new version; If-Match is honoured' },
  { method: 'DELETE', path: file, kind: 'raw', summary: 'Removes a file as a new version; If-Match is honoured' },
]

const laterRoutes: Route[] = [
  { method: 'POST', path: '/apps/import', kind: 'later' },
  { method: 'POST', path: '/uploads', kind: 'later' },
  { method: 'GET', path: '/apps/{app}/env', kind: 'later' },
  { method: 'PUT', path: '/apps/{app}/env', kind: 'later' },
]

/** Every call there is. The negative tests are generated from it (L38). */
export const routes: readonly Route[] = [...jsonRoutes, ...rawRoutes, ...laterRoutes]

const patterns = routes.map((route) => ({ route, pattern: patternOf(route.path), fixed: !route.path.includes('{') }))
patterns.sort((one, other) => Number(other.fixed) - Number(one.fixed))

function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    .replace(/\{(\+?)(\w+)\}/g, (_, rest: string, name: string) => (rest ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`))
  return new RegExp(`^/api${source}/?$`)
}

export type Found = { route: Route; params: Record<string, string> } | { allowed: string[] }

/** The route of a method and path (not decoded), or the methods that the path takes: none, if there is no such path. */
export function findRoute(method: string, pathname: string): Found {
  const wanted = method === 'HEAD' ? 'GET' : method
  const allowed: string[] = []
  for (const { route, pattern } of patterns) {
    const match = pattern.exec(pathname)
    if (!match) continue
    if (route.method === wanted) return { route, params: { ...match.groups } }
    allowed.push(route.method)
  }
  return { allowed: [...new Set(allowed)] }
}
