import type { EdgePreviewService } from '@overskill/edge'
import { within } from '../within.ts'
import type { AppHosts } from './app-hosts.ts'

/** Longest that a page waits for the database; then it shows what this edge knows. */
const limitMs = 1_000

/**
 * An edge beside others. A page of a preview is often asked for the moment that an event says it is on line, and the process
 * that was asked may not have heard of the switch yet: it looks before it answers. What the page then loads, and what is
 * published, follows within a second.
 */
export const freshEdge = (
  edge: Pick<EdgePreviewService, 'handle'>,
  hosts: Pick<AppHosts, 'refreshForPage'>,
): Pick<EdgePreviewService, 'handle'> => ({
  handle(request, response, target) {
    const isPage = target.kind === 'preview' && request.headers.accept?.includes('text/html')
    if (!isPage) return edge.handle(request, response, target)
    void within(limitMs, hosts.refreshForPage(target.key)).then(() => edge.handle(request, response, target))
  },
})
