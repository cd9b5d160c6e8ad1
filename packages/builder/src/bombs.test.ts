import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SourceTree } from './artifact.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { smallApp, startTestBuilder, treeOf, type TestBuilder } from './test-builder.ts'

/**
 * Apps that would take all time or memory. Each is refused, or ended with words that say what to do; what it took is
 * bounded, and the next app builds. Some build: they only look dangerous, and must go on building.
 */

const LIMIT_MS = 3_000
/** A build that is ended is ended at its limit; what comes on top is a machine that does other things too. */
const SLACK_MS = 20_000
/** What is to be built has time, however busy the machine is. */
const BUILDS_MS = 45_000
let builder: TestBuilder

beforeAll(async () => {
  builder = await startTestBuilder({ limits: { builds: 1, memoryBytes: 900_000_000 } })
  await builder.build(smallApp('1'))
})
afterAll(() => builder.close())

const many = (count: number, file: (index: number) => [path: string, text: string]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => file(index)))
const css = (text: string, more: Record<string, string | Uint8Array> = {}): SourceTree =>
  smallApp(`import './a.css'`, { 'src/a.css': text, ...more })
const withClasses = (text: string): SourceTree => css(`@import 'tailwindcss';`, { 'src/page.html': text })
const nested = (open: string, count: number, inner: string, close: string): string =>
  open.repeat(count) + inner + close.repeat(count)

/** `refused`: before anything is built, or by a parser, with a place. `ended`: at a limit, or as its process ended. */
type Expected = { refused: RegExp } | { ended: RegExp } | 'builds' | 'builds or ends'
type Bomb = [name: string, tree: () => SourceTree, expected: Expected]
const WAYS =
  'took longer than 3 s and was ended|used more than 900 MB of memory and was ended|ended unexpectedly, twice'
const ADVICE = 'Undo the last change|The largest file is .*: make it smaller|.* nests \\d+ levels deep: take it apart'
/** Which limit is met first depends on the machine; what to do is said in any case. */
const ENDED: Expected = { ended: new RegExp(`The build (?:process )?(?:${WAYS})\\. (?:${ADVICE})`) }

async function explode(where: TestBuilder, tree: SourceTree, expected: Expected): Promise<void> {
  const limitMs = expected === 'builds' ? BUILDS_MS : LIMIT_MS
  const startedAt = performance.now()
  const result = await where.build(tree, limitMs)
  expect(performance.now() - startedAt).toBeLessThan(2 * limitMs + SLACK_MS)
  const said = result.ok ? 'built' : result.errors.map(({ file, message }) => `${file ?? ''}: ${message}`).join('\n')
  if (expected === 'builds') expect(said).toBe('built')
  else if (typeof expected === 'object') expect(said).toMatch('refused' in expected ? expected.refused : expected.ended)
  expect((await where.build(smallApp(`document.title = 'next'`))).ok, 'the next build works').toBe(true)
}

function suite(title: string, bombs: readonly Bomb[]): void {
  describe(title, () => {
    for (const [name, tree, expected] of bombs) test(name, () => explode(builder, tree(), expected))
  })
}

