import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuildResult, FastBuildService, SourceTree } from './artifact.ts'
import { findDependencySet } from './dependency-set.ts'
import { createFastBuildService } from './fast-build-service.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { repositoryDir, smallApp, startTestBuilder, textOf, treeOf, type TestBuilder } from './test-builder.ts'

/**
 * What an app may contain to read this machine or to run code while it is built. Each case is judged by its effect: the
 * canary's text is in no file of the result and in no message, and no marker file appears.
 */

const CANARY = 'canary-7c1f0e'
/** With the sandbox of the system, and without: nothing may depend on it alone. */
let builder: TestBuilder
let reduced: TestBuilder
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
  builder = await startTestBuilder({ limits: { builds: 1 } })
  reduced = await startTestBuilder({ limits: { builds: 1 }, sandbox: await openSandbox({ bubblewrap: null }) })
})
afterAll(async () => {
  delete process.env['BUILD_CANARY']
  delete process.env['VITE_BUILD_CANARY']
  await Promise.all([builder.close(), reduced.close()])
  await rm(outside, { recursive: true, force: true })
})

/** Everything that leaves a build: paths and contents, or errors. */
const saidBy = (result: BuildResult): string =>
  result.ok
    ? result.artifact.files
        .map((file) => file.path + new TextDecoder().decode(result.contents.get(file.hash)))
        .join('\n')
    : JSON.stringify(result.errors)

/**
 * Builds in both modes, and looks for the effect: returns the result for further questions.
 *
 * @param isAlike Whether both say the same: what needs code of the app does not run in reduced mode.
 */
async function buildSafely(tree: SourceTree, isAlike = true): Promise<BuildResult> {
  const results = [await builder.build(tree), await reduced.build(tree)] as const
  for (const result of results) {
    expect(saidBy(result).includes(CANARY), 'the canary is in the result').toBe(false)
    expect(existsSync(marker), 'a marker was written').toBe(false)
    expect(saidBy(result).includes(repositoryDir), 'a path of this machine is in the result').toBe(false)
  }
  if (isAlike) expect(saidBy(results[0])).toBe(saidBy(results[1]))
  expect((await builder.build(smallApp(`document.title = 'next'`))).ok, 'the next build works').toBe(true)
  return results[0]
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
  const write = (): string =>
    `require('fs').writeFileSync('${marker}', process.env.BUILD_CANARY ?? 'ran'); module.exports = { plugins: [] }`
  const writeEsm = (): string =>
    `import { writeFileSync } from 'node:fs'; writeFileSync('${marker}', process.env.BUILD_CANARY ?? 'ran'); export default {}`
  const SCRIPTS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']
  const configFiles = (name: string, extensions: readonly string[]) =>
    Object.fromEntries(
      extensions.map((extension) => {
        const file = `${name}.${extension}`
        return [file, () => ({ [file]: extension.startsWith('c') ? write() : writeEsm() })]
      }),
    )
  const cases: Record<string, () => Record<string, string>> = {
    ...configFiles('vite.config', SCRIPTS),
    ...configFiles('rolldown.config', SCRIPTS),
    ...configFiles('postcss.config', SCRIPTS),
    ...configFiles('.postcssrc', SCRIPTS),
    ...configFiles('tailwind.config', SCRIPTS),
    ...configFiles('babel.config', SCRIPTS),
    ...configFiles('.babelrc', SCRIPTS),
    ...configFiles('svelte.config', ['js']),
    'data that names plugins': () => {
      const plugin = join(outside, 'secret.js')
      const babel = JSON.stringify({ plugins: [plugin], presets: [plugin] })
      return {
        '.babelrc': babel,
        '.babelrc.json': babel,
        'babel.config.json': babel,
        '.swcrc': JSON.stringify({ jsc: { experimental: { plugins: [[plugin, {}]] } } }),
        '.browserslistrc': `extends ${plugin}`,
      }
    },
    'every key of package.json that a tool reads': () => {
      const plugin = join(outside, 'secret.js')
      return {
        'package.json': JSON.stringify({
          type: 'commonjs',
          main: plugin,
          style: join(outside, 'secret.css'),
          browser: { './src/a.css': join(outside, 'secret.css') },
          imports: { '#secret': plugin },
          exports: { '.': plugin },
          sideEffects: [plugin],
          babel: { plugins: [plugin] },
          swc: { jsc: { experimental: { plugins: [[plugin, {}]] } } },
          tailwindcss: { plugins: [plugin] },
          browserslist: [`extends ${plugin}`],
          workspaces: [outside],
          overrides: { react: `file:${outside}` },
          scripts: Object.fromEntries(
            ['preinstall', 'install', 'postinstall', 'prepare', 'prebuild', 'build', 'postbuild'].map((name) => [
              name,
              `touch ${marker}`,
            ]),
          ),
        }),
      }
    },
    'tsconfig that extends a file outside': () => ({
      'tsconfig.json': JSON.stringify({ extends: join(outside, 'secret.json') }),
    }),
    'paths that lead outside': () => ({
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { 'out/*': [`${outside}/*`, '../../*'] } } }),
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
      const result = await buildSafely(tree, !/^@(?:plugin|config)/.test(name))
      expect(result.ok).toBe(false)
    })
  }

  test('PostCSS plugins are refused by their name, wherever they are named', async () => {
    const plugin = join(outside, 'secret.js')
    const config = JSON.stringify({ plugins: { [plugin]: {} } })
    const configs = {
      '.postcssrc': config,
      '.postcssrc.json': config,
      '.postcssrc.yml': `plugins:\n  ${plugin}: {}`,
      'package.json': JSON.stringify({ postcss: { plugins: { [plugin]: {} } } }),
      'postcss.config.cjs': `module.exports = { plugins: [require('${plugin}')] }`,
    }
    for (const [path, text] of Object.entries(configs)) {
      const result = await buildSafely(smallApp(`import './a.css'`, { 'src/a.css': 'a { color: red }', [path]: text }))
      expect(result, path).toMatchObject({ ok: false, errors: [{ file: path }] })
    }
  })

  test('files that need a compiler from the app are refused by their name', async () => {
    for (const extension of ['less', 'scss', 'sass', 'styl', 'vue', 'svelte']) {
      const result = await buildSafely(
        smallApp(`import './a.${extension}'`, { [`src/a.${extension}`]: '@plugin "x"; a {}' }),
      )
      expect(messages(result)).toContain(`.${extension}`)
    }
  })
})

