import type { RedisLink } from '../redis/redis-link.ts'
import { BusMessage, createInProcessBus, type EventBus } from './event-bus.ts'

/**
 * The bus over Redis pub/sub. What is said here is heard here at once, and by the others as long as Redis answers; what comes
 * back of one's own is heard twice, which changes nothing.
 */
export function createRedisBus(link: RedisLink): EventBus {
  const here = createInProcessBus()
  const channel = `${link.prefix}:bus`
  const subscriber = link.listener()
  subscriber.subscribe(channel).catch(() => undefined) // ioredis subscribes by itself at each new connection
  subscriber.on('message', (_channel, text) => {
    const message = BusMessage.safeParse(parse(text))
    if (message.success) here.say(message.data)
  })
  return {
    say(message) {
      here.say(message)
      if (!link.isAway()) link.commands.publish(channel, JSON.stringify(message)).catch(() => link.suspect())
    },
    hear: (listener) => here.hear(listener),
    close() {
      here.close()
      subscriber.disconnect()
    },
  }
}

/** What others put on the channel may be anything. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
