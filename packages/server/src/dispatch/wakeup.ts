import { z } from 'zod'

/**
 * "Work waits": all that travels between processes to start work. The work itself is rows; a wake-up that is lost, doubled or
 * late changes nothing but the moment at which it begins (AD3).
 */
export const Wakeup = z.discriminatedUnion('queue', [
  /** A turn of the app waits. */
  z.strictObject({ queue: z.literal('turns'), app: z.string() }),
])
export type Wakeup = z.infer<typeof Wakeup>
export type QueueName = Wakeup['queue']
