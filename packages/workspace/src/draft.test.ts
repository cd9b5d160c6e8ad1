import { limits, must } from '@overskill/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openDraft } from './draft.ts'
import { treeOf } from './memory-blobs.ts'
import { applyStaged, treeHash } from './tree.ts'

const open = (files: Record<string, string | Uint8Array> = {}) => {
  const { tree, blobs } = treeOf(files)
  return { draft: openDraft(tree, blobs), tree }
}

test('a write is seen by the draft and by nobody else until its owner commits what is staged', async () => {
  const { draft, tree } = open({ 'a.ts': 'one\ntwo\n' })
  expect(await draft.write('a.ts', 'one\n2\nthree\n')).toMatchObject({
    ok: true,
    value: { action: 'changed', added: 2, removed: 1, warnings: [] },
  })
  expect(await draft.readText('a.ts')).toEqual({ ok: true, value: 'one\n2\nthree\n' })
  expect(tree.get('a.ts')?.bytes).toBe(8)
  const staged = draft.staged()
  expect(staged).toHaveLength(1)
  expect(new TextDecoder().decode(must(staged[0], 'stage').content)).toBe('one\n2\nthree\n')
  expect(treeHash(applyStaged(tree, staged))).toBe(treeHash(draft.tree()))
})

test('L43: content is stored byte for byte', async () => {
  const { draft } = open()
  for (const text of ['a &lt; b &amp;&amp; c', '[REDACTED]', '$& $1 \\n', '\uFEFFx\r\ny\r', '   \n\n']) {
    await draft.write('a.txt', text)
    expect(await draft.readText('a.txt')).toEqual({ ok: true, value: text })
  }
})

test('L10: code that looks wrong is stored as it was written: nothing mends it behind anybody’s back', async () => {
  const { draft } = open()
  for (const code of [
    'export default function (',
    'const a = <div>\n;;\n',
    'import React from "react"\nimport React from "react"\n',
    '```tsx\nexport {}\n```',
    'const className = "bg-blue bg-red"\n// ... keep existing code\n',
  ]) {
    await draft.write('src/a.tsx', code)
    expect(await draft.readText('src/a.tsx')).toEqual({ ok: true, value: code })
  }
})

test('B.5 35: an empty file is a file', async () => {
  const { draft } = open()
  expect(await draft.write('empty.ts', '')).toMatchObject({ ok: true, value: { action: 'created', added: 0 } })
  expect(await draft.readText('empty.ts')).toEqual({ ok: true, value: '' })
})

test('B.5 37: a lone surrogate is written as U+FFFD with a warning', async () => {
  const { draft } = open()
  const written = await draft.write('a.ts', 'x\udc00y')
  expect(written.ok && written.value.warnings).toHaveLength(1)
  expect(await draft.readText('a.ts')).toEqual({ ok: true, value: 'x\ufffdy' })
})

test('B.5 38: no operation accepts a path that leaves the app, and nothing is staged', async () => {
  const { draft } = open({ 'a.ts': 'x' })
  const tried = [
    await draft.read('../a.ts'),
    await draft.readText('/etc/passwd'),
    await draft.write('../b.ts', 'x'),
    await draft.write('.env', 'x'),
    await draft.write('A.ts', 'x'),
    await draft.write('a.ts/b', 'x'),
    await draft.remove('../a.ts'),
    await draft.rename('a.ts', '../b.ts'),
    await draft.rename('../a.ts', 'b.ts'),
    await draft.copy('a.ts', 'node_modules/b.ts'),
    await draft.copy('a.ts', 'a.ts/c'),
  ]
  for (const outcome of tried) expect(outcome).toMatchObject({ ok: false, failure: { code: 'invalid' } })
  expect(draft.staged()).toEqual([])
})

test('files that are not there, and targets that are, are said so', async () => {
  const { draft } = open({ 'a.ts': 'x', 'b.ts': 'y' })
  for (const outcome of [
    await draft.read('c.ts'),
    await draft.remove('c.ts'),
    await draft.rename('c.ts', 'd.ts'),
    await draft.copy('c.ts', 'd.ts'),
  ]) {
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'not_found' } })
  }
  for (const outcome of [
    await draft.rename('a.ts', 'b.ts'),
    await draft.copy('a.ts', 'b.ts'),
    await draft.copy('a.ts', 'a.ts'),
  ]) {
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'conflict' } })
  }
})

test('a binary file is bytes, not text', async () => {
  const { draft } = open({ 'logo.png': Uint8Array.of(0x89, 0x50, 0, 1) })
  expect(await draft.readText('logo.png')).toMatchObject({ ok: false, failure: { code: 'wrong_type' } })
  expect(await draft.read('logo.png')).toEqual({ ok: true, value: Uint8Array.of(0x89, 0x50, 0, 1) })
})

