import { expect, test } from 'vitest'
import { numberOfCursor } from './page.ts'

test('a cursor of ours is a number, and no cursor is none', () => {
  expect(numberOfCursor('20')).toEqual({ ok: true, value: 20 })
  expect(numberOfCursor(undefined)).toEqual({ ok: true, value: undefined })
})

test.each(['', 'x', '1.5', '-1', '1e999', '99999999999999999999', '0x10'])(
  'the cursor %j is invalid input',
  (cursor) => {
    expect(numberOfCursor(cursor)).toMatchObject({ failure: { code: 'invalid', errors: [{ path: 'cursor' }] } })
  },
)
