import { expect, test } from 'vitest'
import { failureOfIssues } from './invalid-input.ts'

test.each(['constructor', '__proto__', 'foo'])('the unknown field %s is named as one', (key) => {
  const failure = failureOfIssues([{ message: 'Unrecognized', code: 'unrecognized_keys', keys: [key] }], [])
  expect(failure).toMatchObject({ code: 'invalid', errors: [{ path: key, message: 'Unknown field.' }] })
})