suite('giant files', [
  [
    'a script of 100 MB',
    () => smallApp(`import './big'`, { 'src/big.ts': `/*${'x'.repeat(100_000_000)}*/` }),
    { refused: /src\/big\.ts: This file has 100 MB; a file that is built may have 5 MB\. Split it/ },
  ],
  [
    'one line of 20 MB',
    () => smallApp(`import './big'`, { 'src/big.ts': `console.log([${'1,'.repeat(10_000_000)}])` }),
    { refused: /src\/big\.ts: This file has 20 MB/ },
  ],
  [
    'one line of 2 MB, as a bundle that somebody brought along',
    () => smallApp(`import './big'`, { 'src/big.js': `console.log([${'1,'.repeat(1_000_000)}])` }),
    'builds or ends',
  ],
  [
    'a stylesheet, a page, data and a drawing of 6 MB',
    () =>
      smallApp(`import './a.css'; import './b.json'; import './c.svg'`, {
        'src/a.css': `/*${'x'.repeat(6_000_000)}*/`,
        'src/b.json': `"${'x'.repeat(6_000_000)}"`,
        'src/c.svg': `<svg>${'x'.repeat(6_000_000)}</svg>`,
        'other.html': 'x'.repeat(6_000_000),
      }),
    { refused: /a\.css: [^]*b\.json: [^]*c\.svg: [^]*other\.html: / },
  ],
  [
    'text of 30 MB that is imported as it is',
    () => smallApp(`import text from './big.txt?raw'; console.log(text)`, { 'src/big.txt': 'x'.repeat(30_000_000) }),
    'builds or ends',
  ],
  ['20 MB in public/', () => smallApp('1', { 'public/big.bin': new Uint8Array(20_000_000) }), 'builds'],
  [
    'more than 100 MB together',
    () => smallApp('1', { 'public/a.bin': new Uint8Array(60_000_000), 'public/b.bin': new Uint8Array(60_000_000) }),
    { refused: /^: The app's files have 120 MB together; 100 MB can be built\. Remove/ },
  ],
  [
    '50,000 files',
    () =>
      smallApp(
        '1',
        many(50_000, (index) => [`src/f${index}.ts`, `export {}`]),
      ),
    'builds or ends',
  ],
])

suite('imports', [
  [
    'a chain of 20,000',
    () =>
      smallApp(
        `import './c0'`,
        many(20_000, (index) => [`src/c${index}.ts`, index < 19_999 ? `import './c${index + 1}'` : '1']),
      ),
    'builds or ends',
  ],
  [
    'a chain of 1,000 lazy ones that closes',
    () =>
      smallApp(
        `import('./c0')`,
        many(1_000, (index) => [`src/c${index}.ts`, `import('./c${(index + 1) % 1_000}'); console.log(${index})`]),
      ),
    'builds or ends',
  ],
  [
    'cycles, also of a file with itself',
    () =>
      smallApp(`import './a'`, {
        'src/a.ts': `import './b'; export const a = 1`,
        'src/b.ts': `import './a'; import './b'; export const b = 1`,
      }),
    'builds',
  ],
  [
    're-exports that double 40 times',
    () =>
      smallApp(`import * as all from './a0'; console.log(all)`, {
        ...many(40, (index) => [`src/a${index}.ts`, doubled(index)]),
        ...many(40, (index) => [`src/b${index}.ts`, doubled(index)]),
        'src/a40.ts': 'export const end = 1',
        'src/b40.ts': 'export const other = 1',
      }),
    ENDED,
  ],
  [
    '100 workers that start each other in a ring',
    () =>
      smallApp(
        `import W from './c0?worker'; new W()`,
        many(100, (index) => [`src/c${index}.ts`, `import W from './c${(index + 1) % 100}?worker'; new W()`]),
      ),
    { refused: /The worker "src\/c0\.ts" starts itself/ },
  ],
  [
    'import.meta.glob of the same texts 200 times',
    () =>
      smallApp(
        Array.from(
          { length: 200 },
          (_, index) =>
            `console.log(${index}, import.meta.glob('./data/*.txt', { query: '?raw', eager: true, import: 'default' }))`,
        ).join('\n'),
        many(200, (index) => [`src/data/${index}.txt`, String(index).repeat(20_000)]),
      ),
    'builds or ends',
  ],
  [
    'each of 1,500 files takes all others by import.meta.glob',
    () =>
      smallApp(
        `import './g0'`,
        many(1_500, (index) => [`src/g${index}.ts`, `console.log(import.meta.glob('./g*.ts', { eager: true }))`]),
      ),
    ENDED,
  ],
])

const doubled = (index: number): string =>
  `export * from './a${index + 1}'; export * from './b${index + 1}'; export const v${index} = ${index}`

const TOO_COMPLEX = { refused: /src\/main\.tsx: The pattern ".*" is too complex: use fewer \* and \{ \}/ }
const longName = { [`src/${'a'.repeat(90)}.ts`]: '1' }

suite('patterns', [
  [
    'import.meta.glob with many stars',
    () => smallApp(`import.meta.glob('./${'*a'.repeat(40)}b')`, longName),
    TOO_COMPLEX,
  ],
  ['import.meta.glob with alternatives', () => smallApp(`import.meta.glob('./${'{a,b}'.repeat(30)}')`), TOO_COMPLEX],
  ['import.meta.glob with a range', () => smallApp(`import.meta.glob('./{1..9999999}')`), TOO_COMPLEX],
  [
    'import.meta.glob with repeated groups',
    () => smallApp(`import.meta.glob('./${'+(a|aa)'.repeat(40)}b')`, longName),
    TOO_COMPLEX,
  ],
  ['an import with many variables', () => smallApp(`import(\`./${'${a}a'.repeat(30)}b.ts\`)`, longName), TOO_COMPLEX],
  ['ordinary patterns', () => smallApp(`console.log(import.meta.glob(['./**/*.{ts,tsx}', '!./x/*']))`), 'builds'],
])

suite('deep nesting', [
  [
    'JSON',
    () => smallApp(`import x from './deep.json'; console.log(x)`, { 'src/deep.json': nested('[', 3_000, '', ']') }),
    { refused: /src\/deep\.json: This JSON nests 3000 levels deep; 120 can be read\. Take it apart/ },
  ],
  [
    'JSON that only has many brackets in its texts',
    () => smallApp(`import x from './a.json'; console.log(x)`, { 'src/a.json': JSON.stringify('['.repeat(1_000)) }),
    'builds',
  ],
  ['tsconfig.json', () => smallApp('1', { 'tsconfig.json': nested('{"a":', 100_000, '1', '}') }), 'builds'],
  ['brackets in a script', () => smallApp(nested('(', 100_000, '1', ')')), ENDED],
  ['a sum of 300,000', () => smallApp(`console.log(${'1+'.repeat(300_000)}1)`), ENDED],
  ['elements', () => smallApp(`export default ${nested('<a>', 30_000, '', '</a>')}`), ENDED],
  ['types', () => smallApp(`type A = ${nested('Array<', 30_000, '1', '>')}`), ENDED],
  ['a page', () => treeOf({ 'index.html': '<div>'.repeat(100_000) }), 'builds or ends'],
  ['rules that are not closed', () => css('@media print {'.repeat(50_000)), ENDED],
  ['rules', () => css(nested('@media print {', 20_000, 'a { color: red }', '}')), ENDED],
  ['calc()', () => css(`a { width: ${nested('calc(1px + ', 50_000, '1px', ')')} }`), ENDED],
  ['var()', () => css(`a { width: ${nested('var(--x, ', 20_000, '1px', ')')} }`), { refused: /nesting depth/ }],
])

suite('stylesheets', [
  ['selectors that double 30 times', () => css(nested('.a, .b { ', 30, 'color: red', '}')), ENDED],
  [
    'imports that double 30 times',
    () =>
      css(
        `@import './d0.css';`,
        many(31, (index) => [
          `src/d${index}.css`,
          index < 30 ? `@import './d${index + 1}.css'; @import './d${index + 1}.css';` : 'a { color: red }',
        ]),
      ),
    ENDED,
  ],
  [
    'a chain of 3,000 imports',
    () =>
      css(
        `@import './c0.css';`,
        many(3_000, (index) => [`src/c${index}.css`, `@import './c${index + 1}.css';`]),
      ),
    { refused: /src\/c\d+\.css: Exceeded maximum recursion depth/ },
  ],
  [
    'imports in a circle',
    () => css(`@import './b.css';`, { 'src/b.css': `@import './a.css';` }),
    { refused: /\.css: Exceeded maximum recursion depth/ },
  ],
  [
    '@apply that doubles 40 times',
    () =>
      css(
        `@import 'tailwindcss'; ${Array.from({ length: 40 }, (_, index) => `@utility u${index} { @apply u${index + 1} u${index + 1}; }`).join('\n')} @utility u40 { color: red } .x { @apply u0 }`,
      ),
    'builds or ends',
  ],
  [
    '@source inline with a range',
    () => css(`@import 'tailwindcss'; @source inline('p-{0..3000000}');`),
    { refused: /src\/a\.css: @source inline\(…\) names more than 2000 classes/ },
  ],
  [
    'variants that double 30 times',
    () =>
      css(
        `@import 'tailwindcss'; ${Array.from({ length: 30 }, (_, index) => `@custom-variant v${index} { &:hover { @slot } &:focus { @slot } }`).join('\n')}`,
        { 'src/page.html': `${Array.from({ length: 30 }, (_, index) => `v${index}:`).join('')}p-1` },
      ),
    'builds or ends',
  ],
])

suite('words that may be classes', [
  ['one of 4 MB', () => withClasses(`p-[${'a'.repeat(4_000_000)}]`), 'builds or ends'],
  ['brackets in brackets', () => withClasses(`<a class="p-[${nested('calc(', 20_000, '1', ')')}]">`), 'builds'],
  ['20,000 variants', () => withClasses(`<a class="${'hover:'.repeat(20_000)}p-1">`), 'builds'],
  [
    'variants in variants',
    () => withClasses(`<a class="${'not-'.repeat(200)}hover:p-1 ${'group-'.repeat(150)}hover:p-1">`),
    'builds',
  ],
  ['selectors in selectors', () => withClasses(`<a class="${nested('has-[&:is(', 50, 'a', ')]')}:p-1">`), 'builds'],
  ['100,000 dashes', () => withClasses(`${'-'.repeat(100_000)} a${'-a'.repeat(100_000)}`), 'builds'],
  ['500 dashes', () => withClasses(`${'-'.repeat(500)} a${'-a'.repeat(450)} bg${'-'.repeat(400)}[x]`), 'builds'],
  [
    '200,000 classes that there are',
    () => withClasses(Array.from({ length: 200_000 }, (_, index) => `p-${index}`).join(' ')),
    { ended: /src\/page\.html: .* and was ended\. The largest file is src\/page\.html \(1\.7 MB\): make it smaller/ },
  ],
])

suite('constants', [
  [
    'texts that double 26 times',
    () =>
      smallApp(
        `const a0 = '${'x'.repeat(16)}';${Array.from({ length: 26 }, (_, index) => `const a${index + 1} = a${index} + a${index};`).join('')}console.log(a26)`,
      ),
    ENDED,
  ],
  [
    'texts that are repeated',
    () => smallApp(`console.log('x'.repeat(1e9), 'x'.padStart(1e9), 10n ** 1000000n)`),
    'builds',
  ],
  ['a regular expression with 5,000 groups', () => smallApp(`console.log(/${'(a+)+'.repeat(5_000)}$/)`), 'builds'],
])

test('without a sandbox of the system the same limits hold', async () => {
  const sandbox = await openSandbox({ bubblewrap: null })
  await using reduced = await startTestBuilder({ sandbox, limits: { builds: 1, memoryBytes: 900_000_000 } })
  await reduced.build(smallApp('1'))
  await explode(reduced, smallApp(nested('(', 100_000, '1', ')')), ENDED)
  await explode(reduced, css(nested('.a, .b { ', 30, 'color: red', '}')), ENDED)
  const doubling = Array.from({ length: 26 }, (_, index) => `const a${index + 1} = a${index} + a${index};`).join('')
  await explode(reduced, smallApp(`const a0 = '${'x'.repeat(16)}';${doubling}console.log(a26)`), ENDED)
})
