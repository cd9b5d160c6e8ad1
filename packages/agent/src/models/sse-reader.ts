/** One event of a `text/event-stream`. `event` is empty when the server named none. */
export type SseEvent = { event: string; data: string }

/**
 * Reads `text/event-stream` bytes in pieces of any size (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * Pieces may split a character, a line or a CR LF. Comments, `id` and `retry` are skipped.
 */
export interface SseReader {
  /** The events that these bytes complete, or `too_long` once one event passes the limit: then reading must stop. */
  push(bytes: Uint8Array): SseEvent[] | 'too_long'
}

const lineFeed = 10
const carriageReturn = 13

/** @param maxEventLength Longest event in UTF-16 units, unfinished ones included, so that memory stays bounded. */
export function readSse(maxEventLength: number): SseReader {
  const decoder = new TextDecoder() // drops a leading byte order mark
  let rest = '' // a line that is not complete yet
  let skipLineFeed = false // the last piece ended in CR, whose LF may come now
  let event = ''
  let data: string[] = []
  let length = 0
  let tooLong = false

  const takeLine = (line: string, events: SseEvent[]): void => {
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') })
      event = ''
      data = []
      length = 0
      return
    }
    length += line.length
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const from = line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1
    const value = colon === -1 ? '' : line.slice(from)
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else length -= line.length // comments and fields without a meaning here are not kept
    tooLong ||= length > maxEventLength
  }

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true })
      if (skipLineFeed && text !== '') {
        if (text.charCodeAt(0) === lineFeed) text = text.slice(1)
        skipLineFeed = false
      }
      const events: SseEvent[] = []
      let start = 0
      for (let i = 0; i < text.length; i += 1) {
        const code = text.charCodeAt(i)
        if (code !== lineFeed && code !== carriageReturn) continue
        takeLine(rest + text.slice(start, i), events)
        rest = ''
        if (code === carriageReturn) {
          if (i + 1 === text.length) skipLineFeed = true
          else if (text.charCodeAt(i + 1) === lineFeed) i += 1
        }
        start = i + 1
      }
      rest += text.slice(start)
      return tooLong || length + rest.length > maxEventLength ? 'too_long' : events
    },
  }
}
