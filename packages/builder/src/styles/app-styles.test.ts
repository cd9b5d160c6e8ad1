import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuildResult } from '../artifact.ts'
import { smallApp, startTestBuilder, textOf, treeOf, type TestBuilder } from '../test-builder.ts'
import { findStyleSet, startTestStyles, type TestStyles } from './test-styles.ts'
import { tailwindApp } from './test-tailwind-app.ts'

/** How apps may set up their styles, and what they are told when something is wrong. */

let styles: TestStyles
let builder: TestBuilder

beforeAll(async () => {
  styles = await startTestStyles({ processes: 2 })
  builder = await startTestBuilder({ setDir: await findStyleSet(), styles: styles.service })
})
afterAll(async () => {
  await builder.close()
  await styles.service.close()
})

const built = async (files: Record<string, string>): Promise<string> =>
  textOf(await builder.build(treeOf(files)), /\.css$/)

/** A small app with Tailwind 3. */
const small = (files: Record<string, string>): Record<string, string> => ({
  'index.html':
    '<!doctype html><html><head></head><body class="p-7"><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>',
  'src/main.tsx': `import './index.css'; document.title = 'ok'`,
  'package.json': '{ "devDependencies": { "tailwindcss": "^3.4.0" } }',
  'tailwind.config.js': `module.exports = { content: ['./index.html', './src/**/*.tsx'], corePlugins: { preflight: false } }`,
  'src/index.css': '@tailwind utilities;',
  ...files,
})

function errorsOf(result: BuildResult): readonly Record<string, unknown>[] {
  expect(result.ok).toBe(false)
  return result.ok ? [] : result.errors
}

describe('stylesheets of an app with Tailwind 3', () => {
  test('imports are put in: of the app, of Tailwind, of packages and with conditions; those of other sites stay', async () => {
    const css = await built(
      small({
        'src/index.css': `@import url('https://fonts.example/css?family=Inter');
@import 'tailwindcss/base';
@import "tailwindcss/components";
@import './parts/card.css';
@import './print.css' print;
@import 'tailwindcss/utilities';`,
        'src/parts/card.css': `@import '../shared.css';\n@layer components { .card { @apply p-7 m-3; } }`,
        'src/shared.css': `.shared { margin: theme('spacing.2') }`,
        'src/print.css': `.printed { color: red }`,
        'src/use.tsx': `'card'`,
      }),
    )
    expect(css).toMatch(/^@import "https:\/\/fonts\.example\/css\?family=Inter";/)
    expect(css).toContain('.card{')
    expect(css).toContain('.shared{margin:.5rem}')
    expect(css).toMatch(/@media print\{\.printed\{color:red\}\}/)
    expect(css).toContain('.p-7{padding:1.75rem}')
  })

  test('@apply, theme() and screen() work in CSS modules and in sheets of their own', async () => {
    const css = await built(
      small({
        'src/main.tsx': `import './index.css'; import './other.css'; import s from './a.module.css'; document.title = s.a`,
        'src/a.module.css': `.a { @apply p-3; }`,
        'src/other.css': `.o { padding: theme('spacing.9'); } @media screen(lg) { .o { color: red } }`,
      }),
    )
    expect(css).toMatch(/\.\w+_a\{padding:\.75rem\}/)
    expect(css).toContain('.o{padding:2.25rem}')
    expect(css).toContain('(width>=1024px)')
  })

  test('a config that the stylesheet or the PostCSS config names is the one that counts', async () => {
    const named = `export default { content: ['./index.html'], theme: { spacing: { 7: '77px' } }, corePlugins: { preflight: false } }`
    const byCss = await built(
      small({ 'src/index.css': `@config '../config/tw.ts';\n@tailwind utilities;`, 'config/tw.ts': named }),
    )
    const byPostcss = await built(
      small({
        'config/tw.ts': named,
        'postcss.config.cjs': `module.exports = { plugins: [require('tailwindcss')('./config/tw.ts'), require('autoprefixer')] }`,
      }),
    )
    const inline = await built(
      small({
        'postcss.config.mjs': `import tailwindcss from 'tailwindcss'\nexport default { plugins: [tailwindcss(${named.slice('export default '.length)})] }`,
      }),
    )
    for (const css of [byCss, byPostcss, inline]) expect(css).toContain('.p-7{padding:77px}')
  })

  test('nested rules are taken apart where the PostCSS config asks for it', async () => {
    const sheet = { 'src/index.css': '@tailwind utilities; .card { &-title { @apply p-2; } &:hover { color: red } }' }
    const css = await built(
      small({
        ...sheet,
        'postcss.config.js': `export default { plugins: { 'tailwindcss/nesting': {}, tailwindcss: {}, autoprefixer: {} } }`,
      }),
    )
    expect(css).toContain('.card-title{padding:.5rem}')
    expect(css).toContain('.card:hover{color:red}')
  })

  test('content in packages is searched', async () => {
    const css = await built(
      small({
        'tailwind.config.js': `module.exports = { content: ['./node_modules/tailwindcss-animate/*.js'], corePlugins: { preflight: false } }`,
      }),
    )
    expect(css).toContain('.filter{')
    expect(css).not.toContain('.p-7')
  })

  test('an asset that a sheet names is found, also in an imported sheet', async () => {
    const result = await builder.build(
      treeOf(
        small({
          'src/index.css': `@import './in/a.css';\n@tailwind utilities;`,
          'src/in/a.css': '.a { background: url(./dot.svg) }',
          'src/in/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
        }),
      ),
    )
    expect(textOf(result, /\.css$/)).toMatch(/url\(\/assets\/dot-\w+\.svg\)/)
    expect(textOf(result, /dot-\w+\.svg$/)).toContain('<svg')
  })

  test('which Tailwind it is, package.json says first and the stylesheets second', async () => {
    const sheet3 = '@tailwind base; @tailwind utilities;'
    const of = async (manifest: string, sheet: string): Promise<string> => {
      const css = await built(small({ 'package.json': manifest, 'src/index.css': sheet }))
      return css.includes('@layer theme') || css.includes('@layer utilities') || css.includes('--spacing') ? '4' : '3'
    }
    expect(await of('{ "dependencies": { "tailwindcss": "3.3.2" } }', sheet3)).toBe('3')
    expect(await of('{ "devDependencies": { "tailwindcss": "latest" } }', sheet3)).toBe('3')
    expect(await of('{}', `@import 'tailwindcss';`)).toBe('4')
    expect(await of('{ "dependencies": { "tailwindcss": "^4.1.0" } }', `@import 'tailwindcss';`)).toBe('4')
    expect(await of('{}', `@import 'tailwindcss/base'; @import 'tailwindcss/utilities';`)).toBe('3')
  })
})

