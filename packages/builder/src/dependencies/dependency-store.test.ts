import { existsSync, readdirSync } from 'node:fs'
import { readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstallProgress } from '@overskill/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDependencyStore } from './create-dependency-store.ts'
import { describeSet } from './set-record.ts'
import { packed } from './test-registry.ts'
import { appWith, failureOf, inSet, openTestStore, setOf, type TestStore, workFor } from './test-store.ts'

/** One for all tests below; each finds its folder and its registry empty. */
let made: TestStore
beforeAll(async () => {
  made = await openTestStore({ registryLimits: { freshMs: 0 } })
})
beforeEach(async () => {
  made.registry.reset()
  await rm(made.dir, { recursive: true, force: true })
})
afterAll(() => made[Symbol.asyncDispose]())

describe('a set', () => {
  test('holds what package.json asks for and what that needs, and is found without the network afterwards', async () => {
    made.registry.publish('outer@1.0.0', { manifest: { dependencies: { inner: '^1.0.0' } } })
    made.registry.publish('inner@1.0.0')
    made.registry.publish('inner@1.2.0')
    expect(made.store.find(appWith({ outer: '^1.0.0' }))).toEqual({ ok: true, value: undefined })

    const set = setOf(await made.add({ outer: '^1.0.0' }))

    expect(await inSet(set, 'outer/index.js')).toBe("module.exports = 'outer@1.0.0'")
    expect(await inSet(set, 'inner/index.js')).toBe("module.exports = 'inner@1.2.0'")
    const asked = made.registry.asked.length
    expect(made.store.find(appWith({ outer: '^1.0.0' }))).toEqual({ ok: true, value: set })
    expect(setOf(await made.add({ outer: '^1.0.0' }))).toEqual(set)
    expect(made.registry.asked).toHaveLength(asked)
    expect(readdirSync(join(made.dir, 'work'))).toEqual([])
  })

  test('two versions of a package stand where each is asked for', async () => {
    made.registry.publish('old-user@1.0.0', { manifest: { dependencies: { shared: '^1.0.0' } } })
    made.registry.publish('shared@1.0.0')
    made.registry.publish('shared@2.0.0')
    const set = setOf(await made.add({ shared: '^2.0.0', 'old-user': '1.0.0' }))
    expect(await inSet(set, 'shared/index.js')).toContain('shared@2.0.0')
    expect(await inSet(set, 'old-user/node_modules/shared/index.js')).toContain('shared@1.0.0')
  })

  test('a package asked for under another name stands under that, with a scope or without', async () => {
    made.registry.publish('@acme/real@1.0.0')
    const set = setOf(await made.add({ alias: 'npm:@acme/real@^1.0.0', '@acme/real': '1.0.0' }))
    expect(await inSet(set, 'alias/index.js')).toContain('@acme/real@1.0.0')
    expect(await inSet(set, '@acme/real/index.js')).toContain('@acme/real@1.0.0')
  })

  test('of nothing is empty', async () => {
    const set = setOf(await made.add({}))
    expect(readdirSync(join(set.dir, 'node_modules'))).toEqual([])
  })

  test('what only a toolchain needs is not installed', async () => {
    made.registry.publish('plain@1.0.0')
    const manifest = {
      dependencies: { plain: '1.0.0' },
      devDependencies: { vite: '^8.0.0', '@types/node': '*', 'lovable-tagger': 'file:../x' },
    }
    const tree = appWith({}, { 'package.json': JSON.stringify(manifest) })
    const set = setOf(await made.store.obtain(tree, workFor()))
    expect(readdirSync(join(set.dir, 'node_modules'))).toEqual(['plain'])
  })

  test('two who ask for the same at once cause one install; one who leaves does not end it for the other', async () => {
    made.registry.publish('plain@1.0.0')
    const leaving = new AbortController()
    const both = [made.add({ plain: '1.0.0' }, { signal: leaving.signal }), made.add({ plain: '1.0.0' })]
    leaving.abort()
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([false, true])
    expect(made.registry.asked.filter((path) => path.endsWith('.tgz'))).toHaveLength(1)
  })

  test('two stores on one folder at once are harmless', async () => {
    await using own = await openTestStore()
    own.registry.publish('plain@1.0.0')
    const log = { error() {}, warn() {}, info() {} }
    const other = createDependencyStore({ dir: own.dir, log, registry: own.registry.config })
    const [one, two] = await Promise.all([
      own.add({ plain: '1.0.0' }),
      other.obtain(appWith({ plain: '1.0.0' }), workFor()),
    ])
    await other.close()
    expect(setOf(one)).toEqual(setOf(two))
    expect(await inSet(setOf(one), 'plain/index.js')).toContain('plain@1.0.0')
    expect(own.logged).toEqual([])
  })

  test('a second set with the same package fetches nothing and takes no space for it', async () => {
    made.registry.publish('plain@1.0.0')
    made.registry.publish('more@1.0.0')
    await made.add({ plain: '1.0.0' })
    const set = setOf(await made.add({ plain: '1.0.0', more: '1.0.0' }))
    expect(made.registry.asked.filter((path) => path.includes('plain-1.0.0.tgz'))).toHaveLength(1)
    expect((await stat(join(set.dir, 'node_modules/plain/index.js'))).nlink).toBe(3) // the store's own, and two sets
  })

  test('what an app had keeps its version when another package is added', async () => {
    made.registry.publish('first@1.0.0')
    const before = appWith({ first: '^1.0.0' })
    await made.store.obtain(before, workFor())
    made.registry.publish('first@1.5.0')
    made.registry.publish('second@1.0.0')
    const tree = appWith({ first: '^1.0.0', second: '^1.0.0' })
    const set = setOf(await made.store.obtain(tree, { ...workFor(), after: before }))
    expect(await inSet(set, 'first/index.js')).toContain('first@1.0.0')
  })

  test('made out of another has what was chosen, also where a package moved, changed or went', async () => {
    made.registry.publish('shared@1.0.0')
    made.registry.publish('shared@2.0.0')
    made.registry.publish('user@1.0.0', { manifest: { dependencies: { shared: '^1.0.0' } } })
    made.registry.publish('other@1.0.0', { manifest: { dependencies: { shared: '^2.0.0' } } })
    const before = appWith({ user: '1.0.0', shared: '2.0.0' }) // user has a shared of its own
    expect(
      await inSet(setOf(await made.store.obtain(before, workFor())), 'user/node_modules/shared/index.js'),
    ).toContain('1.0.0')

    const change = async (dependencies: Record<string, string>) => {
      const set = setOf(await made.store.obtain(appWith(dependencies), { ...workFor(), after: before }))
      const fresh = await openTestStore({ registry: made.registry.config })
      const same = setOf(await fresh.store.obtain(appWith(dependencies), workFor()))
      const [ours, theirs] = [set, same].map(({ dir }) =>
        readdirSync(join(dir, 'node_modules'), { recursive: true }).map(String).toSorted(),
      )
      await fresh[Symbol.asyncDispose]()
      expect(ours).toEqual(theirs)
      return set
    }
    const down = await change({ user: '1.0.0', shared: '1.0.0' })
    expect(await inSet(down, 'shared/index.js')).toContain('shared@1.0.0')
    expect(await inSet(down, 'user/node_modules/shared/index.js')).toBe(null)
    const gone = await change({ shared: '2.0.0', other: '1.0.0' })
    expect(await inSet(gone, 'user/package.json')).toBe(null)
    expect(readdirSync(join(made.dir, 'work'))).toEqual([])
  })

  test('one that was swept comes out the same when it is asked for again, though newer versions came', async () => {
    await using own = await openTestStore()
    own.registry.publish('plain@1.0.0')
    const { dir } = setOf(await own.add({ plain: '^1.0.0' }))
    await own.store.close()
    const longAgo = new Date(Date.now() - 40 * 24 * 60 * 60_000)
    await utimes(join(dir, 'set.json'), longAgo, longAgo)
    own.registry.publish('plain@1.9.0')
    const log = { error() {}, warn() {}, info() {} }
    const next = createDependencyStore({ dir: own.dir, log, registry: own.registry.config })
    await next.resolve(['plain'], workFor())
    await next.close()
    expect(existsSync(dir)).toBe(false)

    const again = createDependencyStore({ dir: own.dir, log, registry: own.registry.config })
    const set = setOf(await again.obtain(appWith({ plain: '^1.0.0' }), workFor()))
    await again.close()
    expect(await inSet(set, 'plain/index.js')).toContain('plain@1.0.0')
  })

  test('sets that came with the program are used where they lie, and their packages are not fetched again', async () => {
    await using program = await openTestStore()
    program.registry.publish('plain@1.0.0')
    const theirs = setOf(await program.add({ plain: '1.0.0' }))
    await using own = await openTestStore({ trustedDirs: [program.dir], fallback: theirs })
    own.registry.publish('plain@1.0.0')
    own.registry.publish('more@1.0.0')
    expect(setOf(await own.add({ plain: '1.0.0' }))).toEqual(theirs)
    expect(own.store.find(appWith({}, { 'package.json': '' }))).toMatchObject({ ok: false })
    expect(own.store.find(new Map())).toEqual({ ok: true, value: theirs }) // an app without package.json
    await own.add({ plain: '1.0.0', more: '1.0.0' })
    expect(own.registry.asked.filter((path) => path.endsWith('.tgz'))).toEqual(['/more/-/more-1.0.0.tgz'])
  })
})