describe('limits', () => {
  test('B.5 36: a text above 1 MB and a binary file above 5 MB are refused', async () => {
    const { draft } = open()
    expect(await draft.write('a.txt', 'x'.repeat(limits.fileBytes))).toMatchObject({ ok: true })
    expect(await draft.write('b.txt', 'x'.repeat(limits.fileBytes + 1))).toMatchObject({
      ok: false,
      failure: { code: 'too_large' },
    })
    expect(await draft.write('c.bin', new Uint8Array(limits.binaryFileBytes))).toMatchObject({ ok: true })
    expect(await draft.write('d.bin', new Uint8Array(limits.binaryFileBytes + 1))).toMatchObject({
      ok: false,
      failure: { code: 'too_large' },
    })
  })

  test('a tree has at most 2,000 files and 50 MB', async () => {
    const many = Object.fromEntries(Array.from({ length: limits.treeFiles }, (_, i) => [`f${i}`, 'x']))
    const { draft } = open(many)
    expect(await draft.write('more', 'x')).toMatchObject({ ok: false, failure: { code: 'too_large' } })
    expect(await draft.copy('f1', 'more')).toMatchObject({ ok: false, failure: { code: 'too_large' } })
    expect(await draft.write('f1', 'y')).toMatchObject({ ok: true })
    const { blobs } = treeOf({})
    const full = openDraft(new Map([['big', { hash: 'h', bytes: limits.treeBytes }]]), blobs)
    expect(await full.write('a', 'x')).toMatchObject({ ok: false, failure: { code: 'too_large' } })
  })
})

describe('changes', () => {
  test('a file written back to what it was is no change', async () => {
    const { draft } = open({ a: 'x' })
    await draft.write('a', 'y')
    await draft.write('a', 'x')
    await draft.write('b', 'z')
    await draft.remove('b')
    expect(draft.changes()).toEqual([])
    expect(draft.staged()).toEqual([])
  })

  test('a rename carries the content, then counts only what is edited after it', async () => {
    const { draft, tree } = open({ 'a.ts': 'one\ntwo\n' })
    expect(await draft.rename('a.ts', 'b.ts')).toMatchObject({
      ok: true,
      value: { action: 'renamed', from: 'a.ts', added: 0, removed: 0 },
    })
    await draft.write('b.ts', 'one\n2\n')
    expect(draft.changes()).toMatchObject([{ path: 'b.ts', action: 'renamed', from: 'a.ts', added: 1, removed: 1 }])
    expect([...applyStaged(tree, draft.staged()).keys()]).toEqual(['b.ts'])
  })

  test('a name may change in its case alone', async () => {
    const { draft } = open({ 'src/app.tsx': 'x' })
    expect(await draft.rename('src/app.tsx', 'src/App.tsx')).toMatchObject({ ok: true })
    expect([...draft.tree().keys()]).toEqual(['src/App.tsx'])
  })

  test('deleted lines and copied lines are counted', async () => {
    const { draft } = open({ a: 'one\ntwo' })
    await draft.copy('a', 'b')
    await draft.remove('a')
    expect(draft.changes()).toMatchObject([
      { path: 'a', action: 'deleted', added: 0, removed: 2 },
      { path: 'b', action: 'created', added: 2, removed: 0 },
    ])
  })

  test('whatever is done to a draft, its staged files lead from the base to its tree', async () => {
    const path = fc.constantFrom('a', 'b', 'c', 'd/e')
    const step = fc.oneof(
      fc.record({ op: fc.constant('write' as const), path, text: fc.constantFrom('', 'x', 'y\nz') }),
      fc.record({ op: fc.constant('remove' as const), path }),
      fc.record({ op: fc.constant('rename' as const), path, to: path }),
      fc.record({ op: fc.constant('copy' as const), path, to: path }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { draft, tree } = open({ a: 'x', b: 'y\nz' })
        for (const s of steps) {
          if (s.op === 'write') await draft.write(s.path, s.text)
          else if (s.op === 'remove') await draft.remove(s.path)
          else await draft[s.op](s.path, s.to)
        }
        expect(treeHash(applyStaged(tree, draft.staged()))).toBe(treeHash(draft.tree()))
        expect(draft.changes().length).toBeLessThanOrEqual(draft.staged().length)
        for (const { path: at, entry, content } of draft.staged()) {
          if (entry && ![...tree.values()].some(({ hash }) => hash === entry.hash)) expect(content, at).toBeDefined()
        }
      }),
    )
  })
})

test('L2: two drafts of one tree, of different files, are committed one after the other and nothing is lost', async () => {
  const { tree, blobs } = treeOf({ a: '1', b: '2', c: '3' })
  const [one, two] = [openDraft(tree, blobs), openDraft(tree, blobs)]
  await Promise.all([one.write('a', 'new a'), two.write('d/e', 'new e'), one.remove('c'), two.rename('b', 'f')])
  const after = applyStaged(applyStaged(tree, two.staged()), one.staged())
  expect([...after.keys()]).toEqual(['a', 'd/e', 'f'])
  expect(after.get('a')?.bytes).toBe(5)
})
