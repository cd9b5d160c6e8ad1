import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDraft } from './draft.ts'
import { findElision } from './elision.ts'
import { findImporters, findPackageImporters } from './imports.ts'
import { treeOf } from './memory-blobs.ts'
import { isUnsafeToParse, scriptLanguage } from './parse-script.ts'
import { findTooDeep } from './script-depth.ts'
import { checkSyntax } from './syntax.ts'

const n = 70_000 // ends the process for every one of these
const nested = (open: string, inner = '', close = ''): string => open.repeat(n) + inner + close.repeat(n)

/** Each ends the process when it is parsed. */
const bombs: [string, string, string][] = [
  ['brackets', 'a.ts', nested('(', '1', ')')],
  ['brackets that stay open', 'a.ts', nested('(')],
  ['lists', 'a.js', nested('[', '', ']')],
  ['blocks', 'a.ts', nested('{', '', '}')],
  ['functions', 'a.ts', nested('()=>{', '', '}')],
  ['defaults', 'a.ts', nested('(a=', '1', ')=>1')],
  ['elements', 'a.tsx', `export default ${nested('<a>', '', '</a>')}`],
  ['elements in attributes', 'a.jsx', `export default ${nested('<a b=', '<i/>', '/>')}`],
  ['elements with quotes in their text', 'a.tsx', `export default ${nested("<a>'")}`],
  ['elements with closing brackets in their text', 'a.tsx', `export default ${nested('<a>)]')}`],
  ['type arguments', 'a.ts', `type A = ${nested('Array<', '1', '>')}`],
  ['type arguments behind commas', 'a.ts', `type A = ${nested('B<c, ', '1', '>')}`],
  ['conditional types', 'a.d.ts', `type A = ${nested('a extends B<c, d> ? c : ', '1')}`],
  ['sums', 'a.ts', `1${nested('+1')}`],
  ['powers', 'a.ts', `1${nested('**1')}`],
  ['choices', 'a.ts', nested('a?b:', '1')],
  ['templates', 'a.ts', nested('`${', '1', '}`')],
  ['negations', 'a.ts', nested('!', '1')],
  ['new', 'a.ts', nested('new ', 'a')],
  ['arrows', 'a.ts', nested('a=>', '1')],
  ['assignments', 'a.ts', nested('a=', '1')],
  ['members', 'a.ts', `a${nested('.a')}`],
  ['members of a number', 'a.ts', `1.${nested('.a')}`],
  ['calls', 'a.ts', `a${nested('()')}`],
  ['if', 'a.ts', nested('if(a)', '1')],
  ['if on lines of their own', 'a.ts', nested('if (a)\n', '1')],
  ['else', 'a.ts', nested('if(a)b,c;else ', '1')],
  ['else behind blocks', 'a.ts', nested('if (a) { b }\nelse ', '1')],
  ['else behind loops', 'a.ts', nested('if(a)do b;while(0);else ', '1')],
  ['closing brackets in strings', 'a.ts', nested('(")"+')],
  ['closing brackets in comments', 'a.ts', nested('(/*)*/')],
  ['closing brackets in regular expressions', 'a.ts', nested('(/[)]/,')],
  ['closing brackets in templates', 'a.ts', nested('(`)`+')],
  ['a quote in a regular expression behind a block', 'a.ts', `{}/"/;${nested('(')}`],
  ['a quote in a regular expression behind an import', 'a.ts', `import 'a'\n/\`/;${nested('(')}`],
  ['a quote in a comment that a strange line end ends', 'a.ts', `// \`\u2028${nested('(')}`],
  ['a quote in an HTML comment', 'a.cjs', `<!-- \`\n${nested('(')}`],
  ['sums behind the type of a generic function', 'a.tsx', `type A = <T>(a: T) => void;1${nested('+1')}`],
  ['words between strange spaces', 'a.ts', nested('typeof\u3000', 'a')],
]

