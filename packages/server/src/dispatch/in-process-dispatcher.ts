import { assert } from '@overskill/protocol'
import type { Dispatcher, Serving } from './dispatcher.ts'
import { type QueueName, queueNames, type Wakeup } from './wakeup.ts'

export type LocalDispatcher = Dispatcher & {
  /** Takes a wake-up here, if the queue is served here. Never rejects. */
  take(wakeup: Wakeup): Promise<void>
  /** Looks for work of every queue that is served here. Never rejects. */
  look(): Promise<void>
}

/** Wake-ups within this process: a call, in the same turn of the event loop. What no room of it serves goes nowhere. */
export function createInProcessDispatcher(onError: (error: unknown) => void): LocalDispatcher {
  const servings = new Map<QueueName, Serving>()
  const taking = new Set<Promise<void>>()
  let isRetired = false

  const track = (work: Promise<void>): Promise<void> => {
    const done = work.catch(onError).finally(() => taking.delete(done))
    taking.add(done)
    return done
  }
  const take = (wakeup: Wakeup): Promise<void> => {
    const serving = isRetired ? undefined : servings.get(wakeup.queue)
    return serving ? track(serving.take(wakeup)) : Promise.resolve()
  }
  const retire = async (): Promise<void> => {
    isRetired = true
    await Promise.all(taking)
  }
  return {
    take,
    wake: (wakeup) => void take(wakeup),
    async look() {
      if (!isRetired) await Promise.all([...servings.values()].map((serving) => track(serving.look())))
    },
    serve(queue, serving) {
      assert(!servings.has(queue), `The queue ${queue} is served once`)
      servings.set(queue, serving)
    },
    served: () => [...servings.keys()],
    unserved: async () => queueNames.filter((queue) => !servings.has(queue)),
    check: () => ({ status: 'ok', detail: 'in process' }),
    retire,
    close: retire,
  }
}
