import type { AppEvent } from '@overskill/protocol'

/** The newest events of one app, kept while somebody reads it, and the bell that wakes its readers. */
export type EventTail = Disposable & {
  /** Events after `position`; undefined when they are not all in memory. */
  after(position: number): AppEvent[] | undefined
  /** Counts what was rung, to be handed to `changed`: nothing rung in between is missed. */
  changes(): number
  /** For a reader that has everything up to `position`: settles when more was rung than `seen`, or when `stop` aborts. Never rejects. */
  changed(seen: number, position: number, stop: AbortSignal): Promise<void>
}

const keptEvents = 1_000
const keptCharacters = 2_000_000

type Tail = {
  events: AppEvent[]
  characters: number
  changes: number
  /** Up to this number there are events, as another process or the table says. */
  heard: number
  readers: number
  /** How to wake each reader that waits, and up to where it has everything. */
  waiting: Map<() => void, number>
}

export type EventTails = {
  push(app: string, events: AppEvent[]): void
  /** The log has grown up to `seq`, perhaps by another process: readers that are not there look into the table, unless it is in memory. */
  ring(app: string, seq: number): void
  watch(app: string): EventTail
  /** Apps with readers that wait, each with the lowest number that one of them stands at. */
  waiting(): ReadonlyMap<string, number>
}

/** The tails of all apps that are read right now. What nobody reads costs nothing. */
export function createEventTails(): EventTails {
  const tails = new Map<string, Tail>()
  const wakeAll = (tail: Tail): void => {
    tail.changes += 1
    for (const wake of tail.waiting.keys()) wake()
  }

  return {
    push(app, events) {
      const tail = tails.get(app)
      if (!tail) return
      keep(tail, events)
      wakeAll(tail)
    },
    ring(app, seq) {
      const tail = tails.get(app)
      if (!tail || seq <= (tail.events.at(-1)?.seq ?? 0)) return
      if (seq > tail.heard) {
        tail.heard = seq
        tail.changes += 1
      }
      for (const [wake, position] of tail.waiting) if (position < seq) wake()
    },
    watch(app) {
      const tail = tails.get(app) ?? { events: [], characters: 0, changes: 0, heard: 0, readers: 0, waiting: new Map() }
      tails.set(app, tail)
      tail.readers += 1
      return {
        after: (position) => after(tail, position),
        changes: () => tail.changes,
        changed: (seen, position, stop) => changed(tail, seen, position, stop),
        [Symbol.dispose]() {
          tail.readers -= 1
          if (tail.readers === 0) tails.delete(app)
        },
      }
    },
    waiting() {
      const lowest = new Map<string, number>()
      for (const [app, { waiting }] of tails) {
        let position = Infinity
        for (const each of waiting.values()) position = Math.min(position, each)
        if (waiting.size > 0) lowest.set(app, position)
      }
      return lowest
    },
  }
}

/**
 * Commits come in the order of the numbers, but their answers may reach us in another. The tail then begins anew with the
 * later ones, and the readers take the earlier ones from the table, where they are by now.
 */
function keep(tail: Tail, events: AppEvent[]): void {
  const last = tail.events.at(-1)?.seq
  const first = events[0]?.seq ?? 0
  if (last !== undefined && first <= last) return
  if (last !== undefined && first > last + 1) {
    tail.events = []
    tail.characters = 0
  }
  tail.events.push(...events)
  tail.characters += events.reduce((sum, event) => sum + weight(event), 0)
  let dropped = 0
  while (tail.events.length - dropped > keptEvents || tail.characters > keptCharacters) {
    const oldest = tail.events[dropped]
    if (!oldest) break
    tail.characters -= weight(oldest)
    dropped += 1
  }
  if (dropped > 0) tail.events.splice(0, dropped)
}

/** About how much an event holds; its long parts are its texts. */
function weight(event: AppEvent): number {
  if ('text' in event) return 200 + event.text.length
  if ('call' in event) return 300 + (event.inputDelta?.length ?? 0) + (event.result?.length ?? 0)
  return 1_000
}

function after({ events, heard }: Tail, position: number): AppEvent[] | undefined {
  if (position < heard && heard > (events.at(-1)?.seq ?? 0)) return undefined
  const first = events[0]?.seq
  if (first === undefined) return undefined
  if (position < first - 1) return undefined
  return events.slice(position - first + 1)
}

function changed(tail: Tail, seen: number, position: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted || tail.changes > seen) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      tail.waiting.delete(wake)
      stop.removeEventListener('abort', wake)
      resolve()
    }
    tail.waiting.set(wake, position)
    stop.addEventListener('abort', wake, { once: true })
  })
}
