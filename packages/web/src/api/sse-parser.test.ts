import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseParser } from './sse-parser.ts'

test('a message has its id, its event and its lines of data', () => {
  expect(createSseParser().push('id: 7\nevent: turn.started\ndata: {"a":\ndata: 1}\n\n')).toEqual([
    { id: '7', event: 'turn.started', data: '{"a":\n1}' },
  ])
})

test('comments, unknown fields and messages without data are not dispatched', () => {
  expect(createSseParser().push(':\n: ping\nretry: 5\n\nid: 3\n\ndata: x\n\n')).toEqual([
    { id: undefined, event: 'message', data: 'x' },
  ])
})

test('a stream cut at any places and with any line ends gives the same messages', () => {
  const messages = [
    { id: '1', event: 'text.delta', data: '{"text":"naïve 😀 café"}' },
    { id: '2', event: 'message', data: ' two\n lines' },
    { id: undefined, event: 'presence', data: '{}' },
  ]
  fc.assert(
    fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(120), { maxLength: 12 }), (end, cuts) => {
      const text = messages
        .map(({ id, event, data }) => {
          const lines = [
            id && `id: ${id}`,
            `event: ${event}`,
            ...data.split('\n').map((line) => `data: ${line}`),
            ':',
            '',
          ]
          return lines.filter((line) => line !== undefined).join(end) + end
        })
        .join('')
      const places = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length]
      const parser = createSseParser()
      const seen = places.slice(1).flatMap((place, index) => parser.push(text.slice(places[index], place)))
      // A carriage return at the very end waits for a line feed that may follow; the next thing on the stream frees it.
      expect([...seen, ...parser.push(`:${end}`)]).toEqual(messages)
    }),
  )
})
