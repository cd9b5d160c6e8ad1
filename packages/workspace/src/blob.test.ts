import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText, encodeText, hashBytes } from './blob.ts'

test('a blob is named by the sha-256 of its bytes', () => {
  expect(hashBytes(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('L43: text that is read is the text that was written, to the byte', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      (text) => {
        expect(decodeText(encodeText(text).content)).toBe(text)
      },
    ),
  )
  expect(decodeText(encodeText('\uFEFF&lt;[REDACTED]\r\n').content)).toBe('\uFEFF&lt;[REDACTED]\r\n')
})

test('B.5 37: a lone surrogate becomes U+FFFD and is reported', () => {
  expect(encodeText('a\ud83db')).toEqual({ content: new TextEncoder().encode('a\ufffdb'), replaced: true })
  expect(encodeText('a🙂b').replaced).toBe(false)
})

test('bytes that are not UTF-8, or hold a NUL, are binary', () => {
  expect(decodeText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBeUndefined()
  expect(decodeText(Uint8Array.of(97, 0, 98))).toBeUndefined()
  expect(decodeText(new Uint8Array())).toBe('')
})