describe('the dependency set is the only other place that is read, and nothing in it runs', () => {
  let copy: string
  const services: FastBuildService[] = []

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'set-'))
    const packages = join(copy, 'set', 'node_modules')
    for (const name of ['react', 'scheduler'])
      await cp(join(set.dir, 'node_modules', name), join(packages, name), { recursive: true })
    await cp(outside, join(copy, 'real-outside'), { recursive: true })
    await putPackage(join(copy, 'real-outside'), 'linked-folder', {})
    await symlink(join(copy, 'real-outside'), join(packages, 'linked-folder'))
    for (const [name, files] of Object.entries(evilPackages())) await putPackage(join(packages, name), name, files)
    await symlink(join(outside, 'secret.js'), join(packages, 'linked-file', 'index.js'))
    await symlink(join(outside, 'secret.css'), join(packages, 'linked-file', 'index.css'))
    for (const sandbox of [await openSandbox(), await openSandbox({ bubblewrap: null })])
      services.push(
        createFastBuildService({
          sandbox,
          starterSet: { key: 'copy', dir: join(copy, 'set'), present: true },
          vendorCacheDir: await mkdtemp(join(copy, 'vendor-')),
          log: { error() {}, warn() {}, info() {} },
          limits: { builds: 1 },
        }),
      )
  })
  afterAll(async () => {
    await Promise.all(services.map((service) => service.close()))
    await rm(copy, { recursive: true, force: true })
  })

  async function putPackage(folder: string, name: string, files: Record<string, string>): Promise<void> {
    await mkdir(folder, { recursive: true })
    const scripts = { preinstall: `touch ${marker}`, install: `touch ${marker}`, postinstall: `touch ${marker}` }
    const manifest = { name, main: 'index.js', style: 'index.css', scripts, postcss: { plugins: { './evil.cjs': {} } } }
    const all = { 'package.json': JSON.stringify(manifest), ...files }
    for (const [file, text] of Object.entries(all)) await writeFile(join(folder, file), text)
  }

  const evilPackages = (): Record<string, Record<string, string>> => ({
    'linked-file': {},
    absolute: { 'index.js': `export { default } from '${join(outside, 'secret.js')}'` },
    climbing: { 'index.js': `export { default } from '${up().replace('.txt', '.js')}'` },
    styled: { 'index.css': `@import '${join(outside, 'secret.css')}'; .styled { background: url('${up()}') }` },
    scripted: {
      'index.js': `export default 'scripted'`,
      'evil.cjs': `require('node:fs').writeFileSync('${marker}', 'ran')`,
      'binding.gyp': `{ "targets": [{ "target_name": "<!(touch ${marker})" }] }`,
      'vite.config.js': `import('node:fs').then((fs) => fs.writeFileSync('${marker}', 'ran'))`,
    },
    reading: {
      'index.js': `const fs = require('node:fs'); module.exports = fs.readFileSync('${secretFile}', 'utf8') + require('${secretFile}')`,
    },
  })

  const cases: Record<string, string> = {
    'a link to a folder': `import x from 'linked-folder'; console.log(x)`,
    'a stylesheet behind a link to a folder': `import 'linked-folder/secret.css'`,
    'a link to a file': `import x from 'linked-file'; console.log(x)`,
    'a link to a stylesheet': `import 'linked-file/index.css'`,
    'an absolute path': `import x from 'absolute'; console.log(x)`,
    'a climb': `import x from 'climbing'; console.log(x)`,
    'imports and addresses of its stylesheet': `import 'styled/index.css'`,
    'modules of Node that it asks for': `import x from 'reading'; console.log(x)`,
    'its scripts and configs': `import x from 'scripted'; console.log(x)`,
  }
  for (const [name, code] of Object.entries(cases))
    test(name, async () => {
      for (const service of services) {
        const work = { signal: AbortSignal.timeout(60_000), limitMs: 20_000 }
        const result = await service.build(smallApp(code), work)
        expect(saidBy(result)).not.toContain(CANARY)
        expect(existsSync(marker)).toBe(false)
        if (name.includes('link') || name.startsWith('a')) expect(result.ok, saidBy(result)).toBe(false)
        if (name === 'its scripts and configs') expect(result.ok, saidBy(result)).toBe(true)
        expect((await service.build(smallApp(`import { version } from 'react'; console.log(version)`), work)).ok).toBe(
          true,
        )
      }
    })
})
