import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DependencySet } from '../dependency-set.ts'
import { treeOf } from '../test-builder.ts'
import { findMissingPackages } from './find-missing-packages.ts'

let set: DependencySet
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'set-'))
  for (const name of ['react', '@acme/kit']) {
    await mkdir(join(dir, 'node_modules', name), { recursive: true })
    await writeFile(join(dir, 'node_modules', name, 'package.json'), '{}')
  }
  set = { key: 'test', dir, present: true }
})
afterAll(() => rm(set.dir, { recursive: true }))

test('packages that are imported and not installed are found, each once, where they stand first', () => {
  const tree = treeOf({
    'src/a.tsx': `import React from 'react'\nimport { motion } from 'framer-motion'\nimport '@acme/kit/sub.css'\nimport x from '@acme/other/deep/file.js?raw'`,
    'src/b.ts': `export * from 'exported'\nimport 'framer-motion/client'\nvoid import('later')\nvoid import(\`template\`)`,
  })
  expect(findMissingPackages(tree, set)).toEqual([
    { name: 'framer-motion', file: 'src/a.tsx', line: 2 },
    { name: '@acme/other', file: 'src/a.tsx', line: 4 },
    { name: 'exported', file: 'src/b.ts', line: 1 },
    { name: 'later', file: 'src/b.ts', line: 3 },
    { name: 'template', file: 'src/b.ts', line: 4 },
  ])
})

test('files of the app, aliases, types, addresses, Node, the toolchain, configurations and tests are no packages', () => {
  const tree = treeOf({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "~lib/*": ["./src/lib/*"] } } }',
    'src/a.ts': `import './b'\nimport '/src/c'\nimport '~lib/d'\nimport 'https://esm.sh/x'\nimport 'node:fs'\nimport 'fs'\nimport type { X } from 'types-only'\nimport { type Y } from 'types-too'\nimport 'vite/client'\nconst name = 'x'; void import(name)`,
    'vite.config.ts': `import 'some-plugin'`,
    'src/a.test.ts': `import 'some-test-kit'`,
    'src/broken.ts': `import 'missing'; import {`,
    'public/old.js': `import 'served-as-it-is'`,
  })
  expect(findMissingPackages(tree, set)).toEqual([])
})

test('a script or configuration that would end the process in the parser is not read, and the others are', () => {
  const deep = `import 'hidden'\n${'('.repeat(50_000)}`
  const tree = treeOf({
    'tsconfig.json': '{"a":'.repeat(19_000),
    'src/a.ts': deep,
    'src/b.tsx': `import 'hidden'\nexport default ${'<a>'.repeat(50_000)}`,
    'src/c.ts': `import 'seen'`,
  })
  expect(findMissingPackages(tree, set)).toEqual([{ name: 'seen', file: 'src/c.ts', line: 1 }])
})

test('with a measure of depth, long scripts are read and deep ones are not', () => {
  const long = `import 'seen'\n${'f({})\n'.repeat(5_000)}`
  const tree = treeOf({ 'src/deep.ts': `import 'hidden'\n${'('.repeat(50_000)}`, 'src/long.ts': long })
  expect(findMissingPackages(tree, set, (path) => path === 'src/deep.ts')).toEqual([
    { name: 'seen', file: 'src/long.ts', line: 1 },
  ])
})