describe('what would end the process is told and not parsed', () => {
  test.each(bombs)('%s', (_, path, text) => {
    const [problem, ...more] = checkSyntax(path, text)
    expect(problem?.message).toBe('This file nests more than 1000 levels deep; split it.')
    expect(more).toEqual([])
    expect(isUnsafeToParse(path, text)).toBe(true)
    expect(findElision(path, `${text}\n// ... existing code ...\n`)?.line).toBeGreaterThan(1)
  })

  test('the line is that at which it is too deep', () => {
    expect(checkSyntax('a.ts', `const a = 1\n\n${'(\n'.repeat(20_000)}`)).toMatchObject([{ line: 1_002 }])
  })

  test('files that nest too deep import nothing', async () => {
    const deep = `import './card'\nimport 'kit'\n${nested('(')}`
    const { tree, blobs } = treeOf({
      'src/card.ts': '',
      'src/deep.ts': deep,
      'src/flat.ts': `import './card'\nimport 'kit'`,
    })
    const draft = openDraft(tree, blobs)
    expect(await findImporters(draft, 'src/card.ts')).toEqual(['src/flat.ts'])
    expect(await findPackageImporters(draft, 'kit')).toEqual(['src/flat.ts'])
  })
})

describe('what is not deep passes, however long it is', () => {
  const lines = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n')

  test.each([
    [
      'a list of records',
      'a.ts',
      `export default [\n${lines(10_000, (i) => `  { id: ${i}, name: 'a (', tags: ['b', \`c\`] },`)}\n]`,
    ],
    ['a text of 900 parts', 'a.ts', `export const a = ${lines(900, () => `'part' +`)} ''`],
    [
      'lines without semicolons',
      'a.ts',
      lines(10_000, (i) => `const a${i}: Map<string, Set<number>> = new Map()\nf(a${i})`),
    ],
    ['types without semicolons', 'a.ts', lines(10_000, (i) => `export type A${i} = Array<B<${i}>>`)],
    ['members of a type', 'a.ts', `interface A {\n${lines(5_000, (i) => `  a${i}?: (b: string) => C<D>`)}\n}`],
    ['methods', 'a.ts', `class A {\n${lines(5_000, (i) => `  a${i}() { return 1 < 2 }`)}\n}`],
    ['cases', 'a.ts', `switch (a) {\n${lines(5_000, (i) => `  case ${i}:`)}\n}`],
    ['a union of 2,000', 'a.ts', `type A =\n${lines(2_000, (i) => `  | 'a${i}'`)}`],
    ['else if, 300 times', 'a.ts', lines(300, (i) => `if (a === ${i}) {\n  b()\n} else`) + ' {}'],
    [
      'sibling elements',
      'a.tsx',
      `export default <ul>${lines(5_000, (i) => `<li key="${i}">Don't (yet) {a}<br /></li>`)}</ul>`,
    ],
    ['divisions and regular expressions', 'a.js', lines(10_000, () => `f((a + 1) / 2, b[0] / 3, /["'()]/.test(c))`)],
  ])('%s', (_, path, text) => {
    expect(checkSyntax(path, text)).toEqual([])
  })

  const modules = join(import.meta.dirname, '../../../node_modules')
  test.each(
    [
      'react-dom/cjs/react-dom-client.development.js',
      'react-dom/cjs/react-dom-client.production.js',
      'axe-core/axe.js',
      'axe-core/axe.min.js',
      'lucide-react/dist/cjs/lucide-react.js',
      'tailwindcss-3/node_modules/jiti/dist/babel.js',
      'vite/dist/node/chunks/node.js',
    ].filter((file) => existsSync(join(modules, file))),
  )('%s', (file) => {
    const text = readFileSync(join(modules, file), 'utf8')
    expect(findTooDeep(text, { types: false, tags: false })).toBeUndefined()
    expect(scriptLanguage(file)).toBe('js')
  })

  test('what cannot be read is gone through once: a megabyte of beginnings takes no minutes', () => {
    for (const part of ['/[', '}/', '<a ', '"', '`', '/*', '<', '( ', 'a\n<', '\\', "'\\"]) {
      findTooDeep(part.repeat(1_000_000 / part.length), { types: true, tags: true })
    }
  })
})
