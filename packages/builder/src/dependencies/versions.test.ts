import { expect, test } from 'vitest'
import { compareVersions, fitsRange } from './versions.ts'

test('versions are ordered as semver says', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ]
  expect(ordered.toReversed().toSorted(compareVersions)).toEqual(ordered)
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
})

test.each([
  ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0', '2.0.0-rc.1']],
  ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '0.2.2']],
  ['^0.0.3', ['0.0.3'], ['0.0.4']],
  ['^1', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['~1.2.3', ['1.2.9'], ['1.3.0']],
  ['~1', ['1.9.0'], ['2.0.0']],
  ['1.x', ['1.0.0', '1.5.0'], ['2.0.0']],
  ['1.2', ['1.2.7'], ['1.3.0']],
  ['*', ['0.0.1', '9.0.0'], ['1.0.0-beta.1']],
  ['', ['1.0.0'], []],
  ['>=16.8 <20', ['16.8.0', '19.3.1'], ['16.7.9', '20.0.0']],
  ['>= 1.2.0', ['1.2.0'], ['1.1.9']],
  ['>1', ['2.0.0'], ['1.9.0']],
  ['<=1', ['1.9.9'], ['2.0.0']],
  ['^16.8.0 || ^17.0.0 || ^18.0.0', ['17.0.2'], ['19.0.0']],
  ['1.2 - 2.3', ['1.2.0', '2.3.9'], ['2.4.0', '1.1.0']],
  ['1.2.3', ['1.2.3'], ['1.2.4']],
  ['^2.0.0-beta.1', ['2.0.0-beta.2', '2.1.0'], ['2.0.0-alpha.1']],
  ['latest', [], ['1.0.0']],
])('the range %s takes and leaves what npm takes and leaves', (range, takes, leaves) => {
  expect(takes.filter((version) => !fitsRange(version, range))).toEqual([])
  expect(leaves.filter((version) => fitsRange(version, range))).toEqual([])
})
