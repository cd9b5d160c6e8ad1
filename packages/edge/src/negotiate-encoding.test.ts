import { expect, test } from 'vitest'
import type { Encoding } from './content-encoding.ts'
import { negotiateEncoding } from './negotiate-encoding.ts'

const all = (): boolean => true
const only =
  (...there: Encoding[]) =>
  (encoding: Encoding) =>
    there.includes(encoding)

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.000', 'identity'],
  ['identity, br;q=0.9', 'identity'],
  ['br; q=1 , identity; q=0.5', 'br'],
  ['*', 'br'],
  ['*;q=0.1', 'br'],
  ['gzip, *;q=0', 'gzip'],
  ['identity;q=1, *;q=0', 'identity'],
  ['identity;q=0, gzip', 'gzip'],
  ['*;q=0', undefined],
  ['identity;q=0', undefined],
  ['deflate, zstd', 'identity'],
  ['br;q=banana, gzip;q=0.1', 'gzip'],
  ['br;q=7, gzip;q=0.1', 'gzip'],
  [',;,', 'identity'],
])('E20: %j is answered in %j', (header, encoding) => {
  expect(negotiateEncoding(header, all)).toBe(encoding)
})

test('E20: only a form that is there is chosen', () => {
  expect(negotiateEncoding('br, gzip', only('identity', 'gzip'))).toBe('gzip')
  expect(negotiateEncoding('br', only('identity'))).toBe('identity')
  expect(negotiateEncoding('br, identity;q=0', only('identity'))).toBeUndefined()
})

test('ten thousand different headers do not pile up', () => {
  for (let index = 0; index < 10_000; index += 1) negotiateEncoding(`gzip;q=0.${index}`, all)
  expect(negotiateEncoding('gzip', all)).toBe('gzip')
})
