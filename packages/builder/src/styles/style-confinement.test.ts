import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSandbox } from '../sandbox/open-sandbox.ts'
import { repositoryDir } from '../test-builder.ts'
import type { StyleAnswer, StyleWork } from './style-request.ts'
import { createStyleService } from './style-service.ts'
import { findStyleSet, startTestStyles, type TestStyles } from './test-styles.ts'

/**
 * L22: what a config may try once it runs. Each case is judged by its effect: what the config found is in the css (it puts
 * it there itself), in a marker file, or in what another app gets.
 */

const CANARY = 'canary-51d0aa'
let styles: TestStyles
let outside: string
let visits = 0
const server = createServer((_, response) => {
  visits += 1
  response.end(CANARY)
})

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'outside-'))
  await writeFile(join(outside, 'secret.txt'), CANARY)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.env['STYLE_CANARY'] = CANARY
  styles = await startTestStyles({
    firstMs: 15_000,
    compileMs: 4_000,
    memoryBytes: 600 * 1024 * 1024,
    bannedMs: 0,
    processes: 2,
  })
})
afterAll(async () => {
  delete process.env['STYLE_CANARY']
  server.close()
  await styles.service.close()
  await rm(outside, { recursive: true, force: true })
})

const work = (code: string, text = '@tailwind utilities;'): StyleWork => ({
  toolchain: { major: 3, config: { path: 'tailwind.config.js', code } },
  sheet: { major: 3, text, nesting: false, scans: true },
})
const files = { 'src/a.tsx': 'p-4 seen' }
const compile = (code: string): Promise<StyleAnswer> => styles.compile(work(code), files)
const GOOD = `module.exports = { content: ['./src/*'] }`

async function expectNextWorks(): Promise<void> {
  expect(await compile(GOOD)).toMatchObject({ ok: true, css: expect.stringContaining('.p-4') as string })
}

/** Runs an expression in a config: what it came to is in the css. */
async function found(expression: string): Promise<string> {
  const answer = await compile(`let found
    try { found = JSON.stringify(${expression}) } catch (error) { found = 'refused: ' + error.code }
    module.exports = { content: ['./src/*'], plugins: [({ addUtilities }) => addUtilities({ '.seen': { '--found': JSON.stringify(String(found)) } })] }`)
  expect(answer).toMatchObject({ ok: true })
  return answer.ok ? (/--found: "(.*)"/.exec(answer.css)?.[1] ?? 'nothing') : ''
}

describe('a config finds nothing of this machine', () => {
  const cases: Record<string, () => string> = {
    'files of the system': () => `require('fs').readFileSync('/etc/passwd', 'utf8')`,
    'files of others': () => `require('fs').readFileSync('${outside}/secret.txt', 'utf8')`,
    'other sets of packages': () => `require('fs').readdirSync('${repositoryDir}/.runtime/dependencies')`,
    'the rest of the checkout': () => `require('fs').readdirSync('${repositoryDir}/.git')`,
    'the database of the platform': () => `require('fs').readdirSync('${repositoryDir}/packages/server')`,
    'a page on this machine': () =>
      `require('child_process').execFileSync(process.execPath, ['-e', 'fetch("http://127.0.0.1:${(server.address() as AddressInfo).port}").then((r) => r.text()).then(console.log)'], { timeout: 3000, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })`,
    'a file that it writes here': () => `require('fs').writeFileSync('${outside}/marker', 'x')`,
    'a package that it changes': () => `require('fs').writeFileSync(require.resolve('tailwindcss-animate'), 'x')`,
    'the builder that it changes': () =>
      `require('fs').writeFileSync('${repositoryDir}/packages/builder/src/x.ts', 'x')`,
  }
  for (const [name, expression] of Object.entries(cases))
    test(name, async () => {
      expect(await found(expression())).toMatch(/^refused/)
      expect(existsSync(join(outside, 'marker'))).toBe(false)
      expect(visits).toBe(0)
    })

  test('the environment', async () => {
    const seen = await found(
      `[process.env, require('fs').readFileSync('/proc/1/environ', 'utf8'), require('fs').readFileSync('/proc/self/environ', 'utf8')]`,
    )
    expect(seen).not.toContain(CANARY)
    expect(seen).toContain('PATH')
  })

  test('processes besides its own', async () => {
    expect(
      JSON.parse(
        `"${await found(`require('fs').readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length < 6`)}"`,
      ),
    ).toBe('true')
  })
})

