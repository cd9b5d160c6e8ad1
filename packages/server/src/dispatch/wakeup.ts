import { Environment } from '@overskill/protocol'
import { z } from 'zod'

/**
 * "Work waits": all that travels between processes to start work. The work itself is rows; a wake-up that is lost, doubled or
 * late changes nothing but the moment at which it begins (AD3).
 */
export const Wakeup = z.discriminatedUnion('queue', [
  /** A turn of the app waits. */
  z.strictObject({ queue: z.literal('turns'), app: z.string() }),
  /** A deployment waits for one of the app's addresses. */
  z.strictObject({ queue: z.literal('deployments'), app: z.string(), environment: Environment }),
])
export type Wakeup = z.infer<typeof Wakeup>
export type QueueName = Wakeup['queue']

/** What a process does (`OVERSKILL_ROLES`): answers at its port; runs turns; builds deployments. */
export const roleNames = ['web', 'worker', 'builder'] as const
export type Role = (typeof roleNames)[number]

/** Which role serves each queue: none may be without one (L13). */
export const queueRoles: Record<QueueName, Role> = { turns: 'worker', deployments: 'builder' }
export const queueNames = Object.keys(queueRoles) as QueueName[]
