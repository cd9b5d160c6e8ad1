import type { CodePlace } from '@overskill/protocol'
import { describeError, formatValue } from './format-value.ts'
import { maskUrl } from './mask-secrets.ts'
import type { PageOutbox } from './page-outbox.ts'
import { parseStack } from './parse-stack.ts'

/** Tells of errors that nobody caught, and of files of the page that did not load. */
export function watchErrors(outbox: PageOutbox, onUncaught: () => void): void {
  const uncaught = (thrown: unknown, message: string, place: CodePlace | undefined): void => {
    const isError = thrown instanceof Error
    const stack = isError ? parseStack(thrown.stack) : []
    if (stack.length === 0 && place) stack.push(place)
    const text = isError ? describeError(thrown) : message || formatValue(thrown)
    outbox.report({ kind: 'uncaught', at: Date.now(), text, ...(stack.length > 0 && { stack }) })
    onUncaught()
  }
  const guarded = (work: () => void): void => {
    try {
      work()
    } catch {
      // The page never notices that it is listened to.
    }
  }
  window.addEventListener(
    'error',
    (event: Event) =>
      guarded(() => {
        if (!(event instanceof ErrorEvent)) return tellResource(outbox, event.target)
        const { filename, lineno, colno, message } = event
        uncaught(event.error, message, filename ? { file: filename, line: lineno, column: colno } : undefined)
      }),
    true,
  )
  window.addEventListener('unhandledrejection', (event) =>
    guarded(() => {
      const { reason } = event as { reason: unknown }
      uncaught(reason, `Unhandled rejection: ${formatValue(reason)}`, undefined)
    }),
  )
}

/** An image, script, stylesheet or the like that failed. Its status is known where the browser tells it. */
function tellResource(outbox: PageOutbox, target: EventTarget | null): void {
  if (!(target instanceof Element)) return
  const { currentSrc, src, href } = target as { currentSrc?: unknown; src?: unknown; href?: unknown }
  const address = [currentSrc, src, href].find((each) => typeof each === 'string' && each !== '')
  if (typeof address !== 'string' || !/^https?:/.test(address)) return
  const timing = performance.getEntriesByName(address).at(-1)
  const { responseStatus = 0, duration = 0 } = (timing ?? {}) as { responseStatus?: number; duration?: number }
  const ms = Math.round(duration)
  const status = responseStatus >= 400 ? responseStatus : 0
  outbox.report({ kind: 'request', at: Date.now(), method: 'GET', url: maskUrl(address).slice(0, 2_000), status, ms })
}
