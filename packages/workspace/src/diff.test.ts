import { applyPatch } from 'diff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffVersions, listChanges, unifiedPatch } from './diff.ts'
import { treeOf } from './memory-blobs.ts'

const both = (before: Record<string, string | Uint8Array>, after: Record<string, string | Uint8Array>) => {
  const [a, b] = [treeOf(before), treeOf(after)]
  const has = new Set([...a.tree.values()].map(({ hash }) => hash))
  return { a: a.tree, b: b.tree, blobs: { read: (hash: string) => (has.has(hash) ? a : b).blobs.read(hash) } }
}

test('a patch applied to the old text gives the new', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '', 'x y', '+z', '-', '@@'), { maxLength: 15 })
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, fc.boolean(), (before, after, end) => {
      const [old, now] = end ? [`${before}\n`, `${after}\n`] : [before, after]
      const patch = unifiedPatch(old, now)
      expect(patch === '' ? old : applyPatch(old, `${patch}\n`)).toBe(now)
    }),
  )
})

test('a patch has hunks and no header', () => {
  expect(unifiedPatch('a\nb\nc\n', 'a\nB\nc\n')).toBe('@@ -1,3 +1,3 @@\n a\n-b\n+B\n c')
})

test('a patch is cut at a line and says how much is missing', () => {
  const patch = unifiedPatch('', 'line\n'.repeat(100), 3, 60)
  expect(patch.length).toBeLessThan(90)
  expect(patch).toMatch(/… 9\d more lines$/)
})

test('two megabytes without a line in common are told as replaced, within two seconds', () => {
  const big = (word: string): string => Array.from({ length: 60_000 }, (_, i) => `${word} ${i}`).join('\n')
  const began = process.cpuUsage() // of this process: other work on the machine does not count
  const patch = unifiedPatch(big('a'), big('b'))
  expect(patch.startsWith('@@ -1,60000 +1,60000 @@\n-a 0')).toBe(true)
  expect(patch.length).toBeLessThan(101_000)
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000)
})

test('versions differ file by file, with patches, and binary files without', async () => {
  const { a, b, blobs } = both(
    { 'a.ts': 'one\n', 'same.ts': 'x', 'gone.ts': 'g\nh\n', 'logo.png': Uint8Array.of(0, 1) },
    { 'a.ts': 'two\n', 'same.ts': 'x', 'new.ts': 'n\n', 'logo.png': Uint8Array.of(0, 2) },
  )
  expect(await diffVersions(a, b, blobs)).toEqual([
    { path: 'a.ts', action: 'changed', added: 1, removed: 1, binary: false, patch: '@@ -1,1 +1,1 @@\n-one\n+two' },
    { path: 'gone.ts', action: 'deleted', added: 0, removed: 2, binary: false, patch: '@@ -1,2 +0,0 @@\n-g\n-h' },
    { path: 'logo.png', action: 'changed', added: 0, removed: 0, binary: true, patch: '' },
    { path: 'new.ts', action: 'created', added: 1, removed: 0, binary: false, patch: '@@ -0,0 +1,1 @@\n+n' },
  ])
  expect(await diffVersions(a, a, blobs)).toEqual([])
})

test('changes name renames and count lines', async () => {
  const { a, b, blobs } = both({ 'a.ts': 'one\n', 'old.ts': 'moved\n' }, { 'a.ts': 'one\ntwo\n', 'new.ts': 'moved\n' })
  expect(await listChanges(a, b, blobs)).toMatchObject([
    { path: 'a.ts', action: 'changed', added: 1, removed: 0 },
    { path: 'new.ts', action: 'renamed', from: 'old.ts', added: 0, removed: 0 },
  ])
})
