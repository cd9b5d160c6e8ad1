import fc from 'fast-check'
import { expect, test } from 'vitest'
import { treeOf } from './memory-blobs.ts'
import { applyStaged, diffTrees, treeBytes, treeFromEntries, treeHash } from './tree.ts'

const names = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f', 'g')
const files = fc.dictionary(names, fc.constantFrom('', 'one', 'two', 'three'))

test('the hash of a tree does not depend on the order of its files, and differs with every path and content', () => {
  const { tree } = treeOf({ a: '1', b: '2' })
  expect(treeHash(new Map([...tree].toReversed()))).toBe(treeHash(tree))
  expect(treeHash(treeOf({ a: '2', b: '1' }).tree)).not.toBe(treeHash(tree))
  expect(treeHash(treeOf({ a: '1', c: '2' }).tree)).not.toBe(treeHash(tree))
  expect(treeHash(treeOf({}).tree)).toMatch(/^[0-9a-f]{64}$/)
})

test('the changes between two trees, applied to the first, give the second', () => {
  fc.assert(
    fc.property(files, files, (one, two) => {
      const [before, after] = [treeOf(one).tree, treeOf(two).tree]
      const staged = diffTrees(before, after).flatMap(({ path, action, from, entry }) => [
        ...(from === undefined ? [] : [{ path: from, entry: null }]),
        { path, entry: action === 'deleted' ? null : entry },
      ])
      expect(treeHash(applyStaged(before, staged))).toBe(treeHash(after))
    }),
  )
})

test('a content that left one path and came to another is a rename; an empty file is not', () => {
  const before = treeOf({ old: 'text', gone: 'x', empty: '' }).tree
  const after = treeOf({ fresh: 'text', made: 'y', blank: '' }).tree
  expect(diffTrees(before, after).map(({ path, action, from }) => [path, action, from])).toEqual([
    ['blank', 'created', undefined],
    ['empty', 'deleted', undefined],
    ['fresh', 'renamed', 'old'],
    ['gone', 'deleted', undefined],
    ['made', 'created', undefined],
  ])
})

test('an edit leaves the tree it began from as it was', () => {
  const { tree } = treeOf({ a: '1' })
  const edited = applyStaged(tree, [
    { path: 'a', entry: null },
    { path: 'b', entry: { hash: 'h', bytes: 3 } },
  ])
  expect([...tree.keys()]).toEqual(['a'])
  expect([...edited.keys()]).toEqual(['b'])
  expect(treeBytes(edited)).toBe(3)
})

test('files stand in the order of their paths', () => {
  const entry = { hash: 'h', bytes: 1 }
  expect([
    ...treeFromEntries([
      ['b', entry],
      ['a', entry],
      ['a/b', entry],
    ]).keys(),
  ]).toEqual(['a', 'a/b', 'b'])
})
