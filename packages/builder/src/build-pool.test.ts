import { cp, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fail, ok } from '@overskill/protocol'
import { expect, test } from 'vitest'
import type { SourceTree } from './artifact.ts'
import { findDependencySet } from './dependency-set.ts'
import { createFastBuildService } from './fast-build-service.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { processTree } from './sandbox/process-tree.ts'
import { repositoryDir, smallApp, startTestBuilder, textOf } from './test-builder.ts'
import { buildChildrenOf, until } from './test-processes.ts'

const app = smallApp(`document.title = 'ok'`)
const children = (): number[] => buildChildrenOf(process.pid)

/** A builder that has built once, the child that did it and will be used next, and one more that waits. */
async function startWarm(builds: number) {
  const builder = await startTestBuilder({ limits: { builds } })
  const first = builder.build(app)
  await until('A child', () => children().length === 1)
  const [used = 0] = children()
  await first
  await until('A spare', () => children().length === 2)
  return {
    builder,
    used,
    signal: (name: NodeJS.Signals) => processTree(used).forEach((pid) => process.kill(pid, name)),
  }
}

test('an app is built while another one keeps its child busy', async () => {
  const { builder, signal } = await startWarm(2)
  await using _ = builder
  signal('SIGSTOP')
  let isLongDone = false
  const long = builder.build(app, 60_000).finally(() => (isLongDone = true))
  expect((await builder.build(app)).ok).toBe(true)
  expect(isLongDone).toBe(false)
  signal('SIGCONT')
  expect((await long).ok).toBe(true)
})

test('builds beyond those that run side by side wait, and go in the order of asking', async () => {
  await using builder = await startTestBuilder({ limits: { builds: 1 } })
  const order: string[] = []
  const names = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(
    names.map(async (name) => {
      const result = await builder.build(smallApp(`document.title = '${name}'`))
      expect(textOf(result, /index-.*\.js$/)).toContain(name)
      order.push(name)
    }),
  )
  expect(order).toEqual(names)
})

test('a spare child is there before a build ends its own, and builds the next app', async () => {
  const { builder, used, signal } = await startWarm(1)
  await using _ = builder
  const [spare] = children().filter((pid) => pid !== used)
  signal('SIGSTOP')
  expect((await builder.build(app, 200)).ok).toBe(false)
  expect((await builder.build(app)).ok).toBe(true)
  expect(children()).toContain(spare)
  expect(children()).not.toContain(used)
})

test('never more children than builds that may run, and one', async () => {
  await using builder = await startTestBuilder({ limits: { builds: 2 } })
  let most = 0
  const watching = setInterval(() => (most = Math.max(most, children().length)), 20)
  await Promise.all(Array.from({ length: 12 }, (_, index) => builder.build(smallApp(`document.title = '${index}'`))))
  clearInterval(watching)
  expect(most).toBeLessThanOrEqual(3)
  expect(most).toBeGreaterThanOrEqual(2)
})

test('each app is built with its own set of packages, in whichever child', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sets-'))
  for (const name of ['one', 'two']) {
    const folder = join(dir, name, 'node_modules', 'greeting')
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'greeting', type: 'module', main: 'index.js' }),
    )
    await writeFile(join(folder, 'index.js'), `export default 'hello from ${name}'`)
  }
  const starter = findDependencySet(repositoryDir)
  await cp(join(starter.dir, 'node_modules', 'react'), join(dir, 'one', 'node_modules', 'react'), { recursive: true })
  const setOf = (name: string) => ({ key: `${name}-1`, dir: join(dir, name), present: true })
  const obtain = async (tree: SourceTree) => {
    const wanted = new TextDecoder().decode(tree.get('set'))
    return wanted === 'broken' ? fail('invalid', 'package.json cannot be read.') : ok(setOf(wanted))
  }
  const service = createFastBuildService({
    sandbox: await openSandbox(),
    starterSet: setOf('one'),
    dependencies: { obtain },
    vendorCacheDir: join(dir, 'vendor'),
    log: { error() {}, warn() {}, info() {} },
  })
  const build = (set: string) =>
    service.build(smallApp(`import text from 'greeting'; document.title = text`, { set }), {
      signal: AbortSignal.timeout(60_000),
      limitMs: 30_000,
    })
  const [one, two, again] = await Promise.all([build('one'), build('two'), build('one')])
  expect(textOf(one, /^\/_v\//)).toContain('hello from one')
  expect(textOf(two, /^\/_v\//)).toContain('hello from two')
  expect(again).toMatchObject({ artifact: one.ok ? one.artifact : null })
  expect(await build('broken')).toMatchObject({
    ok: false,
    errors: [{ file: 'package.json', message: 'package.json cannot be read.' }],
  })
  await service.close()
  await rm(dir, { recursive: true })
})