describe('Tailwind 4 with scripts of the app', () => {
  const app = (css: string, more: Record<string, string> = {}): Record<string, string> =>
    small({
      'package.json': '{ "devDependencies": { "tailwindcss": "^4.1.0" } }',
      'src/index.css': css,
      'src/use.tsx': `'prose glow bg-brand animate-in mt-[3px] p-7'`,
      ...more,
    })

  test('plugins of packages and of the app, and a config, are used', async () => {
    const css = await built(
      app(
        `@import 'tailwindcss';\n@import './more.css';\n@plugin '@tailwindcss/typography';\n@plugin '../plugins/glow.ts';\n@config '../tailwind.config.ts';\n.x { @apply glow bg-brand }`,
        {
          'src/more.css': `@plugin 'tailwindcss-animate';`,
          'plugins/glow.ts': `import plugin from 'tailwindcss/plugin'\nimport { width } from './width'\nexport default plugin(({ addUtilities }) => addUtilities({ '.glow': { boxShadow: '0 0 ' + width + ' red' } }))`,
          'plugins/width.ts': `export const width: string = '9px'`,
          'tailwind.config.ts': `import type { Config } from 'tailwindcss'\nexport default { theme: { extend: { colors: { brand: '#123456' } } } } satisfies Config`,
        },
      ),
    )
    for (const part of ['.prose', '.glow{box-shadow:0 0 9px red}', '#123456', '.animate-in', '.mt-\\[3px\\]', '.p-7'])
      expect(css).toContain(part)
  })

  test('a plugin that is not there, or throws, is told at its place', async () => {
    const missing = await builder.build(treeOf(app(`@import 'tailwindcss';\n@plugin 'not-here-at-all';`)))
    expect(errorsOf(missing)).toMatchObject([{ file: 'src/index.css', line: 2, missing: 'not-here-at-all' }])
    const thrown = await builder.build(
      treeOf(
        app(`@import 'tailwindcss';\n@plugin './bad.js';`, {
          'src/bad.js': `export default () => {\n  throw new Error('no luck')\n}`,
        }),
      ),
    )
    expect(errorsOf(thrown)).toMatchObject([
      { file: 'src/bad.js', line: 2, message: expect.stringContaining('no luck') as string },
    ])
  })
})

