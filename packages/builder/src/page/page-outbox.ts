import type { PreviewMessage, PreviewReport } from '@overskill/protocol'

/** Reports that wait until the studio says hello; the oldest give way. */
const mostWaiting = 200
/** A page that logs without end is heard this often a second; errors and requests have room of their own. */
const mostLogsPerSecond = 70
const mostOthersPerSecond = 29
const secondMs = 1_000

/** What the page tells the studio, once the studio has said hello; until then it is kept here. */
export type PageOutbox = {
  /** Takes a report, unless there were too many within this second. Never throws. */
  report(report: PreviewReport): void
  /** Whether a report of this kind would be taken now: what makes one costs nothing when it would not. */
  hasRoom(kind: PreviewReport['kind']): boolean
  /** Where in the app one is. Told again at each hello. */
  path(path: string): void
  touched(): void
}

/** @param origins The only ones whose hello counts, and to which anything is ever said. */
export function openOutbox(origins: readonly string[]): PageOutbox {
  const studio = window.parent
  const limit = limitRate((dropped) => send({ type: 'overskill:report', report: dropNote(dropped) }))
  let waiting: PreviewMessage[] = []
  let target: string | undefined
  let path: string | undefined
  let isTouched = false

  function send(message: PreviewMessage): void {
    if (target !== undefined) return studio.postMessage(message, target)
    waiting.push(message)
    if (waiting.length > mostWaiting) waiting.shift()
  }

  window.addEventListener('message', (event) => {
    if (!event.isTrusted || event.source !== studio || !origins.includes(event.origin)) return
    if ((event.data as { type?: unknown } | null)?.type !== 'overskill:hello') return
    target = event.origin
    send({ type: 'overskill:ready' })
    if (path !== undefined) send({ type: 'overskill:path', path })
    if (isTouched) send({ type: 'overskill:touched' })
    const kept = waiting
    waiting = []
    kept.forEach(send)
  })

  return {
    hasRoom: (kind) => limit.hasRoom(kind),
    report(report) {
      if (limit.take(report.kind)) send({ type: 'overskill:report', report })
    },
    path(now) {
      path = now
      if (target !== undefined) send({ type: 'overskill:path', path })
    },
    touched() {
      isTouched = true
      if (target !== undefined) send({ type: 'overskill:touched' })
    },
  }
}

type RateLimit = { take(kind: PreviewReport['kind']): boolean; hasRoom(kind: PreviewReport['kind']): boolean }

/** Counts within a second, which begins with the first report after the one before; at its end says how many were dropped. */
function limitRate(onDropped: (count: number) => void): RateLimit {
  const later = window.setTimeout.bind(window) // an app may put its own in place
  const now = performance.now.bind(performance)
  let beganAt = Number.NEGATIVE_INFINITY
  let logs = 0
  let others = 0
  let dropped = 0
  const settle = (): void => {
    const count = dropped
    dropped = 0
    if (count > 0) onDropped(count)
  }
  const turn = (): void => {
    if (now() - beganAt < secondMs) return
    beganAt = now()
    logs = 0
    others = 0
  }
  const isFree = (kind: PreviewReport['kind']): boolean =>
    kind === 'console' ? logs < mostLogsPerSecond : others < mostOthersPerSecond
  return {
    hasRoom(kind) {
      turn()
      const free = isFree(kind)
      if (free) return true
      if (dropped === 0) later(settle, secondMs)
      dropped += 1
      return false
    },
    take(kind) {
      turn()
      if (!isFree(kind)) return false
      if (kind === 'console') logs += 1
      else others += 1
      return true
    },
  }
}

const dropNote = (count: number): PreviewReport => ({
  kind: 'console',
  at: Date.now(),
  level: 'warn',
  text: `OverSkill: ${count} further messages of this page were dropped, because there were too many at once.`,
})
