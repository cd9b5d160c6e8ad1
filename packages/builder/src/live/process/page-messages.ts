import type { EventEmitter } from 'node:events'
import process from 'node:process'
import { z } from 'zod'

const MAX_MESSAGE_BYTES = 8_192
const Text = z.string().max(2_000)

/** All that a page needs to say. Code of an app can say anything here: it has `import.meta.hot.send`, and the socket's token. */
const PageMessage = z.discriminatedUnion('event', [
  z.object({ type: z.literal('custom'), event: z.literal('live:hello'), data: z.object({ revision: z.number() }) }),
  z.object({
    type: z.literal('custom'),
    event: z.literal('vite:invalidate'),
    data: z.object({ path: Text, message: Text.optional(), firstInvalidatedBy: Text.optional() }),
  }),
])

/**
 * What of a page's message Vite hears, as text; null for nothing. Vite trusts its pages: one message without data, or one
 * that calls its functions, would end this process and the pages of all other apps in it.
 */
export function readPageMessage(raw: Buffer): string | null {
  if (raw.length > MAX_MESSAGE_BYTES) return null
  try {
    const message = PageMessage.safeParse(JSON.parse(raw.toString('utf8')))
    return message.success ? JSON.stringify(message.data) : null
  } catch {
    return null // no JSON
  }
}

/** Puts `readPageMessage` between a page's socket and those who listen to it so far. */
export function filterMessages(socket: EventEmitter): void {
  const listeners = socket.listeners('message')
  socket.removeAllListeners('message')
  socket.on('message', (raw: Buffer) => {
    const message = readPageMessage(raw)
    if (message === null) return
    try {
      for (const listener of listeners) listener.call(socket, message, false)
    } catch (error) {
      process.stderr.write(`A page's message failed: ${String(error)}\n`)
    }
  })
}