describe('what is wrong is told with file, line and frame', () => {
  const cases: Record<string, [files: Record<string, string>, error: Record<string, unknown>]> = {
    'a config that throws': [
      {
        'tailwind.config.ts': `const size: number = 1\n\nthrow new Error('bad config ' + size)\nexport default {}`,
        'tailwind.config.js': '',
      },
      {
        file: 'tailwind.config.ts',
        line: 3,
        message: expect.stringContaining('bad config 1'),
        frame: expect.stringContaining('^'),
      },
    ],
    'a file that the config imports and that throws': [
      {
        'tailwind.config.js': `import { x } from './theme/x'\nexport default { content: [], x }`,
        'theme/x.ts': `\nexport const x = (null as any).boom`,
      },
      { file: 'theme/x.ts', line: 2, message: expect.stringContaining('boom') },
    ],
    'a config that imports what is not there': [
      { 'tailwind.config.js': `import { x } from './nowhere'\nexport default { content: [x] }` },
      { file: 'tailwind.config.js', line: 1, message: '"./nowhere" is not a file of this app.' },
    ],
    'a config that cannot be parsed': [
      { 'tailwind.config.js': `module.exports = {\n  content: [\n}` },
      { file: 'tailwind.config.js', line: 3 },
    ],
    'a plugin that is not installed': [
      { 'tailwind.config.js': `module.exports = {\n  content: [],\n  plugins: [require('@scope/not-here/sub')],\n}` },
      {
        file: 'tailwind.config.js',
        line: 3,
        message: 'The package "@scope/not-here" is not installed.',
        missing: '@scope/not-here',
      },
    ],
    'a class that @apply cannot find': [
      { 'src/index.css': `@tailwind utilities;\n.a {\n  @apply p-4 border-borderr;\n}` },
      {
        file: 'src/index.css',
        line: 3,
        column: 3,
        message: expect.stringContaining('"border-borderr" does not exist'),
        frame: expect.stringContaining('^'),
      },
    ],
    'the same in an imported sheet': [
      {
        'src/index.css': `@import './deep/a.css';\n@tailwind utilities;`,
        'src/deep/a.css': `\n\n.a { @apply nothing-like-it; }`,
      },
      { file: 'src/deep/a.css', line: 3, message: expect.stringContaining('"nothing-like-it"') },
    ],
    'a value that theme() cannot find': [
      { 'src/index.css': `.a {\n  color: theme('colors.nope');\n}` },
      { file: 'src/index.css', line: 2, message: expect.stringContaining('colors.nope') },
    ],
    'a layer without its directive': [
      { 'src/index.css': `@tailwind utilities;\n@layer base { a { color: red } }` },
      { file: 'src/index.css', line: 2, message: expect.stringContaining('@tailwind base') },
    ],
    'a stylesheet that is not there': [
      { 'src/index.css': `@tailwind utilities;\n@import './nope.css';` },
      { file: 'src/index.css', line: 2, message: expect.stringContaining('./nope.css') },
    ],
    'a sheet that cannot be parsed, imported': [
      { 'src/index.css': `@import './a.css';`, 'src/a.css': `.a { color: red\n` },
      { file: 'src/a.css', line: 1, message: expect.stringContaining('Unclosed') },
    ],
    'a PostCSS plugin that is not known': [
      {
        'postcss.config.js': `export default {\n  plugins: {\n    tailwindcss: {},\n    'postcss-pxtorem': {},\n  },\n}`,
      },
      { file: 'postcss.config.js', line: 4, message: expect.stringContaining('"postcss-pxtorem" is not run here') },
    ],
    'the import of the other Tailwind': [
      { 'src/index.css': `@import 'tailwindcss';` },
      { file: 'src/index.css', line: 1, message: expect.stringContaining('for Tailwind 4') },
    ],
  }
  for (const [name, [files, error]] of Object.entries(cases))
    test(name, async () => {
      const given = small(files)
      if (files['tailwind.config.js'] === '') delete given['tailwind.config.js']
      expect(errorsOf(await builder.build(treeOf(given)))[0]).toMatchObject(error)
    })
})

test('without a style service such an app is told so', async () => {
  await using alone = await startTestBuilder({ setDir: await findStyleSet(), styles: null })
  expect(errorsOf(await alone.build(treeOf(tailwindApp)))[0]).toMatchObject({
    message: expect.stringContaining('not possible here') as string,
  })
  expect((await alone.build(smallApp(`document.title = 'ok'`))).ok).toBe(true)
})
