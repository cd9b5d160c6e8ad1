import { assert } from '@overskill/protocol'
import type { Log } from '../log.ts'
import type { Dispatcher } from './dispatcher.ts'
import { queueNames, queueRoles, type Role } from './wakeup.ts'

/**
 * L13, once everything has started: each queue of this process's roles has a handler here, and each other one a process
 * somewhere. The first is a mistake of ours and throws; the second is said, because that process may come later.
 */
export async function checkQueues(roles: readonly Role[], dispatcher: Dispatcher, log: Log): Promise<void> {
  const served = dispatcher.served()
  for (const queue of queueNames) {
    assert(
      roles.includes(queueRoles[queue]) === served.includes(queue),
      `The queue ${queue} is served by its role alone`,
    )
  }
  const lonely = await dispatcher.unserved().catch(() => []) // Redis is away: health says so
  for (const queue of lonely) log.warn(unservedWords(queue))
}

/** What it means that nobody serves a queue, and what to do. */
export const unservedWords = (queue: keyof typeof queueRoles): string =>
  `No process works at ${queue}: they wait until one runs with OVERSKILL_ROLES=${queueRoles[queue]}.`
