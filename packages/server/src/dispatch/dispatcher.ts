import type { Check } from '@overskill/protocol'
import type { QueueName, Wakeup } from './wakeup.ts'

/** How a process serves a queue. Both may be called for work that is under way or over: then they do nothing. */
export type Serving = {
  /** Begins what waits there. Settles when it has begun, not when it is done: waiting holds no worker (L12). */
  take(wakeup: Wakeup): Promise<void>
  /** Begins everything that waits anywhere, as the store has it: the floor below wake-ups that were lost. */
  look(): Promise<void>
}

/**
 * Tells the processes that serve a queue that work waits. Carries no truth: whoever is told looks into Postgres, where one
 * claims the work and the others find nothing to do.
 */
export interface Dispatcher {
  /** Somebody who serves the queue will take this, perhaps twice. Never waits, never throws. */
  wake(wakeup: Wakeup): void
  /** From now on this process takes the wake-ups of a queue. At most once a queue. */
  serve(queue: QueueName, serving: Serving): void
  /** The queues that this process serves. */
  served(): QueueName[]
  /** Queues that no process serves (L13). Rejects when that cannot be known just now. */
  unserved(): Promise<QueueName[]>
  /** Whether wake-ups travel as they should; `degraded` says what happens instead. */
  check(): Check
  /** Takes no wake-ups any more; `wake` goes on. Settles when those that were taken have begun. */
  retire(): Promise<void>
  close(): Promise<void>
}
