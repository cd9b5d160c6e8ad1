import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuildResult, SourceTree } from './artifact.ts'
import { findDependencySet } from './dependency-set.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { repositoryDir, smallApp, startTestBuilder, textOf, treeOf, type TestBuilder } from './test-builder.ts'

/**
 * What an app may contain to read this machine or to run code while it is built. Each case is judged by its effect: the
 * canary's text is in no file of the result and in no message, and no marker file appears.
 */

const CANARY = 'canary-7c1f0e'
let builder: TestBuilder
let outside: string
let secretFile: string
let marker: string

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'outside-'))
  secretFile = join(outside, 'secret.txt')
  marker = join(outside, 'marker')
  await writeFile(secretFile, CANARY)
  await writeFile(join(outside, 'secret.js'), `export default '${CANARY}'`)
  await writeFile(join(outside, 'secret.css'), `.${CANARY} { color: red }`)
  await writeFile(join(outside, 'secret.module.css'), `.x { --x: ${CANARY} }`)
  await writeFile(
    join(outside, 'secret.json'),
    JSON.stringify({ compilerOptions: { paths: { '@/*': [`/${CANARY}/*`] } } }),
  )
  process.env['BUILD_CANARY'] = CANARY
  process.env['VITE_BUILD_CANARY'] = CANARY
  builder = await startTestBuilder()
})
afterAll(async () => {
  delete process.env['BUILD_CANARY']
  delete process.env['VITE_BUILD_CANARY']
  await builder.close()
  await rm(outside, { recursive: true, force: true })
})

/** Builds, and looks for the effect: returns the result for further questions. */
async function buildSafely(tree: SourceTree): Promise<BuildResult> {
  const result = await builder.build(tree)
  const all = result.ok
    ? result.artifact.files
        .map((file) => file.path + new TextDecoder().decode(result.contents.get(file.hash)))
        .join('\n')
    : JSON.stringify(result.errors)
  expect(all.includes(CANARY), 'the canary is in the result').toBe(false)
  expect(existsSync(marker), 'a marker was written').toBe(false)
  expect(all.includes(repositoryDir), 'a path of this machine is in the result').toBe(false)
  return result
}

const messages = (result: BuildResult): string =>
  result.ok ? '' : result.errors.map((error) => error.message).join('\n')
const up = (): string => '../'.repeat(30) + secretFile.slice(1)
const set = findDependencySet(repositoryDir)

test('the check sees a canary that is the app’s own', async () => {
  const result = await builder.build(smallApp(`console.log('${CANARY}')`))
  expect(textOf(result, /index-.*\.js$/)).toContain(CANARY)
})

describe('imports in scripts that leave the app are errors with a place', () => {
  const cases: Record<string, () => string> = {
    'an absolute path': () => `import x from '${secretFile}?raw'; console.log(x)`,
    'an absolute path of a script': () => `import x from '${join(outside, 'secret.js')}'; console.log(x)`,
    'a climb': () => `import x from '${up()}?raw'; console.log(x)`,
    'a climb of a script': () => `import x from '${up().replace('.txt', '.js')}'; console.log(x)`,
    'a climb by url': () => `import x from '${up()}?url'; console.log(x)`,
    'a file: address': () => `import x from 'file://${secretFile}'; console.log(x)`,
    '/@fs/': () => `import x from '/@fs${secretFile}?raw'; console.log(x)`,
    'the virtual root': () => `import x from '/@app/../..${secretFile}?raw'; console.log(x)`,
    'a lazy climb': () => `import('${up().replace('.txt', '.js')}').then(console.log)`,
    'a query before the raw one': () => `import x from '${secretFile}?x&raw'; console.log(x)`,
    'an encoded climb': () => `import x from './%2e%2e/%2e%2e${secretFile}?raw'; console.log(x)`,
    'a backslash': () => `import x from '..\\\\..\\\\secret.txt?raw'; console.log(x)`,
    'a climb through a package': () => `import x from 'react/../../../../..${secretFile}'; console.log(x)`,
    'a climb out of a scope': () => `import x from '@scope/../../x'; console.log(x)`,
    'a climb through an alias': () => `import x from '@/../${up()}?raw'; console.log(x)`,
    'a climb in an export': () => `export * from '${up().replace('.txt', '.js')}'`,
    'a climb by require': () => `const x = require('${secretFile}'); console.log(x)`,
    'a module of Node': () =>
      `import { readFileSync } from 'node:fs'; console.log(readFileSync('${secretFile}', 'utf8'))`,
    'a module of Node, short': () => `import fs from 'fs'; console.log(fs)`,
    'a glob upwards': () =>
      `console.log(import.meta.glob('../../../../../../../..${outside}/*', { query: '?raw', eager: true }))`,
    'a worker upwards': () => `import W from '${up().replace('.txt', '.js')}?worker'; new W()`,
    'an import of a data module of Node': () => `import x from 'data:text/javascript,import "node:fs"'; console.log(x)`,
  }
  for (const [name, code] of Object.entries(cases)) {
    test(name, async () => {
      const result = await buildSafely(smallApp(code()))
      if (name.startsWith('an import of a data')) return
      expect(result.ok).toBe(false)
      if (!result.ok) expect(result.errors[0]).toMatchObject({ file: 'src/main.tsx', line: 1 })
    })
  }
})

