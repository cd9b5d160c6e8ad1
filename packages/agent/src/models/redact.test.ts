import { expect, test } from 'vitest'
import { redact } from './redact.ts'

test('E6: no text of a provider ends in half a character, wherever it is cut', () => {
  const text = 'a😀'.repeat(20)
  for (let length = 1; length <= text.length; length += 1) {
    const cut = redact(text, '', length)
    expect(cut.length).toBeLessThanOrEqual(length)
    expect(cut.isWellFormed()).toBe(true)
  }
})

test('E6: halves of characters and NUL become U+FFFD, everything else stays', () => {
  expect(redact('a\0b\ud800c\udc00 😀 \u001f\u2028', '')).toBe('a\ufffdb\ufffdc\ufffd 😀 \u001f\u2028')
})

test('E4: a key that the cut would halve is gone before', () => {
  const key = 'k-0123456789'
  expect(redact(`The key is ${key}.`, key, 16)).toBe('The key is [key…')
  expect(redact('Use sk-abcdefghij or Bearer xyz', '')).toBe('Use [key] or Bearer [key]')
})
