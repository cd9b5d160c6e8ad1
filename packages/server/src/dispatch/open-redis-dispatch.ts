import { createRedisBus } from '../events/redis-bus.ts'
import { openRedisLink, type RedisLinkOptions } from '../redis/redis-link.ts'
import type { Dispatch } from './open-dispatch.ts'
import { createRedisDispatcher } from './redis-dispatcher.ts'

export type RedisDispatchOptions = RedisLinkOptions & { onError: (error: unknown) => void }

/** Never waits for Redis: where it is away, work goes on without it. */
export function openRedisDispatch({ onError, ...options }: RedisDispatchOptions): Dispatch {
  const link = openRedisLink(options)
  const [dispatcher, bus] = [createRedisDispatcher({ link, onError }), createRedisBus(link)]
  return {
    dispatcher,
    bus,
    async close() {
      await dispatcher.close()
      bus.close()
      link.close()
    },
  }
}
