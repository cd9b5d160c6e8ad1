import { PreviewMessage, type StudioMessage } from '@overskill/protocol'

/** What a page may say in one go, and in the long run, before the rest is left out: what it says costs us to read. */
const burst = 400
const perSecond = 100

/** The studio's first word to a page: it tells the page whom to answer. */
export const hello: StudioMessage = { type: 'overskill:hello' }

export type PageListener = {
  /** What a message says; undefined when it is not one of the page's, says nothing we know, or is one too many. */
  read: (event: Pick<MessageEvent, 'source' | 'origin' | 'data'>) => PreviewMessage | undefined
  /** Messages left out because there were too many, since this was last asked. */
  takeDropped: () => number
}

/**
 * Reads what the page in one frame says. A page may say anything, as often as it likes.
 *
 * @param page The window of the frame; what another window says is not listened to.
 * @param nowMs A clock that only goes forward.
 */
export function createPageListener(
  page: () => MessageEventSource | null | undefined,
  origin: string,
  nowMs: () => number = () => performance.now(),
): PageListener {
  let left = burst
  let last = nowMs()
  let dropped = 0

  const mayRead = (): boolean => {
    const now = nowMs()
    left = Math.min(burst, left + ((now - last) / 1000) * perSecond)
    last = now
    if (left < 1) return false
    left -= 1
    return true
  }
  return {
    read({ source, origin: from, data }) {
      if (source === null || source !== page() || from !== origin) return undefined
      if (!mayRead()) {
        dropped += 1
        return undefined
      }
      return PreviewMessage.safeParse(data).data
    },
    takeDropped() {
      const count = dropped
      dropped = 0
      return count
    },
  }
}
