import { z } from 'zod'

/**
 * The one place that makes and reads names: slugs, hosts, scripts (L32, L34). Hosts and scripts carry the app's id, so that
 * two apps with one title can never meet; a slug is only the address of production.
 */

const reservedWords = new Set([
  'www',
  'api',
  'app',
  'apps',
  'admin',
  'studio',
  'edge',
  'cdn',
  'static',
  'assets',
  'mail',
  'smtp',
  'ftp',
  'ns',
  'ns1',
  'ns2',
  'localhost',
  'status',
  'help',
  'support',
  'docs',
  'blog',
  'auth',
  'login',
  'account',
  'vendor',
  'overskill',
])
const reservedPrefixes = ['preview-', 'live-', 'xn--']

/** Why a slug is not allowed, in words for a person; undefined when it is. */
export function slugProblem(slug: string): string | undefined {
  if (slug.length < 3 || slug.length > 40) return 'An address has 3 to 40 characters.'
  if (!/^[a-z0-9-]+$/.test(slug)) return 'An address has only small letters, digits and hyphens.'
  if (slug.startsWith('-') || slug.endsWith('-')) return 'An address does not start or end with a hyphen.'
  if (reservedWords.has(slug) || reservedPrefixes.some((prefix) => slug.startsWith(prefix)))
    return `${slug} is reserved.`
  if (slug.includes('--')) return 'An address has no two hyphens in a row.'
  return undefined
}

export const Slug = z.string().superRefine((slug, context) => {
  const problem = slugProblem(slug)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

/** The slug that a name suggests; with `id` when the plain one is reserved, taken or too short. Always a legal slug. */
export function slugFromName(name: string, id: string, taken: (slug: string) => boolean = () => false): string {
  const letters = name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('ł', 'l')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const plain = letters.slice(0, 40).replace(/-+$/, '')
  if (!slugProblem(plain) && !taken(plain)) return plain
  const stem = letters.slice(0, 33).replace(/-+$/, '')
  const withId = stem ? `${stem}-${id}` : `app-${id}`
  return slugProblem(withId) ? `app-${id}` : withId
}

export type HostKind = 'preview' | 'live' | 'published' | 'studio' | 'foreign'

/** What a `Host` header names. `key` is the app id for preview and live, the slug for published, empty otherwise. */
export type HostTarget = { kind: HostKind; key: string }

export type Domains = { studio: string; apps: string }

/** Host names of an app, without a port. */
export const previewHost = (id: string, appsDomain: string): string => `preview-${id}.${appsDomain}`
export const liveHost = (id: string, appsDomain: string): string => `live-${id}.${appsDomain}`
export const publishedHost = (slug: string, appsDomain: string): string => `${slug}.${appsDomain}`

/** The name of an app's script in an environment: by id, never by slug. */
export const scriptName = (id: string, environment: 'preview' | 'production'): string => `${environment}-${id}`

/** Reads a `Host` header (any case, with or without a port or a trailing dot). Loopback addresses count as the studio. */
export function parseHost(header: string, domains: Domains): HostTarget {
  const host = header.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')
  if (host === domains.studio || isLoopbackName(host)) return { kind: 'studio', key: '' }
  const suffix = `.${domains.apps}`
  if (!host.endsWith(suffix)) return { kind: 'foreign', key: '' }
  const label = host.slice(0, -suffix.length)
  const environment = /^(preview|live)-([a-z0-9]{6})$/.exec(label)
  if (environment?.[1] && environment[2])
    return { kind: environment[1] === 'preview' ? 'preview' : 'live', key: environment[2] }
  return slugProblem(label) ? { kind: 'foreign', key: '' } : { kind: 'published', key: label }
}

/** Whether a host name (without port) is this machine and nothing else. */
export const isLoopbackName = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
