import type { BuildError } from '@overskill/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceTree } from './artifact.ts'
import { smallApp, startTestBuilder, treeOf, type TestBuilder } from './test-builder.ts'

let builder: TestBuilder

beforeAll(async () => {
  builder = await startTestBuilder()
})
afterAll(() => builder.close())

async function errorsOf(tree: SourceTree): Promise<BuildError[]> {
  const result = await builder.build(tree)
  expect(result.ok).toBe(false)
  return result.ok ? [] : result.errors
}

const cases: [name: string, tree: SourceTree, expected: Partial<BuildError>][] = [
  [
    'a syntax error',
    smallApp(`import './x'`, { 'src/x.tsx': `export function X() {\n  return <div><span></div>\n}` }),
    { file: 'src/x.tsx', line: 2, column: 23, message: `Expected corresponding JSX closing tag for 'span'.` },
  ],
  [
    'a name declared twice',
    smallApp(`const a = 1\nconst a = 2`),
    { file: 'src/main.tsx', line: 1, column: 7, message: 'Identifier `a` has already been declared' },
  ],
  [
    'a missing file',
    smallApp(`import React from 'react'\nimport { X } from './components/Missing'\nconsole.log(X, React)`),
    {
      file: 'src/main.tsx',
      line: 2,
      column: 19,
      message: expect.stringContaining('"./components/Missing" was not found'),
    },
  ],
  [
    'a file named in the wrong case',
    smallApp(`import './Foo'`, { 'src/foo.tsx': '' }),
    { file: 'src/main.tsx', line: 1, message: expect.stringContaining('Did you mean "src/foo.tsx"?') },
  ],
  [
    'a package that is not installed',
    smallApp(`import y from '@not/there/sub'\nconsole.log(y)`),
    {
      file: 'src/main.tsx',
      line: 1,
      column: 15,
      message: 'The package "@not/there" is not installed.',
      missing: '@not/there',
    },
  ],
  [
    'a module that a package does not have',
    smallApp(`import y from 'recharts/nope'\nconsole.log(y)`),
    { file: 'src/main.tsx', line: 1, column: 15, message: 'The package has no module "recharts/nope".' },
  ],
  [
    'a name that a file does not export',
    smallApp(`import { nope } from './x'\nconsole.log(nope)`, { 'src/x.ts': 'export const yes = 1' }),
    { file: 'src/main.tsx', line: 1, column: 10, message: '"nope" is not exported by "src/x.ts".' },
  ],
  [
    'a name that a package does not export',
    smallApp(`import { Nope } from 'recharts'\nconsole.log(Nope)`),
    { file: 'src/main.tsx', line: 1, column: 10, message: '"Nope" is not exported by the package "recharts".' },
  ],
  [
    'a brace missing in a stylesheet',
    smallApp(`import './a.css'`, { 'src/a.css': `@import 'tailwindcss';\n.a { color: red;\n.b {` }),
    { file: 'src/a.css', line: 3, column: 1, message: expect.stringContaining('Missing closing }') },
  ],
  [
    'an invalid rule in a plain stylesheet',
    smallApp(`import './a.css'`, { 'src/a.css': `.a { color: red; }\n}\n.b { : }` }),
    { file: 'src/a.css', line: 2 },
  ],
  [
    'a class that Tailwind does not know',
    smallApp(`import './a.css'`, { 'src/a.css': `@import 'tailwindcss';\n.a {\n  @apply p-4 no-class;\n}` }),
    { file: 'src/a.css', line: 3, column: 14, message: expect.stringContaining('`no-class`') },
  ],
  [
    'a missing stylesheet',
    smallApp(`import './a.css'`, { 'src/a.css': `@import './nope.css';` }),
    { file: 'src/a.css', line: 1, message: '"./nope.css" is not a stylesheet of this app.' },
  ],
  [
    'a missing picture in a stylesheet',
    smallApp(`import './a.css'`, { 'src/a.css': `.a {\n  background: url(./nope.png) }` }),
    { file: 'src/a.css', line: 2, message: '"./nope.png" is not a file of this app.' },
  ],
  [
    'JSON that is none',
    smallApp(`import d from './a.json'; console.log(d)`, { 'src/a.json': `{ "a": 1, }` }),
    { file: 'src/a.json', line: 1, column: 11, message: expect.stringContaining('not valid JSON') },
  ],
  [
    'a page whose script is missing',
    treeOf({ 'index.html': `<html><body><script type="module" src="/src/nope.tsx"></script></body></html>` }),
    { file: 'index.html', line: 1, message: '"/src/nope.tsx" was not found in this app.' },
  ],
  ['no page', treeOf({ 'src/main.tsx': '' }), { file: 'index.html', message: 'The app has no index.html.' }],
]

for (const [name, tree, expected] of cases) {
  test(`${name} is reported with its file and place`, async () => {
    const [first] = await errorsOf(tree)
    expect(first).toMatchObject(expected)
    if (expected.line) expect(first?.frame).toMatch(/\^/)
    expect(JSON.stringify(first)).not.toMatch(/@app\/|\/work\/|\\u001b|\\u0000|\.runtime/)
  })
}

test('all missing imports of an app are reported at once', async () => {
  const errors = await errorsOf(
    smallApp(`import './one'\nimport './two'\nimport 'three-not-there'`, { 'src/other.ts': '' }),
  )
  expect(errors.map((error) => error.line)).toEqual([1, 2, 3])
})
