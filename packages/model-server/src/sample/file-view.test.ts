import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentOfView, replacementFor } from './file-view.ts'

test('a view gives back the lines without numbers, empty and numbered ones too', () => {
  expect(contentOfView('OK a.ts: lines 1-3 of 3, 9 bytes.\n1\t1\tx\n2\t\n3\t  y')).toBe('1\tx\n\n  y')
})

test('a view without lines, or with a gap, is no content', () => {
  expect(contentOfView('OK a.ts is empty.')).toBeUndefined()
  expect(contentOfView('OK\n1\ta\n3\tb')).toBeUndefined()
})

test('a replacement is as small as its uniqueness allows', () => {
  expect(replacementFor('a\nb\nc', 'a\nX\nc')).toEqual({ old_string: 'b', new_string: 'X' })
  expect(replacementFor('same\nsame\nlast', 'same\nother\nlast')).toEqual({
    old_string: 'same\nsame\nlast',
    new_string: 'same\nother\nlast',
  })
  expect(replacementFor('a', 'a')).toBeUndefined()
})

test('a replacement is found once in the old text and makes the new one, for any two texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '', '  c', '}'), { minLength: 1, maxLength: 12 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const replacement = replacementFor(before, after)
      if (replacement === undefined) return before === after
      const { old_string: old, new_string: fresh } = replacement
      return before.indexOf(old) === before.lastIndexOf(old) && before.replace(old, () => fresh) === after
    }),
    { numRuns: 2000 },
  )
})
