import { openOutbox } from './page-outbox.ts'
import { watchBlank } from './watch-blank.ts'
import { watchConsole } from './watch-console.ts'
import { watchErrors } from './watch-errors.ts'
import { watchFetch } from './watch-fetch.ts'
import { watchPath, watchTouch } from './watch-person.ts'
import { watchXhr } from './watch-xhr.ts'

/**
 * What a previewed page runs first. A page in a tab of its own is left as it is; in a frame it is listened to, and what
 * happens in it is told to the frame's owner once that has said hello from one of these origins, and to nobody else.
 */
export function watchPage(origins: readonly string[]): void {
  if (window.parent === window) return
  const outbox = openOutbox(origins)
  watchConsole(outbox)
  watchErrors(outbox, watchBlank(outbox))
  watchFetch(outbox)
  watchXhr(outbox)
  watchPath(outbox)
  watchTouch(outbox)
}
