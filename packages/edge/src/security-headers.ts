import type { Environment } from '@overskill/protocol'
import { headerLines, type HeaderLines } from './header-lines.ts'

export type SecurityHeaders = {
  /** Of every answer of a host. */
  always: HeaderLines
  /** Of the app's pages, besides. */
  page: HeaderLines
}

/**
 * Header lines of an app's host. Every app environment is an origin of its own and is meant to run whatever its author
 * wrote, so nothing here limits its scripts; what is limited is who may frame it (the app itself and the studio; against
 * clickjacking of published apps too), how types are read and what a followed link tells. Previews are kept out of search.
 */
export function securityHeaders(environment: Environment, studioOrigins: readonly string[]): SecurityHeaders {
  const ancestors = ["'self'", ...studioOrigins].join(' ')
  return {
    always: headerLines({
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': `frame-ancestors ${ancestors}`,
      ...(environment === 'preview' && { 'X-Robots-Tag': 'noindex' }),
    }),
    page: headerLines({
      'Referrer-Policy': 'strict-origin-when-cross-origin',
      'Origin-Agent-Cluster': '?1',
      'Permissions-Policy': 'browsing-topics=()',
    }),
  }
}
