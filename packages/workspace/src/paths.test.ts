import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { treeOf } from './memory-blobs.ts'
import { checkPlace, foldersOf, normalisePath } from './paths.ts'

const hostile = fc.constantFrom(
  '..',
  '.',
  '',
  '/',
  '\\',
  'C:',
  '~',
  '\0',
  '%2e%2e',
  '%2f',
  '．．',
  '／',
  '..\u200b',
  '\u202e',
  'node_modules',
  '.git',
  '.GIT',
  '.env',
  '.env.local',
  'a',
  'src',
  'App.tsx',
  ' ',
  '. ',
  '.. ',
  'con',
  'NUL.txt',
  '\ud800',
  'é',
  'e\u0301',
  '🙂',
  ':',
  '?',
  'file:',
  '..;',
  '....',
  '\u2028',
)
const attempts = fc.oneof(
  fc.array(hostile, { maxLength: 8 }).map((parts) => parts.join('/')),
  fc.array(hostile, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(hostile, { maxLength: 8 }).map((parts) => parts.join('\\')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

describe('normalisePath', () => {
  test('B.5 38: nothing accepted leaves the app, on any system, however it was made', () => {
    fc.assert(
      fc.property(attempts, (input) => {
        const path = normalisePath(input)
        if (!path.ok) return
        for (const text of [
          path.value,
          decodeURIComponent(path.value),
          path.value.normalize('NFKC').replaceAll('％', '%'),
        ]) {
          const inside = posix.resolve('/app', path.value)
          expect(inside.startsWith('/app/')).toBe(true)
          expect(win32.resolve('C:\\app', path.value).startsWith('C:\\app\\')).toBe(true)
          expect(text.split(/[\\/]/)).not.toContain('..')
        }
        expect(posix.normalize(path.value)).toBe(path.value)
        expect(path.value.toLowerCase().split('/')).not.toContain('node_modules')
        expect(path.value).not.toMatch(/[\\\p{Cc}\p{Cs}]|^\/|\/$|\/\//u)
      }),
      { numRuns: 3_000 },
    )
  })

  test('an accepted path is accepted again and stays the same', () => {
    fc.assert(
      fc.property(attempts, (input) => {
        const once = normalisePath(input)
        if (once.ok) expect(normalisePath(once.value)).toEqual(once)
      }),
    )
  })

  test.each([
    '../secret',
    'a/../../b',
    '/etc/passwd',
    'C:\\x',
    'c:/x',
    'a\\b',
    'a//b',
    'a/',
    './a',
    'a/.',
    '',
    '~/x',
    'a\0b',
    'a\nb',
    'a\u200bb',
    'node_modules/x/i.js',
    'src/node_modules/x',
    'Node_Modules/x',
    '.git/config',
    'x/.GIT/hooks',
    'git~1/config',
    '.env',
    '.env.production',
    'src/.ENV',
    'nul',
    'src/con.ts',
    'a.',
    'a ',
    ' a',
    'a/b./c',
    'a:b',
    'what?.tsx',
    'a%2fb',
    'a#b',
    'x'.repeat(101),
    `${'é'.repeat(51)}.ts`,
    'a/'.repeat(120) + 'b',
  ])('B.5 38: %j is refused', (path) => {
    expect(normalisePath(path)).toMatchObject({ ok: false, failure: { code: 'invalid' } })
  })

  test.each([
    'a',
    'src/App.tsx',
    'src/pages/[id].tsx',
    'src/(group)/page.tsx',
    'src/$slug.tsx',
    'public/größe.svg',
    'src/@types/x.d.ts',
    '.gitignore',
    'src/.prettierrc',
    'a/b/c/d/e/f/g.ts',
    'README.md',
    'public/日本語.png',
    'src/a b.tsx',
    'src/..a/b...c.ts',
    'x'.repeat(100),
    'environment.ts',
    'src/console.ts',
    'git/x',
  ])('%j is accepted as it is', (path) => {
    expect(normalisePath(path)).toEqual({ ok: true, value: path })
  })

  test('a decomposed letter is composed, so that two spellings are one file', () => {
    expect(normalisePath('src/cafe\u0301.ts')).toEqual({ ok: true, value: 'src/café.ts' })
  })
})

describe('checkPlace', () => {
  const { tree } = treeOf({ 'src/App.tsx': '', 'src/lib/a.ts': '', README: '' })

  test.each(['src/app.tsx', 'SRC/other.ts', 'src/Lib/b.ts', 'readme'])(
    'B.5 38: %j is refused as a twin in another case',
    (path) => {
      expect(checkPlace(path, tree)).toMatchObject({ ok: false, failure: { code: 'invalid' } })
    },
  )

  test.each(['src', 'src/lib', 'README/a', 'src/App.tsx/b'])(
    '%j is refused: a file and a folder cannot be one',
    (path) => {
      expect(checkPlace(path, tree)).toMatchObject({ ok: false, failure: { code: 'invalid' } })
    },
  )

  test.each(['src/App.tsx', 'src/lib/b.ts', 'src/App.test.tsx', 'lib/a.ts'])('%j has its place', (path) => {
    expect(checkPlace(path, tree)).toEqual({ ok: true, value: path })
  })
})

test('the folders of a path are named outermost first', () => {
  expect(foldersOf('a/b/c.ts')).toEqual(['a', 'a/b'])
  expect(foldersOf('c.ts')).toEqual([])
})