describe('L23: nothing of a package runs, and nothing of it gets anywhere else', () => {
  test('no script of a package runs', async () => {
    const marker = join(made.dir, 'marker')
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [name, `touch ${marker}`]),
    )
    made.registry.publish('evil@1.0.0', { manifest: { scripts, bin: 'index.js', trustedDependencies: ['evil'] } })
    const set = setOf(await made.add({ evil: '1.0.0' }))
    expect(await inSet(set, 'evil/index.js')).toContain('evil')
    expect(existsSync(marker)).toBe(false)
  })

  test('an archive with a path that leaves the package is refused whole, and nothing of it is kept', async () => {
    const archive = packed([
      { name: 'package/package.json', content: '{}' },
      { name: 'package/../../../../escaped.js', content: 'x' },
    ])
    made.registry.publish('climber@1.0.0', { archive })
    expect(failureOf(await made.add({ climber: '1.0.0' }))).toEqual({
      code: 'build_failed',
      detail:
        'The archive of climber 1.0.0 is not taken: a file in it leaves the package ("package/../../../../escaped.js").',
    })
    expect(readdirSync(made.dir).toSorted()).toEqual(['work'])
    expect(made.store.find(appWith({ climber: '1.0.0' }))).toEqual({ ok: true, value: undefined })
  })

  test('an archive that is not what its checksum says is not taken', async () => {
    made.registry.publish('swapped@1.0.0', { integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` })
    expect(failureOf(await made.add({ swapped: '1.0.0' })).detail).toContain('is not what its checksum says')
  })

  test('packages that are not from the registry are refused by name and with the reason, in a lockfile too', async () => {
    for (const range of [
      'file:../secret',
      'link:../x',
      'git+https://x.invalid/y.git',
      'github:a/b',
      'a/b',
      'https://x.invalid/y.tgz',
      'workspace:*',
      '../x',
    ])
      expect(failureOf(await made.add({ odd: range })), range).toMatchObject({
        code: 'invalid',
        detail: expect.stringContaining('"odd"'),
      })
    made.registry.publish('plain@1.0.0')
    const lock = {
      lockfileVersion: 1,
      workspaces: { '': { name: 'app', dependencies: { plain: '1.0.0' } } },
      packages: { plain: ['plain@https://x.invalid/evil.tgz', {}, 'sha512-AAAA'] },
    }
    const tree = appWith({ plain: '1.0.0' }, { 'bun.lock': JSON.stringify(lock) })
    const outcome = await made.store.obtain(tree, workFor())
    if (outcome.ok) expect(await inSet(outcome.value, 'plain/index.js')).toContain('plain@1.0.0')
    expect(made.registry.asked.every((path) => path.startsWith('/plain'))).toBe(true)
  })
})

describe('versions younger than a day', () => {
  test('are passed over for older ones that fit', async () => {
    made.registry.publish('fresh@1.0.0')
    made.registry.publish('fresh@1.1.0', { ageHours: 3 })
    expect(await made.store.resolve(['fresh'], workFor())).toEqual({
      ok: true,
      value: [{ name: 'fresh', range: '^1.0.0' }],
    })
    const set = setOf(await made.add({ fresh: '^1.0.0' }))
    expect(await inSet(set, 'fresh/index.js')).toContain('fresh@1.0.0')
  })

  test('are refused by name and age where nothing else fits, also deep inside', async () => {
    made.registry.publish('fresh@9.9.9', { ageHours: 3 })
    made.registry.publish('outer@1.0.0', { manifest: { dependencies: { fresh: '^9.0.0' } } })
    const words = {
      code: 'forbidden',
      detail: 'fresh 9.9.9 was published 3 hours ago; versions younger than a day are refused.',
    }
    expect(failureOf(await made.store.resolve(['fresh@9.9.9'], workFor()))).toEqual(words)
    expect(failureOf(await made.store.resolve(['fresh'], workFor()))).toEqual(words)
    expect(failureOf(await made.add({ fresh: '9.9.9' }))).toEqual(words)
    expect(failureOf(await made.add({ outer: '^1.0.0' }))).toEqual(words)
  })

  test('are taken when a person said so: that one, or all', async () => {
    made.registry.publish('fresh@9.9.9', { ageHours: 3 })
    made.registry.publish('outer@1.0.0', { ageHours: 3, manifest: { dependencies: { fresh: '^9.0.0' } } })
    expect((await made.add({ fresh: '9.9.9' }, { allowNew: ['fresh'] })).ok).toBe(true)
    expect((await made.add({ outer: '1.0.0' }, { allowNew: ['outer'] })).ok).toBe(false)
    expect((await made.add({ outer: '1.0.0' }, { allowNew: ['*'] })).ok).toBe(true)
  })

  test('in a lockfile are refused as well, though they lie in the store', async () => {
    made.registry.publish('fresh@9.9.9', { ageHours: 3 })
    const { dir } = setOf(await made.add({ fresh: '9.9.9' }, { allowNew: ['*'] }))
    const { lock } = JSON.parse(await readFile(join(dir, 'set.json'), 'utf8')) as { lock: string }
    const tree = appWith({ fresh: '9.9.9' }, { 'bun.lock': lock })
    expect(failureOf(await made.store.obtain(tree, workFor()))).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('fresh 9.9.9'),
    })
  })
})

describe('L26: what cannot be had', () => {
  test('is named: no such package, no such version', async () => {
    made.registry.publish('plain@1.0.0')
    expect(failureOf(await made.store.resolve(['invented'], workFor()))).toEqual({
      code: 'not_found',
      detail: 'There is no package "invented" in the registry.',
    })
    expect(failureOf(await made.store.resolve(['plain@7.0.0'], workFor())).detail).toBe(
      'There is no version 7.0.0 of "plain". The newest is 1.0.0.',
    )
    expect(failureOf(await made.add({ invented: '^1.0.0' }))).toEqual({
      code: 'not_found',
      detail: 'There is no package "invented" in the registry.',
    })
    expect(failureOf(await made.add({ plain: '^7.0.0' }))).toEqual({
      code: 'not_found',
      detail: 'No version of "plain" fits "^7.0.0". The newest is 1.0.0.',
    })
  })

  test('ends at the time limit when the registry hangs, and leaves nothing behind', async () => {
    made.registry.publish('plain@1.0.0')
    made.registry.answer('/plain', 'hang')
    const { code } = failureOf(await made.add({ plain: '1.0.0' }, { limitMs: 2_000 }))
    expect(code).toBe('build_failed')
    expect(readdirSync(join(made.dir, 'work'))).toEqual([])
  })

  test('ends at once when it is stopped, during an archive too', async () => {
    made.registry.publish('plain@1.0.0')
    made.registry.answer('/plain/-/plain-1.0.0.tgz', 'hang')
    const stop = new AbortController()
    const onProgress = ({ phase }: InstallProgress): void => void (phase === 'fetching' && stop.abort())
    const outcome = await made.add({ plain: '1.0.0' }, { signal: stop.signal, onProgress })
    expect(failureOf(outcome).detail).toBe('Adding packages was stopped.')
    expect(readdirSync(join(made.dir, 'work'))).toEqual([])
  })

  test('that hangs is given up alone: another that waits goes on, and the next one works', async () => {
    made.registry.publish('plain@1.0.0')
    made.registry.answer('/plain', 'hang')
    const stop = new AbortController()
    const other = made.store.resolve(['plain'], { ...workFor(), signal: stop.signal })
    const hung = await made.store.resolve(['plain'], { ...workFor(), limitMs: 1 })
    stop.abort()

    expect(failureOf(hung).detail).toBe('Adding packages took too long, so it was given up. Try again.')
    expect(failureOf(await other).detail).not.toMatch(/unexpectedly/)
    made.registry.publish('second@1.0.0')
    expect(await made.store.resolve(['second'], workFor())).toMatchObject({ ok: true })
  })

  test.each([
    ['fails', { status: 500 }, /registry failed at plain \(status 500\)/],
    ['does not let us in', { status: 401 }, /does not give out plain/],
    ['says something else', { body: '<html>sign in</html>' }, /cannot be read/],
  ])('says so when the registry %s', async (_, as, words) => {
    made.registry.answer('/plain', as)
    expect(failureOf(await made.add({ plain: '1.0.0' })).detail).toMatch(words)
    expect(failureOf(await made.store.resolve(['plain'], workFor())).detail).toMatch(words)
  })

  test('says so when there is no network', async () => {
    const nowhere = { registry: 'http://127.0.0.1:9/', scopes: {}, auth: {}, proxyEnv: {} }
    await using alone = await openTestStore({ registry: nowhere })
    expect(failureOf(await alone.add({ plain: '1.0.0' })).detail).toMatch(/could not be reached \(ECONNREFUSED\)/)
  })

  test('is said of a package.json that cannot be read', async () => {
    const obtain = (text: string) => made.store.obtain(appWith({}, { 'package.json': text }), workFor())
    expect(failureOf(await obtain('{'))).toEqual({ code: 'invalid', detail: 'package.json is not JSON.' })
    expect(failureOf(await obtain('{"dependencies":{"a":1}}')).code).toBe('invalid')
    expect(failureOf(await obtain('{"dependencies":{"a":"1.0.0"},"overrides":{"b":{"c":"1"}}}')).detail).toContain(
      'override of "b"',
    )
  })
})

test('progress counts what is fetched, phase by phase', async () => {
  made.registry.publish('outer@1.0.0', { manifest: { dependencies: { inner: '^1.0.0' } } })
  made.registry.publish('inner@1.0.0')
  const seen: InstallProgress[] = []
  await made.add({ outer: '1.0.0' }, { onProgress: (progress) => void seen.push(progress) })
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['resolving', 'fetching', 'linking'])
  expect(seen.at(-1)).toEqual({ phase: 'linking', packages: 2, bytes: expect.any(Number) })
  expect(seen.at(-1)?.bytes).toBeGreaterThan(100)
})

test('a store whose folder went away makes it again', async () => {
  await using own = await openTestStore()
  own.registry.publish('plain@1.0.0')
  await own.add({ plain: '1.0.0' })
  await rm(own.dir, { recursive: true })
  expect(await inSet(setOf(await own.add({ plain: '1.0.0' })), 'plain/index.js')).toContain('plain@1.0.0')
})

describe('a lockfile that an app brought pins what it can', () => {
  const integrityOf = async (id: string): Promise<string> => {
    const at = id.lastIndexOf('@')
    const [name, version] = [id.slice(0, at), id.slice(at + 1)]
    const answer = await fetch(`${made.registry.config.registry}${name}`)
    const document = (await answer.json()) as { versions: Record<string, { dist: { integrity: string } }> }
    return document.versions[version]?.dist.integrity ?? ''
  }
  const manifest = { name: 'app', dependencies: { outer: '^1.0.0' }, devDependencies: { vite: '^8.0.0' } }
  const elsewhere = 'https://registry.invalid'
  const locks: Record<string, (outer: string, inner: string) => string> = {
    'package-lock.json': (outer, inner) =>
      JSON.stringify({
        ...{ name: 'app', lockfileVersion: 3 },
        packages: {
          '': manifest,
          'node_modules/outer': { version: '1.0.0', integrity: outer, dependencies: { inner: '^1.0.0' } },
          'node_modules/inner': { version: '1.0.0', resolved: `${elsewhere}/inner.tgz`, integrity: inner },
          'node_modules/vite': { version: '8.0.0', integrity: inner, dev: true },
        },
      }),
    'yarn.lock': (outer, inner) => `# yarn lockfile v1


inner@^1.0.0:
  version "1.0.0"
  resolved "${elsewhere}/inner/-/inner-1.0.0.tgz#abc"
  integrity ${inner}

outer@^1.0.0:
  version "1.0.0"
  resolved "${elsewhere}/outer/-/outer-1.0.0.tgz#abc"
  integrity ${outer}
  dependencies:
    inner "^1.0.0"
`,
    'pnpm-lock.yaml': (outer, inner) => `lockfileVersion: '9.0'

importers:
  .:
    dependencies:
      outer:
        specifier: ^1.0.0
        version: 1.0.0

packages:
  inner@1.0.0:
    resolution: {integrity: ${inner}}
  outer@1.0.0:
    resolution: {integrity: ${outer}}

snapshots:
  inner@1.0.0: {}
  outer@1.0.0:
    dependencies:
      inner: 1.0.0
`,
    'bun.lock': (outer, inner) =>
      JSON.stringify({
        lockfileVersion: 1,
        workspaces: { '': manifest },
        packages: {
          outer: ['outer@1.0.0', '', { dependencies: { inner: '^1.0.0' } }, outer],
          inner: ['inner@1.0.0', '', {}, inner],
          vite: ['vite@8.0.0', '', {}, inner],
        },
      }),
  }

  test.each(Object.keys(locks))('%s', async (name) => {
    made.registry.publish('outer@1.0.0', { manifest: { dependencies: { inner: '^1.0.0' } } })
    made.registry.publish('outer@1.1.0', { manifest: { dependencies: { inner: '^1.0.0' } } })
    made.registry.publish('inner@1.0.0')
    made.registry.publish('inner@1.1.0')
    const lock = locks[name]?.(await integrityOf('outer@1.0.0'), await integrityOf('inner@1.0.0')) ?? ''
    const tree = appWith({}, { 'package.json': JSON.stringify(manifest), [name]: lock })
    const set = setOf(await made.store.obtain(tree, workFor()))
    expect(await inSet(set, 'outer/index.js')).toContain('outer@1.0.0')
    expect(await inSet(set, 'inner/index.js')).toContain('inner@1.0.0')
    expect(readdirSync(join(set.dir, 'node_modules')).toSorted()).toEqual(['inner', 'outer'])
  })

  test('one that is damaged, or does not fit package.json, is no reason to fail', async () => {
    made.registry.publish('outer@1.1.0')
    for (const [name, lock] of [
      ['package-lock.json', '{'],
      ['package-lock.json', '{"lockfileVersion":3,"packages":{"":{}}}'],
      ['bun.lock', 'x'],
    ] as const) {
      const tree = appWith({ outer: '^1.0.0' }, { [name]: lock })
      const set = setOf(await made.store.obtain(tree, workFor()))
      expect(await inSet(set, 'outer/index.js'), lock).toContain('outer@1.1.0')
    }
  })
})

test('what a package asks to stand beside it is installed with it; where that is another version, it is said', async () => {
  made.registry.publish('react@19.0.0')
  made.registry.publish('react@18.0.0')
  made.registry.publish('old-kit@1.0.0', { manifest: { peerDependencies: { react: '^18.0.0' } } })
  const set = setOf(await made.add({ 'old-kit': '1.0.0', react: '^19.0.0' }))
  expect(describeSet(set)).toMatchObject({
    versions: { 'old-kit': '1.0.0', react: '19.0.0' },
    unmet: ['old-kit asks for react ^18.0.0, and 19.0.0 is installed'],
  })
  expect(await inSet(setOf(await made.add({ 'old-kit': '1.0.0' })), 'react/index.js')).toContain('react@18.0.0')
})
