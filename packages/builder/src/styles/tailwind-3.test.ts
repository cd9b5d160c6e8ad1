import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAppFiles } from '../engine/app-files.ts'
import { gatherOutput } from '../engine/output.ts'
import { openPackageStore, type PackageStore } from '../engine/package-store.ts'
import { gatherProblems } from '../engine/problems.ts'
import { createStylesheets } from '../engine/stylesheets.ts'
import { readAliases } from '../engine/aliases.ts'
import { startTestBuilder, textOf, treeOf, type TestBuilder } from '../test-builder.ts'
import { findStyleSet, startTestStyles, type TestStyles } from './test-styles.ts'
import { tailwindApp } from './test-tailwind-app.ts'

let styles: TestStyles
let builder: TestBuilder
let set: string
let store: PackageStore

beforeAll(async () => {
  set = await findStyleSet()
  store = openPackageStore(set)
  styles = await startTestStyles()
  builder = await startTestBuilder({ setDir: set, styles: styles.service })
})
afterAll(async () => {
  await builder.close()
  await styles.service.close()
})

/** The stylesheet as the engine compiles it, before it is minified; throws what is wrong. */
async function compiled(files: Record<string, string>, path = 'src/index.css'): Promise<string> {
  const tree = treeOf(files)
  const app = openAppFiles(tree)
  const problems = gatherProblems(app)
  const sheets = createStylesheets({
    files: app,
    store,
    aliases: readAliases(app),
    output: gatherOutput(),
    problems,
    askStyles: (work) => styles.compile(work, files),
  })
  const css = await sheets.compile(`/@app/${path}`)
  if (problems.list.length > 0) throw new Error(JSON.stringify(problems.list))
  return css
}

/** The same by Tailwind's own PostCSS plugin, on files on disk. */
async function reference(files: Record<string, string>, path = 'src/index.css'): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tailwind-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  await symlink(join(set, 'node_modules'), join(dir, 'node_modules'))
  const tailwind = dirname(createRequire(import.meta.url).resolve('tailwindcss-3/package.json'))
  const script = `const own = require('node:module').createRequire(${JSON.stringify(`${tailwind}/package.json`)})
    const { readFileSync } = require('node:fs')
    own('postcss')([own('./lib/index.js')]).process(readFileSync('${path}', 'utf8'), { from: '${path}' }).then((result) => process.stdout.write(result.css))`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: dir, maxBuffer: 1e8 })
  await rm(dir, { recursive: true })
  return stdout
}

test('an app with Tailwind 3 and a config in TypeScript builds unchanged', async () => {
  const css = textOf(await builder.build(treeOf(tailwindApp)), /\.css$/)
  for (const part of ['.bg-primary{', '.prose ', '.animate-in', '.panel', '@keyframes accordion-down', '.dark\\:'])
    expect(css).toContain(part)
  expect(css).not.toContain('never-used')
})

const withConfig = (
  config: string,
  more: Record<string, string> = {},
  name = 'tailwind.config.js',
): Record<string, string> => {
  const { 'tailwind.config.ts': _, ...rest } = tailwindApp
  return { ...rest, [name]: config, ...more }
}
const theme = `theme: { extend: { colors: { border: '#eee', background: '#fff', foreground: '#000', card: '#ddd', ring: '#222', primary: { DEFAULT: '#111', foreground: '#fff' } } } }`
const content = `content: ['./index.html', './src/**/*.{ts,tsx}']`

describe('the css is, letter for letter, what Tailwind 3 itself makes of the same files', () => {
  const apps: Record<string, () => Record<string, string>> = {
    'a config in TypeScript with require': () => tailwindApp,
    'CommonJS with presets, prefix, important, another separator and a plugin of its own': () =>
      withConfig(
        `const plugin = require('tailwindcss/plugin')
        const { default: flatten } = require('tailwindcss/lib/util/flattenColorPalette')
        const colors = require('tailwindcss/colors')
        module.exports = { ${content}, presets: [require('./preset.cjs')], prefix: 'tw-', separator: '_', important: '#root', darkMode: 'media',
          plugins: [plugin.withOptions(() => ({ addUtilities, addVariant, matchUtilities, theme, addComponents, e }) => {
            addVariant('third', '&:nth-child(3)')
            addUtilities({ '.skew-much': { transform: 'skewY(-10deg)' } })
            addComponents({ '.btn': { padding: '1px', '&:hover': { color: colors.red[500] } } })
            matchUtilities({ glow: (value) => ({ boxShadow: '0 0 3px ' + value }) }, { values: flatten(theme('colors')), type: 'color' })
          })()] }`,
        {
          'preset.cjs': `module.exports = { ${theme} }`,
          'src/index.css':
            '@tailwind base; @tailwind components; @tailwind utilities; .x { @apply tw-p-4 hover_tw-m-1 }',
          'src/more.tsx': `'tw-btn hover_tw-btn third_tw-skew-much tw-glow-primary tw-p-2 p-3 md_tw--mt-2 tw-glow-[#123]'`,
        },
        'tailwind.config.cjs',
      ),
    'modules with default imports, JSON and a file in TypeScript': () =>
      withConfig(
        `import defaultTheme from 'tailwindcss/defaultTheme'
        import animate from 'tailwindcss-animate'
        import sizes from './sizes.json'
        import { colors } from './src/theme/colors'
        const { fontFamily } = require('tailwindcss/defaultTheme')
        export default { ${content}, theme: { extend: { colors, spacing: sizes, fontFamily: { sans: ['Inter', ...defaultTheme.fontFamily.sans], mono: fontFamily.mono } } }, plugins: [animate] }`,
        {
          'sizes.json': '{ "gutter": "13px" }',
          'src/theme/colors.ts': `export const colors: Record<string, string> = { border: '#eee', background: '#fff', foreground: '#000', card: '#ddd', primary: '#111', ring: '#222' }`,
          'src/index.css':
            '@tailwind base; @tailwind components; @tailwind utilities; a { font-family: theme("fontFamily.sans"); padding: theme("spacing.gutter") }',
        },
        'tailwind.config.mjs',
      ),
    'an empty config': () =>
      withConfig('module.exports = {}', {
        'src/index.css': '@tailwind base;\n@tailwind utilities;\n.x { @apply p-4 }',
      }),
  }
  for (const [name, files] of Object.entries(apps))
    test(name, async () => expect(await compiled(files())).toBe(await reference(files())))
})
