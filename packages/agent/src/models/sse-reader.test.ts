import { expect, test } from 'vitest'
import { readSse, type SseEvent } from './sse-reader.ts'

const encode = (text: string) => new TextEncoder().encode(text)

/** Reads bytes in pieces that end at the given places. */
function readIn(bytes: Uint8Array, ...cuts: number[]): SseEvent[] {
  const reader = readSse(8_000_000)
  const ends = [...cuts, bytes.length]
  return ends.flatMap((end, i) => {
    const events = reader.push(bytes.subarray(i === 0 ? 0 : ends[i - 1], end))
    if (events === 'too_long') throw new Error('too long')
    return events
  })
}

const fixtures = {
  'line feeds': 'event: ping\ndata: {"a":1}\n\nevent: x\ndata: {"b":"ü👩‍👩‍👧"}\n\n',
  'CR LF': 'event: ping\r\ndata: {"a":1}\r\n\r\ndata: {"b":"€"}\r\n\r\n',
  'lone CR': 'event: ping\rdata: {"a":1}\r\rdata: 2\r\r',
  'byte order mark': '\ufeffevent: ping\ndata: 1\n\n',
  comments: ': hello\nevent: a\n: OPENROUTER PROCESSING\ndata: 1\n\n:\n\n: more\n\ndata: 2\n\n',
  'several data lines': 'data: one\ndata: two\ndata:\ndata\n\n',
  'no space after the colon': 'event:a\ndata:{"x":1}\ndata:  two spaces\n\n',
  'fields without a meaning': 'id: 7\nretry: 10\nnonsense\ndata: 1\n\n',
  'an event without data': 'event: nothing\n\ndata: 1\n\n',
  'mixed line ends': 'event: a\rdata: 1\n\r\ndata: 2\r\n\n',
  'unfinished at the end': 'data: 1\n\ndata: 2\n',
}

test('B.5 2: CR LF, lone CR, byte order mark, comments, several data lines and a missing space are read', () => {
  const read = Object.fromEntries(Object.entries(fixtures).map(([name, text]) => [name, readIn(encode(text))]))
  expect(read).toEqual({
    'line feeds': [
      { event: 'ping', data: '{"a":1}' },
      { event: 'x', data: '{"b":"ü👩‍👩‍👧"}' },
    ],
    'CR LF': [
      { event: 'ping', data: '{"a":1}' },
      { event: '', data: '{"b":"€"}' },
    ],
    'lone CR': [
      { event: 'ping', data: '{"a":1}' },
      { event: '', data: '2' },
    ],
    'byte order mark': [{ event: 'ping', data: '1' }],
    comments: [
      { event: 'a', data: '1' },
      { event: '', data: '2' },
    ],
    'several data lines': [{ event: '', data: 'one\ntwo\n\n' }],
    'no space after the colon': [{ event: 'a', data: '{"x":1}\n two spaces' }],
    'fields without a meaning': [{ event: '', data: '1' }],
    'an event without data': [{ event: '', data: '1' }],
    'mixed line ends': [
      { event: 'a', data: '1' },
      { event: '', data: '2' },
    ],
    'unfinished at the end': [{ event: '', data: '1' }],
  })
})

test('B.5 1: bytes split at any one or two places give the same events as unsplit', () => {
  for (const text of Object.values(fixtures)) {
    const bytes = encode(text)
    const whole = readIn(bytes)
    for (let a = 0; a <= bytes.length; a += 1) {
      expect(readIn(bytes, a)).toEqual(whole)
      for (let b = a; b <= bytes.length; b += 7) expect(readIn(bytes, a, b)).toEqual(whole)
    }
    expect(readIn(bytes, ...bytes.keys())).toEqual(whole)
  }
})

test('B.5 8: an event past the limit ends the reading, finished or not', () => {
  const reader = readSse(100)
  expect(reader.push(encode(`data: ${'x'.repeat(60)}\n`))).toEqual([])
  expect(reader.push(encode(`data: ${'x'.repeat(60)}`))).toBe('too_long')
  expect(readSse(100).push(encode('x'.repeat(101)))).toBe('too_long')
  const many = readSse(100)
  for (let i = 0; i < 50; i += 1) expect(many.push(encode('data: 0123456789\n\n: comment\n'))).toHaveLength(1)
})
