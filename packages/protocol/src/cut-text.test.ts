import { expect, test } from 'vitest'
import { cutText } from './cut-text.ts'

test('a text that fits is itself, a longer one is cut and says so', () => {
  expect(cutText('abc', 3)).toBe('abc')
  expect(cutText('abcd', 3)).toBe('ab…')
})

test('no cut leaves half a character, wherever it falls', () => {
  const text = 'a😀'.repeat(40)
  for (let length = 1; length < text.length; length += 1) {
    const cut = cutText(text, length)
    expect(cut.length).toBeLessThanOrEqual(length)
    expect(cut.isWellFormed()).toBe(true)
  }
})
