import { expect, test } from 'vitest'
import { createSseReader, type SseFrame } from './sse-frames.ts'

const stream =
  'retry: 1000\n\n:\n\nid: 7\nevent: text.delta\ndata: {"a":1}\n\nevent: presence\ndata: {}\n\nid: 8\nevent: cut'

test('events are the same however the stream is cut; comments and what is not whole are none', () => {
  for (const size of [1, 3, 7, stream.length]) {
    const seen: SseFrame[] = []
    const read = createSseReader((frame) => void seen.push(frame))
    for (let at = 0; at < stream.length; at += size) read(stream.slice(at, at + size))
    expect(seen, `pieces of ${size}`).toEqual([
      { id: 7, name: 'text.delta', data: '{"a":1}' },
      { id: undefined, name: 'presence', data: '{}' },
    ])
  }
})
