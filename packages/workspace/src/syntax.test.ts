import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkSyntax, codeFrame } from './syntax.ts'

/** Valid files of many kinds: [name, content]. Each is legal in its language, and each has fooled a counter of tags or braces. */
const valid: [string, string][] = [
  ['generic-arrow.tsx', 'export const id = <T,>(x: T): T => x\n'],
  ['generic-extends.tsx', 'export const first = <T extends unknown[]>(x: T) => x[0]\n'],
  ['less-than.tsx', 'export const a = (x: number) => x < 3 && x > 1 ? <b>{x < 2}</b> : null\n'],
  ['fragment.tsx', 'export const A = () => (\n  <>\n    <p>a</p>\n    {"</div>"}\n  </>\n)\n'],
  ['void-tags.tsx', 'export const A = () => <div><br /><img alt="" src="x" /><input disabled /></div>\n'],
  ['tag-in-string.ts', "export const s = '<div><p>'\nexport const t = `</span>${'<b>'}`\n"],
  ['tag-in-comment.tsx', '// <div> is open\n/* <p> { */\nexport const A = () => <div>{/* </p> } */}</div>\n'],
  ['regex-braces.ts', 'export const r = /[{(<]\\/[^}]*/g\nexport const q = 4 / 2 / 1\n'],
  ['regex-v.ts', 'export const r = /[\\p{L}--[a-z]]/v\n'],
  ['nested-template.ts', 'export const s = `a ${`b ${`c ${1 + 1} }`} {`} d`\n'],
  [
    'tagged-template.ts',
    'export const q = sql`select ${1} where a < ${2}`\ndeclare function sql(s: TemplateStringsArray, ...v: unknown[]): string\n',
  ],
  ['entities.tsx', 'export const A = () => <p>a &lt; b &amp;&amp; c &copy; {"{"} &#123;</p>\n'],
  ['apostrophe.tsx', 'export const A = () => <p>Don\'t stop, it\'s "fine"</p>\n'],
  ['spread-props.tsx', 'export const A = (p: object) => <div {...p} key="a" />\n'],
  [
    'member-tag.tsx',
    'export const A = () => <Menu.Item.Label data-x:y="1">{1}</Menu.Item.Label>\ndeclare const Menu: any\n',
  ],
  [
    'conditional-jsx.tsx',
    'export const A = ({ a }: { a?: string }) => <div>{a ? <b>{a}</b> : a === "" ? "empty" : null}</div>\n',
  ],
  ['map-jsx.tsx', 'export const A = () => <ul>{[1, 2].map((n) => <li key={n}>{n}</li>)}</ul>\n'],
  [
    'generic-component.tsx',
    'export function List<T>(p: { items: T[]; row: (t: T) => string }) {\n  return <ul>{p.items.map(p.row)}</ul>\n}\nexport const a = <List<string> items={[]} row={(x) => x} />\n',
  ],
  ['satisfies.ts', 'export const a = { b: 1 } satisfies Record<string, number>\n'],
  ['as-const.ts', 'export const a = [1, 2] as const\nexport type A = (typeof a)[number]\n'],
  [
    'overloads.ts',
    'export function f(x: string): string\nexport function f(x: number): number\nexport function f(x: string | number) {\n  return x\n}\n',
  ],
  [
    'type-and-value.ts',
    'export type Shape = { a: 1 }\nexport const Shape = { a: 1 }\nexport interface Other {}\nexport const Other = 2\n',
  ],
  ['interface-merge.ts', 'export interface A {\n  x: 1\n}\nexport interface A {\n  y: 2\n}\n'],
  ['namespace-merge.ts', 'export function f() {}\nexport namespace f {\n  export const x = 1\n}\n'],
  ['enum-merge.ts', 'export enum E {\n  A,\n}\nexport enum E {\n  B = 2,\n}\n'],
  [
    'abstract.ts',
    'export abstract class A<in out T> {\n  protected abstract f(): T\n  static #n = 0\n  accessor x = 1\n  static {\n    A.#n += 1\n  }\n}\n',
  ],
  ['parameter-properties.ts', 'export class A {\n  constructor(private readonly x: number) {}\n}\n'],
  ['decorator.ts', '@dec\nexport class A {\n  @dec x = 1\n}\ndeclare function dec(...a: any[]): any\n'],
  ['index-signature.ts', 'export type A = { [key: string]: number; readonly [n: number]: 1 }\n'],
  ['mapped.ts', 'export type A<T> = { -readonly [K in keyof T as `get${string & K}`]-?: () => T[K] }\n'],
  ['conditional-type.ts', 'export type A<T> = T extends (infer U extends string)[] ? U : never\n'],
  ['assertion.ts', 'export function is(x: unknown): asserts x is string {}\n'],
  [
    'unique-symbol.d.ts',
    'declare const s: unique symbol\ndeclare module "*.svg" {\n  const src: string\n  export default src\n}\n',
  ],
  ['global.d.ts', 'export {}\ndeclare global {\n  interface Window {\n    x: 1\n  }\n}\n'],
  [
    'import-type.ts',
    "import type { A } from './a'\nimport { type B, c } from './b'\nexport type { A, B }\nexport default c\n",
  ],
  ['import-attributes.ts', "import data from './a.json' with { type: 'json' }\nexport default data\n"],
  ['import-equals.cts', "import fs = require('fs')\nexport = fs\n"],
  ['top-level-await.ts', "export const a = await import('./x')\nfor await (const b of a.default) a.use(b)\n"],
  ['using.ts', 'export function f(a: Disposable) {\n  using b = a\n  return b\n}\n'],
  ['optional.ts', 'export const a = (x?: { y?: () => number }) => x?.y?.() ?? x!.y!()\n'],
  ['labels.js', 'export function f() {\n  outer: for (;;) {\n    for (;;) break outer\n  }\n}\n'],
  ['asi.js', 'export const a = 1\n;[1, 2].forEach((x) => x)\n;(() => {})()\nlet b = a\n++b\n'],
  [
    'getter.js',
    'export const a = {\n  get b() {\n    return 1\n  },\n  set b(v) {},\n  async *c() {},\n  [`d`]: 1,\n  "e-f": 2,\n}\n',
  ],
  ['private-in.js', 'export class A {\n  #x = 1\n  static is(o) {\n    return #x in o\n  }\n}\n'],
  ['numbers.js', 'export const a = [1_000, 0xff, 0b1, 0o7, 1n, .5, 5., 1e-3]\n'],
  ['unicode.js', 'export const größe = "\\u{1F642}", 名 = 1, \\u0061bc = 2\n'],
  ['hashbang.mjs', '#!/usr/bin/env node\nexport default 1\n'],
  ['html-comment.cjs', 'module.exports = function () {\n  return 1\n}\n'],
  ['return.cjs', 'if (!process.env.X) return\nmodule.exports = 1\n'],
  ['jsx.jsx', 'export default function A({ children, ...rest }) {\n  return <a {...rest}>{children}</a>\n}\n'],
  [
    'class-extends.tsx',
    "import { Component } from 'react'\nexport class A extends Component<{ a: 1 }, { b: 2 }> {\n  state = { b: 2 as const }\n  render = () => <i>{this.props.a}</i>\n}\n",
  ],
  [
    'hooks.tsx',
    "import { useState } from 'react'\nexport function A() {\n  const [a, set] = useState<string | null>(null)\n  return <button onClick={() => set((v) => (v ? null : 'x'))}>{a}</button>\n}\n",
  ],
  ['crlf.ts', 'export const a = {\r\n  b: `x\r\ny`,\r\n}\r\n'],
  ['bom.ts', '\uFEFFexport const a = 1\n'],
  ['no-newline.ts', 'export const a = 1'],
  ['empty.ts', ''],
  ['only-comment.tsx', '// nothing yet\n'],
  [
    'zod.ts',
    "import { z } from 'zod'\nexport const A = z.object({ a: z.string().min(1) })\nexport type A = z.infer<typeof A>\n",
  ],
  [
    'switch.ts',
    'export function f(x: string) {\n  switch (x) {\n    case "a": {\n      const y = 1\n      return y\n    }\n    default: {\n      const y = 2\n      return y\n    }\n  }\n}\n',
  ],
  ['object.json', '{"a": [1, -2.5e3, true, null, "\\u00e9 }"], "b": {}}\n'],
  ['scalar.json', '"text"'],
  ['tsconfig.json', '{\n  // comments are allowed here\n  "compilerOptions": { "strict": true, },\n}\n'],
  ['tsconfig.app.json', '/* x */ {}\n'],
  ['styles.css', '@theme {\n  --color-a: oklch(0.5 0 0);\n}\n.a { &:hover { color: red } \n'],
  ['page.html', '<p>not closed'],
  ['notes.md', '{ ( <'],
]

