import { z } from 'zod'

/** What processes tell each other besides work: where to look, never what is there. The rows are read after it. */
export const BusMessage = z.discriminatedUnion('kind', [
  /** The app's log has grown up to this number. */
  z.strictObject({ kind: z.literal('events'), app: z.string(), seq: z.int() }),
  /** Somebody asked this turn to stop. */
  z.strictObject({ kind: z.literal('stop'), turn: z.string() }),
  /** Somebody gave up this deployment. */
  z.strictObject({ kind: z.literal('cancel'), deployment: z.string() }),
  /** What an app's hosts show has changed: its names, or a pointer. */
  z.strictObject({ kind: z.literal('hosts'), app: z.string() }),
])
export type BusMessage = z.infer<typeof BusMessage>

/**
 * Tells every process of an installation, this one included. A message may be lost while the way between them is broken:
 * whoever hears also looks by himself, once in a while.
 */
export interface EventBus {
  /** Never waits, never throws. */
  say(message: BusMessage): void
  /** Hears every message from now on. The listener must not throw. Returns how to stop hearing. */
  hear(listener: (message: BusMessage) => void): () => void
  close(): void
}

/** The bus of one process: everybody is here. */
export function createInProcessBus(): EventBus {
  const listeners = new Set<(message: BusMessage) => void>()
  return {
    say(message) {
      for (const hear of listeners) hear(message)
    },
    hear(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}
