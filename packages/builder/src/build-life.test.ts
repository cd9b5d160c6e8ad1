import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findDependencySet } from './dependency-set.ts'
import { createFastBuildService } from './fast-build-service.ts'
import { openSandbox } from './sandbox/open-sandbox.ts'
import { processTree } from './sandbox/process-tree.ts'
import { everyKind } from './test-app.ts'
import { repositoryDir, smallApp, startTestBuilder, starterTree, textOf } from './test-builder.ts'
import { buildChildrenOf, until } from './test-processes.ts'

const app = smallApp(`document.title = 'ok'`)

const children = (): number[] => buildChildrenOf(process.pid)

test('the same tree gives the same artifact in two children and with an empty cache', async () => {
  await using first = await startTestBuilder()
  await using second = await startTestBuilder({ freshCache: true })
  for (const tree of [everyKind(), await starterTree()]) {
    const reversed = new Map([...tree].toReversed())
    const results = [await first.build(tree), await second.build(tree), await first.build(reversed)]
    const hashes = results.map((result) => (result.ok ? result.artifact.hash : JSON.stringify(result.errors)))
    expect(hashes[1]).toBe(hashes[0])
    expect(hashes[2]).toBe(hashes[0])
  }
})

test('what was built before leaves nothing in the next artifact', async () => {
  await using used = await startTestBuilder()
  const css = { 'src/a.css': `@import 'tailwindcss';` }
  const red = smallApp(`import './a.css'; document.body.className = 'bg-red-500'`, css)
  const blue = smallApp(`import './a.css'; document.body.className = 'bg-blue-500'`, css)
  await used.build(red)
  const after = await used.build(blue)
  expect(textOf(after, /\.css$/)).not.toContain('bg-red-500')
  const again = await used.build(red)
  expect(textOf(again, /\.css$/)).not.toContain('bg-blue-500')
})

test('packages are bundled again when their cache was emptied', async () => {
  await using builder = await startTestBuilder({ freshCache: true })
  const uses = smallApp(`import { format } from 'date-fns'; document.title = format(new Date(), 'yyyy')`)
  const first = await builder.build(uses)
  await rm(builder.vendorCacheDir, { recursive: true })
  const second = await builder.build(uses)
  expect(textOf(second, /^\/_v\//)).toBe(textOf(first, /^\/_v\//))
})

test('a changed file changes the artifact, and the name of its chunk', async () => {
  await using builder = await startTestBuilder()
  const results = [await builder.build(app), await builder.build(smallApp(`document.title = 'other'`))]
  const names = results.map((result) =>
    result.ok ? result.artifact.files.find((file) => file.path.endsWith('.js'))?.path : 'failed',
  )
  expect(names[0]).not.toBe(names[1])
})

test('a build over its time is ended, says so, and the next one works', async () => {
  await using builder = await startTestBuilder()
  expect((await builder.build(app)).ok).toBe(true)
  const late = await builder.build(await starterTree(), 5)
  expect(late).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('took longer than 0.005 s') }] })
  expect((await builder.build(app)).ok).toBe(true)
})

test('a stopped build is ended, says so, and the next one works', async () => {
  await using builder = await startTestBuilder()
  await builder.build(app)
  const stop = new AbortController()
  const building = builder.service.build(await starterTree(), { signal: stop.signal, limitMs: 10_000 })
  setTimeout(() => stop.abort(), 5)
  expect(await building).toMatchObject({ ok: false, errors: [{ message: 'The build was stopped.' }] })
  expect((await builder.build(app)).ok).toBe(true)
})

test('a build that waits its turn is stopped without waiting for the one before it', async () => {
  await using builder = await startTestBuilder()
  const before = builder.build(await starterTree())
  const stop = new AbortController()
  const waiting = builder.service.build(app, { signal: stop.signal, limitMs: 10_000 })
  stop.abort()
  expect(await waiting).toMatchObject({ ok: false, errors: [{ message: 'The build was stopped.' }], ms: 0 })
  expect((await before).ok).toBe(true)
  expect((await builder.build(app)).ok).toBe(true)
})

test('a build that takes too much memory is ended and says so', async () => {
  await using builder = await startTestBuilder({ limits: { memoryBytes: 60 * 1024 * 1024 } })
  expect(await builder.build(await starterTree())).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringMatching(/more than 62.9 MB of memory and was ended\./) }],
  })
})