describe('L9: what is valid passes', () => {
  test('more than fifty kinds of valid files', () => {
    expect(valid.length).toBeGreaterThan(50)
  })

  test.each(valid)('%s', (path, text) => {
    expect(checkSyntax(`src/${path}`, text)).toEqual([])
  })

  const starter = join(import.meta.dirname, '../../../starter')
  test.runIf(existsSync(starter))('every file of the starter', () => {
    const files = globSync('{*,src/**/*,public/**/*}.{ts,tsx,js,json,webmanifest}', { cwd: starter })
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) expect(checkSyntax(file, readFileSync(join(starter, file), 'utf8')), file).toEqual([])
  })

  test('every source file of this package', () => {
    for (const file of globSync('*.ts', { cwd: import.meta.dirname })) {
      expect(checkSyntax(file, readFileSync(join(import.meta.dirname, file), 'utf8')), file).toEqual([])
    }
  })
})

describe('what does not parse is told with its place', () => {
  test('a tag that is not closed', () => {
    const [problem] = checkSyntax('a.tsx', 'export const A = () => (\n  <div>\n    <p>hi</div>\n)\n')
    expect(problem).toMatchObject({ line: 3, column: 12, message: expect.stringContaining("closing tag for 'p'") })
    expect(problem?.frame).toBe(
      [
        '  1 | export const A = () => (',
        '  2 |   <div>',
        '> 3 |     <p>hi</div>',
        '    |            ^',
        '  4 | )',
        '  5 |',
      ].join('\n'),
    )
  })

  test.each([
    ['a.ts', 'const a: = 1\n', 1, 10],
    ['a.ts', 'const a = 1\nconst a = 2\n', 2, 7],
    ['a.ts', 'const 🙂 = "🙂"\n', 1, 7],
    ['a.js', 'const a = <div />\n', 1, 11],
    ['a.mjs', 'return 1\n', 1, 1],
    ['a.json', '{"a": 1,}\n', 1, 9],
    ['a.json', '{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['a.json', '{\n  "a": [1\n', 3, 1],
    ['a.json', '', 1, 1],
    ['a.json', 'hello', 1, 1],
    ['a.json', '{"a": 1} // no', 1, 10],
  ])('%s %j: line %i, column %i', (path, text, line, column) => {
    const [problem] = checkSyntax(path, text)
    expect(problem).toMatchObject({ line, column })
    expect(problem?.message).not.toMatch(/position \d|^$/)
  })

  test('at most five problems are told', () => {
    expect(checkSyntax('a.ts', 'const a = 1\n'.repeat(50)).length).toBeLessThanOrEqual(5)
  })
})

test('a frame of a long line is cut around its column', () => {
  const frame = codeFrame(`${'x'.repeat(5_000)}!${'y'.repeat(5_000)}`, 1, 5_001)
  const [shown = '', caret = ''] = frame.split('\n')
  expect(shown.length).toBeLessThan(200)
  expect(shown[caret.indexOf('^')]).toBe('!')
})

test('a line that is too long to be copied into each of its errors is left to the build, which has a process of its own', () => {
  for (const text of ['\\'.repeat(90_000), ';let a'.repeat(15_000)]) {
    const before = process.memoryUsage().rss
    expect(checkSyntax('src/a.ts', text)).toEqual([])
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  }
  expect(checkSyntax('src/a.ts', '\\'.repeat(100))).not.toEqual([])
})