describe('addresses that mean nothing in the app stay what they are, or are errors', () => {
  const cases: Record<string, () => SourceTree> = {
    'new URL upwards': () =>
      smallApp(`console.log(new URL('${up()}', import.meta.url), new URL('${secretFile}', import.meta.url))`),
    'a source map comment': () =>
      smallApp(`import './a.css'; import './a.js'; console.log(1)\n//# sourceMappingURL=${secretFile}`, {
        'src/a.js': `console.log(2)\n//# sourceMappingURL=${up()}`,
        'src/a.css': `a { color: red }\n/*# sourceMappingURL=${secretFile} */`,
      }),
    'a climb behind an icon': () =>
      smallApp(
        `import x from 'lucide-react/dist/esm/icons/../../../../../../../../../..${outside}/secret.js'; console.log(x)`,
      ),
    'a module of the builder itself': () =>
      smallApp(`import x from '\0worker:../..${outside}/secret.js'; console.log(x)`),
    'new URL with a variable upwards': () =>
      smallApp(
        `const n = 'secret'; console.log(new URL(\`../../../../../../..${outside}/\${n}.txt\`, import.meta.url))`,
      ),
    'new Worker upwards': () => smallApp(`new Worker(new URL('${up().replace('.txt', '.js')}', import.meta.url))`),
    'an import with a variable upwards': () =>
      smallApp(`const n = 'secret'; import(\`../../../../../../..${outside}/\${n}.js\`)`),
    'url() in a stylesheet, relative': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `a { background: url('${up()}') }` }),
    'url() in a stylesheet, absolute': () =>
      smallApp(`import './a.css'`, {
        'src/a.css': `a { background: url('${secretFile}'); cursor: url(file://${secretFile}) }`,
      }),
    '@import in a stylesheet, relative': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `@import '${up().replace('.txt', '.css')}';` }),
    '@import in a stylesheet, absolute': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `@import url('${join(outside, 'secret.css')}');` }),
    '@import of a file: address': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `@import 'file://${join(outside, 'secret.css')}';` }),
    '@reference upwards': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `@reference '${join(outside, 'secret.css')}';` }),
    'composes upwards': () =>
      smallApp(`import s from './a.module.css'; console.log(s)`, {
        'src/a.module.css': `.a { composes: x from '${up().replace('.txt', '.module.css')}' }`,
      }),
    'an image in the page': () =>
      treeOf({ 'index.html': `<html><head></head><body><img src="${up()}"><img src="${secretFile}"></body></html>` }),
    'a script in the page': () =>
      treeOf({
        'index.html': `<html><head></head><body><script type="module" src="${up().replace('.txt', '.js')}"></script></body></html>`,
      }),
    'a stylesheet in the page': () =>
      treeOf({
        'index.html': `<html><head><link rel="stylesheet" href="/@fs${join(outside, 'secret.css')}"></head></html>`,
      }),
    '@source outside': () =>
      smallApp(`import './a.css'`, { 'src/a.css': `@import 'tailwindcss'; @source '${outside}/**/*.txt';` }),
  }
  for (const [name, tree] of Object.entries(cases)) test(name, async () => void (await buildSafely(tree())))
})