describe('a config that does harm is ended with a word, and the next build works', () => {
  const cases: Record<string, [code: string, words: RegExp]> = {
    'spins for ever when it is asked': [
      `module.exports = { content: ['./src/*'], plugins: [() => { for (;;); }] }`,
      /failed|too long/,
    ],
    'allocates without end': [
      `const held = []; for (;;) held.push(new Array(1e6).fill({}))`,
      /too much memory|too long/,
    ],
    'allocates outside the heap': [
      `const held = []; for (;;) held.push(Buffer.alloc(3e7, 1))`,
      /too much memory|too long/,
    ],
    'ends the process': [`process.exit(0)`, /process\.exit/],
    'kills the process': [`process.kill(process.pid, 'SIGKILL')`, /ended its own process/],
    'throws later': [
      `setImmediate(() => { throw new Error('later') }); module.exports = { content: [], plugins: [() => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5) }] }; `,
      /ended its own process|^$/,
    ],
    'writes into the answer': [
      `require('fs').writeSync(1, Buffer.from('00000002{}', 'latin1')); module.exports = { content: [] }`,
      /wrote into the answer/,
    ],
    'says that its answer is very long': [
      `require('fs').writeSync(1, Buffer.from([255, 255, 255, 255])); module.exports = { content: [] }`,
      /wrote into the answer/,
    ],
    'throws something that is no error': [`throw null`, /null/],
    'throws an error that lies': [
      `throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('again') } })`,
      /ended its own process|again|without words/,
    ],
    'closes the output': [
      `require('fs').closeSync(1); module.exports = { content: [] }`,
      /ended its own process|too long/,
    ],
  }
  for (const [name, [code, words]] of Object.entries(cases))
    test(name, async () => {
      const answer = await compile(code)
      const message = answer.ok ? '' : answer.faults.map((fault) => fault.message).join()
      expect(message).toMatch(words)
      await expectNextWorks()
    })

  test('spins for ever while it is loaded', async () => {
    await using hasty = await startTestStyles({ firstMs: 5_000 })
    const answer = await hasty.compile(work('for (;;);'), files)
    expect(answer).toMatchObject({
      ok: false,
      faults: [{ where: 'process', message: expect.stringContaining('too long') as string }],
    })
    const again = performance.now()
    expect(await hasty.compile(work('for (;;);'), files)).toEqual(answer)
    expect(performance.now() - again, 'it is not tried again at once').toBeLessThan(1_000)
  })
})

test('what a config prints is not in the way', async () => {
  const answer = await compile(
    `console.log('hello'); process.stdout.write('x'.repeat(1e6)); module.exports = { content: ['./src/*'] }`,
  )
  expect(answer).toMatchObject({ ok: true, css: expect.stringContaining('.p-4') as string })
})

test('what a config changes in the language is seen by nobody else', async () => {
  const answer = await compile(`Object.prototype.polluted = '${CANARY}'; Array.prototype.toJSON = () => '${CANARY}'
    String.prototype.trim = () => 'p-1'; module.exports = { content: ['./src/*'] }`)
  expect(JSON.stringify(answer.ok ? answer.css : answer.faults).length).toBeGreaterThan(0)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  await expectNextWorks()
  const other = await compile(
    `module.exports = { content: ['./src/*'], plugins: [({ addUtilities }) => addUtilities({ '.seen': { '--x': String({}.polluted) } })] }`,
  )
  expect(other).toMatchObject({ ok: true, css: expect.stringContaining('--x: undefined') as string })
})

test('a process sees files of apps with its own code only', async () => {
  const spy = `globalThis.seen ??= []
    module.exports = { content: { files: ['./src/*'], extract: (text) => { globalThis.seen.push(text); return [...globalThis.seen, 'p-4'] } } } // `
  const gather = (code: string, text: string): Promise<StyleAnswer> => styles.compile(work(code), { 'src/a.tsx': text })
  await gather(`${spy}one`, 'm-1')
  const other = await gather(`${spy}two`, 'm-2')
  expect(other).toMatchObject({ ok: true, css: expect.not.stringContaining('.m-1') as string })
  const same = await gather(`${spy}one`, 'm-3')
  expect(same).toMatchObject({ ok: true, css: expect.stringContaining('.m-1') as string })
})

test('where nothing can confine it, no code of an app runs, and the reason is told', async () => {
  const quiet = { error() {}, warn() {}, info() {} }
  const marker = join(outside, 'reduced')
  const sandbox = await openSandbox({ bubblewrap: null })
  const dir = await findStyleSet()
  const ask = (runsUnconfined: boolean): Promise<StyleAnswer> => {
    const service = createStyleService({ sandbox, log: quiet, runsUnconfined })
    const request = {
      work: work(`require('fs').writeFileSync('${marker}', ''); ${GOOD}`),
      dependencySet: { key: 'k', dir },
      tree: new Map(),
    }
    return service.compile(request, { signal: AbortSignal.timeout(30_000) }).finally(() => service.close())
  }
  expect(await ask(false)).toMatchObject({
    ok: false,
    faults: [{ message: expect.stringContaining('bubblewrap') as string }],
  })
  expect(existsSync(marker)).toBe(false)
  expect(await ask(true)).toMatchObject({ ok: true })
})
