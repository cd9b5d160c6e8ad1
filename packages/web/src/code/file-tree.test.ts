import { expect, test } from 'vitest'
import { findFiles, treeOf, withUnsaved, type TreeNode } from './file-tree.ts'

const files = [
  'src/pages/Books.tsx',
  'index.html',
  'src/App.tsx',
  'src/components/book-card.tsx',
  'public/icon.svg',
].map((path) => ({ path, hash: 'h', bytes: 1 }))

const names = (nodes: readonly TreeNode[]): unknown[] =>
  nodes.map((node) => (node.kind === 'folder' ? [node.name, names(node.children)] : node.name))

test('folders stand before files, each by name, whatever the order of the paths', () => {
  expect(names(treeOf(files))).toEqual([
    ['public', ['icon.svg']],
    ['src', [['components', ['book-card.tsx']], ['pages', ['Books.tsx']], 'App.tsx']],
    'index.html',
  ])
})

test('a search wants all its words, in any case, and prefers the name of the file', () => {
  expect(findFiles(files, 'BOOK tsx').map((file) => file.path)).toEqual([
    'src/pages/Books.tsx',
    'src/components/book-card.tsx',
  ])
  expect(findFiles(files, 'components').map((file) => file.path)).toEqual(['src/components/book-card.tsx'])
  expect(findFiles(files, ' ')).toEqual([])
})

test('a deleted file with unsaved changes stays in the list, and one that is there is in it once', () => {
  const paths = withUnsaved(files, new Set(['src/App.tsx', 'src/gone.ts'])).map((file) => file.path)
  expect(paths).toEqual([...files.map((file) => file.path), 'src/gone.ts'])
})