describe('L22: configuration that an app brings does not run and changes nothing', () => {
  const write = (): string => `require('fs').writeFileSync('${marker}', process.env.BUILD_CANARY ?? 'ran')`
  const writeEsm = (): string =>
    `import { writeFileSync } from 'node:fs'; writeFileSync('${marker}', 'ran'); export default {}`
  const cases: Record<string, () => Record<string, string>> = {
    'vite.config.ts': () => ({ 'vite.config.ts': writeEsm() }),
    'vite.config.cjs': () => ({ 'vite.config.cjs': write() }),
    'postcss.config.cjs': () => ({ 'postcss.config.cjs': `${write()}; module.exports = { plugins: [] }` }),
    '.postcssrc.cjs': () => ({ '.postcssrc.cjs': `${write()}; module.exports = {}` }),
    'tailwind.config.js': () => ({ 'tailwind.config.js': write() }),
    '.babelrc': () => ({ '.babelrc': JSON.stringify({ plugins: [join(outside, 'secret.js')] }) }),
    'babel.config.js': () => ({ 'babel.config.js': write() }),
    '.swcrc': () => ({
      '.swcrc': JSON.stringify({ jsc: { experimental: { plugins: [[join(outside, 'secret.js'), {}]] } } }),
    }),
    'tsconfig that extends a file outside': () => ({
      'tsconfig.json': JSON.stringify({ extends: join(outside, 'secret.json') }),
    }),
    'paths that lead outside': () => ({
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { 'out/*': [`${outside}/*`, '../../*'] } } }),
    }),
    'scripts in package.json': () => ({
      'package.json': JSON.stringify({ scripts: { build: `touch ${marker}`, postinstall: `touch ${marker}` } }),
    }),
    '.npmrc and .yarnrc': () => ({ '.npmrc': `node-options=--require ${join(outside, 'secret.js')}` }),
  }
  for (const [name, files] of Object.entries(cases)) {
    test(name, async () => {
      const tree = smallApp(`import './a.css'; document.title = 'built'`, {
        'src/a.css': `@import 'tailwindcss'; .x { @apply p-4 }`,
        ...files(),
      })
      expect((await buildSafely(tree)).ok).toBe(true)
    })
  }

  test('.env files and the environment of the platform give no value', async () => {
    const tree = smallApp(
      `console.log(import.meta.env.VITE_BUILD_CANARY, import.meta.env.VITE_FROM_FILE, import.meta.env)`,
      { '.env': `VITE_FROM_FILE=from-file`, '.env.production': `VITE_FROM_FILE=from-file` },
    )
    const result = await buildSafely(tree)
    expect(textOf(result, /index-.*\.js$/)).not.toContain('from-file')
  })

  const refused: Record<string, () => string> = {
    '@plugin with a file of the app': () => `@import 'tailwindcss'; @plugin './evil.js';`,
    '@plugin with a file outside': () => `@import 'tailwindcss'; @plugin '${join(outside, 'secret.js')}';`,
    '@plugin with a package': () => `@import 'tailwindcss'; @plugin 'react';`,
    '@config with a file of the app': () => `@import 'tailwindcss'; @config './evil.js';`,
    '@config through @reference': () => `@reference './other.css'; .x { @apply p-4 }`,
    '@source inline with a range': () => `@import 'tailwindcss'; @source inline("p-{0..3000000}");`,
    '@source inline with nested braces': () =>
      `@import 'tailwindcss'; @source inline("{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}{a,b,c,d}");`,
    '@source inline behind a comment': () => `@import 'tailwindcss'; @source/**/inline/**/('p-{0..3000000}');`,
    '@source inline with a bracket in it': () => `@import 'tailwindcss'; @source inline("p-) ;{0..3000000}");`,
    '@source inline in an imported file': () => `@import 'tailwindcss'; @import './bomb.css';`,
  }
  for (const [name, css] of Object.entries(refused)) {
    test(`${name} is refused`, async () => {
      const tree = smallApp(`import './a.css'`, {
        'src/a.css': css(),
        'src/evil.js': write(),
        'src/bomb.css': `@source inline("{a,b}-{0..3000000}");`,
        'src/other.css': `@import 'tailwindcss'; @config './evil.js';`,
      })
      const result = await buildSafely(tree)
      expect(result.ok).toBe(false)
    })
  }

  test('files that need a compiler from the app are refused by their name', async () => {
    for (const extension of ['less', 'scss', 'sass', 'styl', 'vue', 'svelte']) {
      const result = await buildSafely(
        smallApp(`import './a.${extension}'`, { [`src/a.${extension}`]: '@plugin "x"; a {}' }),
      )
      expect(messages(result)).toContain(`.${extension}`)
    }
  })
})

describe('the dependency set is the only other place that is read', () => {
  test('a link in it that leads outside is not followed', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'set-'))
    await rm(copy, { recursive: true })
    const { cp } = await import('node:fs/promises')
    for (const name of ['react', 'scheduler'])
      await cp(join(set.dir, 'node_modules', name), join(copy, 'node_modules', name), { recursive: true })
    await cp(join(outside), join(copy, 'real-outside'), { recursive: true })
    await symlink(join(copy, 'real-outside'), join(copy, 'node_modules', 'evil'))
    await writeFile(
      join(copy, 'real-outside', 'package.json'),
      JSON.stringify({ name: 'evil', main: 'secret.js', style: 'secret.css' }),
    )
    const { createFastBuildService } = await import('./fast-build-service.ts')
    const quiet = { error() {}, warn() {}, info() {} }
    const service = createFastBuildService({
      sandbox: await openSandbox(),
      starterSet: { key: 'copy', dir: copy, present: true },
      dependenciesDirs: [copy],
      vendorCacheDir: join(copy, 'vendor'),
      log: quiet,
    })
    for (const code of [`import x from 'evil'; console.log(x)`, `import 'evil/secret.css'`]) {
      const result = await service.build(smallApp(code), { signal: AbortSignal.timeout(30_000), limitMs: 10_000 })
      expect(
        JSON.stringify(
          result.ok ? [...result.contents.values()].map((content) => new TextDecoder().decode(content)) : result.errors,
        ),
      ).not.toContain(CANARY)
      expect(result.ok).toBe(false)
    }
    await service.close()
    await rm(copy, { recursive: true, force: true })
  })
})