test('a stylesheet that would take all memory and time ends only its own build', async () => {
  await using builder = await startTestBuilder()
  await builder.build(app)
  const bomb = `@import 'tailwindcss';\n${'@media print {'.repeat(50_000)}`
  const result = await builder.build(smallApp(`import './a.css'`, { 'src/a.css': bomb }), 2_000)
  expect(result.ok).toBe(false)
  expect((await builder.build(app)).ok).toBe(true)
})

test('a child that is killed from outside is replaced', async () => {
  await using builder = await startTestBuilder()
  await builder.build(app)
  const [pid] = children()
  process.kill(pid!, 'SIGKILL')
  await until('The child is gone', () => !children().includes(pid!))
  expect((await builder.build(app)).ok).toBe(true)
})

test('a build whose child is killed is tried once more, and the app is not blamed', async () => {
  await using builder = await startTestBuilder()
  await builder.build(app)
  const [pid] = children()
  const building = builder.build(app)
  process.kill(pid!, 'SIGKILL')
  expect((await building).ok).toBe(true)
})

test('a child that grew is replaced by one that was started before the old one ended', async () => {
  await using builder = await startTestBuilder({ limits: { recycleBuilds: 2 } })
  await builder.build(app)
  const [first] = children()
  await builder.build(app)
  await until('Two children side by side', () => children().length === 2)
  expect((await builder.build(app)).ok).toBe(true)
  await until('The old child is gone', () => !children().includes(first!))
  expect((await builder.build(app)).ok).toBe(true)
  await builder.close()
  expect(children()).toEqual([])
})

test('an idle child is ended, and warm() has one ready again', async () => {
  await using builder = await startTestBuilder({ limits: { idleMs: 50 } })
  await builder.build(app)
  await until('No child', () => children().length === 0)
  builder.service.warm()
  await until('A child', () => children().length === 1)
  expect((await builder.build(app)).ok).toBe(true)
})

test('builds asked for at the same time all end, each with its own result', async () => {
  await using builder = await startTestBuilder()
  const titles = ['a', 'b', 'c', 'd']
  const results = await Promise.all(titles.map((title) => builder.build(smallApp(`document.title = '${title}'`))))
  results.forEach((result, index) => expect(textOf(result, /index-.*\.js$/)).toContain(titles[index]))
})

test('closing while a build runs ends it and leaves no process', async () => {
  await using builder = await startTestBuilder()
  const building = builder.build(await starterTree())
  await builder.close()
  expect((await building).ok).toBe(false)
  expect(children()).toEqual([])
  expect((await builder.build(app)).ok).toBe(false)
})

test('a child does not outlive an owner that is killed', async () => {
  const script = `
    import { startTestBuilder, smallApp } from '${join(repositoryDir, 'packages/builder/src/test-builder.ts')}'
    const builder = await startTestBuilder()
    await builder.build(smallApp('1'))
    process.stdout.write('built')
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void owner.kill('SIGKILL'))
  await new Promise((resolve) => owner.stdout.once('data', resolve))
  const below = processTree(owner.pid!).slice(1)
  expect(below.length).toBeGreaterThanOrEqual(3)
  owner.kill('SIGKILL')
  await until('All are gone', () => !below.some((pid) => existsSync(`/proc/${pid}`)))
})

test('check() says what is missing, and what is reduced', async () => {
  const log = { error() {}, warn() {}, info() {} }
  const empty = await mkdtemp(join(tmpdir(), 'cache-'))
  const sandbox = await openSandbox()
  const vendorCacheDir = join(empty, 'cache')
  const nowhere = { key: 'none', dir: join(empty, 'sets', 'none'), present: false }
  const missing = createFastBuildService({ sandbox, starterSet: nowhere, vendorCacheDir, log })
  expect(await missing.check()).toMatchObject({ status: 'down' })
  await missing.close()

  const starterSet = findDependencySet(repositoryDir)
  const there = createFastBuildService({ sandbox, starterSet, vendorCacheDir, log })
  expect(await there.check()).toEqual({ status: 'ok' })
  await there.close()

  const warned: string[] = []
  const reduced = createFastBuildService({
    sandbox: await openSandbox({ bubblewrap: null }),
    starterSet,
    vendorCacheDir,
    log: { ...log, warn: (message) => warned.push(message) },
  })
  const check = await reduced.check()
  expect(check).toMatchObject({ status: 'degraded', detail: expect.stringContaining('reduced mode') })
  expect(check.detail).toContain('bubblewrap is not installed')
  expect(warned).toEqual([check.detail])
  await reduced.close()
  await rm(empty, { recursive: true })
})
