/** One message of a `text/event-stream`, as the HTML standard's "event stream interpretation" dispatches it. */
export type StreamMessage = { id: string | undefined; event: string; data: string }

export type SseParser = {
  /** Takes decoded text as it came, cut anywhere; returns the messages that it completed. */
  push(text: string): StreamMessage[]
}

/** A parser for one connection. Comments and unknown fields are skipped; a message without data is not dispatched. */
export function createSseParser(): SseParser {
  let held = ''
  let data: string[] = []
  let event = ''
  let id: string | undefined

  const field = (line: string): void => {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const raw = colon < 0 ? '' : line.slice(colon + 1)
    const value = raw.startsWith(' ') ? raw.slice(1) : raw
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id') id = value
  }

  const dispatch = (): StreamMessage | undefined => {
    const message = data.length > 0 ? { id, event: event || 'message', data: data.join('\n') } : undefined
    data = []
    event = ''
    id = undefined
    return message
  }

  return {
    push(text) {
      // A carriage return at the very end may be half of a line end: it waits for what follows.
      const whole = held + text
      const end = whole.endsWith('\r') ? whole.length - 1 : whole.length
      const lines = whole.slice(0, end).split(/\r\n|\n|\r/)
      held = (lines.pop() ?? '') + whole.slice(end)
      const messages: StreamMessage[] = []
      for (const line of lines) {
        if (line !== '') field(line)
        else {
          const message = dispatch()
          if (message) messages.push(message)
        }
      }
      return messages
    },
  }
}
