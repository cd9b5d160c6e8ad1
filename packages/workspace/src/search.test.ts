import { expect, test } from 'vitest'
import { treeOf } from './memory-blobs.ts'
import { openDraft } from './draft.ts'
import { searchFiles, type SearchQuery } from './search.ts'

const never = new AbortController().signal

const search = (files: Record<string, string | Uint8Array>, query: SearchQuery, limitMs?: number, signal = never) => {
  const { tree, blobs } = treeOf(files)
  return searchFiles(openDraft(tree, blobs), query, signal, limitMs)
}

const app = {
  'src/App.tsx': 'import { useState } from "react"\r\nconst [a, setA] = useState(0)\r\n',
  'src/b.ts': 'no hook\nUSESTATE\n',
  'logo.png': Uint8Array.of(0, 1, 2),
}

test('plain text is found in text files, case ignored, in the order of paths', async () => {
  expect(await search(app, { text: 'usestate' })).toEqual({
    ok: true,
    files: 2,
    more: false,
    hits: [
      { path: 'src/App.tsx', line: 1, text: 'import { useState } from "react"' },
      { path: 'src/App.tsx', line: 2, text: 'const [a, setA] = useState(0)' },
      { path: 'src/b.ts', line: 2, text: 'USESTATE' },
    ],
  })
})

test('plain text is not a pattern', async () => {
  expect(await search({ a: 'f(x)\nfx\n' }, { text: '(x)' })).toMatchObject({ hits: [{ line: 1 }] })
})

test('case, globs and limit narrow a search', async () => {
  expect(await search(app, { text: 'useState', caseSensitive: true })).toMatchObject({
    hits: [{ line: 1 }, { line: 2 }],
  })
  expect(await search(app, { text: 'usestate', include: ['*.ts'] })).toMatchObject({
    hits: [{ path: 'src/b.ts' }],
    files: 1,
  })
  expect(await search(app, { text: 'usestate', exclude: ['src/App.tsx'] })).toMatchObject({
    hits: [{ path: 'src/b.ts' }],
  })
  expect(await search(app, { text: 'usestate', limit: 1 })).toMatchObject({ hits: [{ line: 1 }], more: true })
  expect(await search(app, { text: 'usestate', limit: 3 })).toMatchObject({ more: false })
})

test('a regular expression matches line by line', async () => {
  expect(await search(app, { text: '^const \\[(\\w+), set\\w+\\] = .*\\)$', regex: true })).toMatchObject({
    ok: true,
    hits: [{ path: 'src/App.tsx', line: 2 }],
  })
  expect(await search(app, { text: 'USE.+', regex: true, caseSensitive: true })).toMatchObject({
    hits: [{ path: 'src/b.ts' }],
  })
})

test('a long line is cut to 500 characters', async () => {
  const found = await search({ a: `x${'y'.repeat(2_000)}` }, { text: 'x' })
  expect(found.ok && found.hits[0]?.text.length).toBe(500)
})

test('a pattern that is none says what is wrong with it', async () => {
  expect(await search(app, { text: 'a(b', regex: true })).toMatchObject({
    ok: false,
    code: 'BAD_REGEX',
    message: expect.stringContaining('a(b'),
  })
})

test('a pattern that turns out too large when it runs is a bad one', async () => {
  expect(await search(app, { text: '((((a?){99}b?){99}c?){99}){99}', regex: true })).toMatchObject({
    ok: false,
    code: 'BAD_REGEX',
  })
})

test('a pattern that would run for years is ended, and the event loop stays free meanwhile', async () => {
  let ticks = 0
  const clock = setInterval(() => (ticks += 1), 20)
  const began = performance.now()
  const found = await search({ a: `${'a'.repeat(60)}b` }, { text: '(a+)+$', regex: true }, 400)
  clearInterval(clock)
  expect(found).toMatchObject({ ok: false, code: 'TIMEOUT' })
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(ticks).toBeGreaterThan(2)
})

test('a stop ends a search', async () => {
  const stop = new AbortController()
  const searching = search({ a: `${'a'.repeat(60)}b` }, { text: '(a+)+$', regex: true }, 20_000, stop.signal)
  setTimeout(() => stop.abort(), 100)
  expect(await searching).toMatchObject({ ok: false, code: 'TIMEOUT' })
  expect(await search(app, { text: 'x' }, 1_000, AbortSignal.abort())).toMatchObject({ ok: false })
})
