import { expect, test } from 'vitest'
import { encodeFrame, readFrames } from './frames.ts'

test('messages arrive whole and in order, however the bytes are cut', () => {
  const messages = [
    { id: 1, files: new Map([['a', new Uint8Array([1, 2, 3])]]) },
    { kind: 'ready' },
    { text: 'é'.repeat(1000) },
  ]
  const bytes = Buffer.concat(messages.map((message) => encodeFrame(message)))
  for (const size of [1, 3, 7, 1000, bytes.length]) {
    const got: unknown[] = []
    const read = readFrames((message) => got.push(message))
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(got).toHaveLength(3)
    expect([...(got[0] as { files: Map<string, Uint8Array> }).files.get('a')!]).toEqual([1, 2, 3])
    expect(got[2]).toEqual(messages[2])
  }
})

test('a frame that says it is longer than any may be is refused before it is held', () => {
  const read = readFrames(() => {})
  expect(() => read(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toThrow('longer')
})
