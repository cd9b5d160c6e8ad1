import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPartialObject } from './partial-json.ts'

const read = (pieces: readonly string[]) => {
  const reader = readPartialObject()
  for (const piece of pieces) reader.push(piece)
  return Object.fromEntries([...reader.fields()].map(([key, { text }]) => [key, text]))
}

const pieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size))

test('whatever the object and however it is cut, its string fields come out as JSON.parse gives them', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.json().map((text) => JSON.parse(text) as unknown),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.integer({ min: 1, max: 9 }), (object, size) => {
      const strings = Object.entries(object).filter(([, field]) => typeof field === 'string')
      expect(read(pieces(JSON.stringify(object), size))).toEqual(Object.fromEntries(strings))
    }),
  )
})

test('an unfinished string shows what is there, without half an escape', () => {
  expect(read(['{"file_path":"a.ts","content":"one\\ntw'])).toEqual({ file_path: 'a.ts', content: 'one\ntw' })
  expect(read(['{"content":"a\\u00'])).toEqual({ content: 'a' })
  expect(read(['{"content":"a\\'])).toEqual({ content: 'a' })
})

test('what is no object yields no fields and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => read([text])).not.toThrow()
    }),
  )
  expect(read(['[{"a":"b"}]'])).toEqual({})
})

test('a large field costs time in proportion to its length', () => {
  const text = JSON.stringify({ content: 'x\n'.repeat(200_000) })
  expect(read(pieces(text, 7))['content']).toHaveLength(400_000)
})
