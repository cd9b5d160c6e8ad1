import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openContentStore } from './content-store.ts'
import { makeApp, makeArtifact, sha256 } from './test-edge.ts'

async function temporaryDir() {
  const path = await mkdtemp(join(tmpdir(), 'content-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Every blob under its folder: name → bytes. */
async function blobsIn(dir: string): Promise<Map<string, Buffer>> {
  const names = await readdir(join(dir, 'blobs'), { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name))] as const),
    ),
  )
}

const hour = 3_600_000

test('a stored artifact has every file and its coded forms under the names of their content', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const { artifact, contents } = makeApp('one', { '/logo.png': Buffer.alloc(500, 3) })
  expect(await store.has(artifact.hash)).toBe(false)
  expect(await store.manifest(artifact.hash)).toBeUndefined()

  await store.store(artifact, contents)

  expect(await store.has(artifact.hash)).toBe(true)
  const manifest = await store.manifest(artifact.hash)
  expect(
    manifest?.files.map(({ path, hash, bytes, type, immutable }) => ({ path, hash, bytes, type, immutable })),
  ).toEqual(artifact.files)
  for (const file of manifest?.files ?? []) {
    const bytes = await store.read(file.hash, 'identity')
    expect(sha256(bytes)).toBe(file.hash)
    expect('br' in file.coded).toBe(file.type !== 'image/png' && file.bytes >= 128)
    if (file.coded.br) {
      const coded = await store.read(file.hash, 'br')
      expect([coded.byteLength, brotliDecompressSync(coded)]).toEqual([file.coded.br, bytes])
    }
    if (file.coded.gzip) expect(gunzipSync(await store.read(file.hash, 'gzip'))).toEqual(bytes)
  }
  expect(await readdir(join(dir.path, 'tmp'))).toEqual([])
})

test('what is there already is neither needed nor written again', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const shared = { '/_v/react.js': 'export const react = 1\n'.repeat(100) }
  const [one, two] = [makeApp('one', shared), makeApp('two', shared)]
  await store.store(one.artifact, one.contents)
  const missing = await store.missing(two.artifact.files.map(({ hash }) => hash))
  expect(missing).not.toContain(sha256(shared['/_v/react.js']))
  await store.store(two.artifact, new Map(missing.map((hash) => [hash, two.contents.get(hash)!])))
  await store.store(two.artifact, new Map())
  const manifest = await store.manifest(two.artifact.hash)
  expect(manifest?.files.find(({ path }) => path === '/_v/react.js')?.coded.br).toBeGreaterThan(0)
})

test('content that is not what its name says, or is missing, is refused and nothing can be read of it', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const { artifact, contents } = makeApp('one')
  const script = artifact.files.find(({ path }) => path.endsWith('.js'))!
  const forged = new Map(contents).set(script.hash, Buffer.from('alert(1)'))
  await expect(store.store(artifact, forged)).rejects.toThrow('has its hash')
  contents.delete(script.hash)
  await expect(store.store(artifact, contents)).rejects.toThrow('is missing')
  expect(await store.has(artifact.hash)).toBe(false)
  await expect(store.read(script.hash, 'identity')).rejects.toThrow('ENOENT')
})

test.each(['/../x.js', '/a/../../x', '//x', 'x.js', '/', '/a\\b', '/a\0b', '/./x', '/a/'])(
  'a file at %j is refused',
  async (path) => {
    await using dir = await temporaryDir()
    const store = await openContentStore(dir.path)
    const { artifact, contents } = makeArtifact({ '/index.html': '<p>', [path]: 'x' })
    await expect(store.store(artifact, contents)).rejects.toThrow('Not a path of a file')
  },
)

test.each(['../../../../tmp/escaped', '', 'A'.repeat(64), 'x/y'.repeat(8)])(
  'an artifact named %j is refused',
  async (hash) => {
    await using dir = await temporaryDir()
    const store = await openContentStore(dir.path)
    const { artifact, contents } = makeApp('one')
    await expect(store.store({ ...artifact, hash }, contents)).rejects.toThrow('An artifact hash')
  },
)

test('two stores of one artifact at once are one artifact', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const { artifact, contents } = makeApp('one')
  await Promise.all(Array.from({ length: 5 }, () => store.store(artifact, contents)))
  expect(await store.has(artifact.hash)).toBe(true)
  expect(await readdir(join(dir.path, 'tmp'))).toEqual([])
})

test('E43: a sweep deletes what nobody needs and leaves what is kept or young', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const shared = { '/_v/react.js': 'export const react = 1\n'.repeat(100) }
  const [kept, old, young] = [makeApp('kept', shared), makeApp('old', shared), makeApp('young')]
  for (const { artifact, contents } of [kept, old, young]) await store.store(artifact, contents)
  const before = new Date(Date.now() - 2 * hour)
  for (const { artifact } of [kept, old])
    await utimes(join(dir.path, 'artifacts', `${artifact.hash}.json`), before, before)

  const swept = await store.sweep({ artifacts: [kept.artifact.hash], youngMs: hour })

  expect(swept.artifacts).toBe(1)
  expect(swept.bytes).toBeGreaterThan(0)
  expect([await store.has(kept.artifact.hash), await store.has(old.artifact.hash)]).toEqual([true, false])
  expect(await store.missing([...kept.contents.keys(), ...young.contents.keys()])).toEqual([])
  const gone = old.artifact.files.filter(({ path }) => path.includes('old')).map(({ hash }) => hash)
  expect(await store.missing(gone)).toEqual(gone)
})

test.each(['has', 'manifest'] as const)(
  'E43: an artifact that was asked for by %s is there for an hour, however old it is',
  async (ask) => {
    await using dir = await temporaryDir()
    const store = await openContentStore(dir.path)
    const { artifact, contents } = makeApp('old')
    await store.store(artifact, contents)
    const before = new Date(Date.now() - 2 * hour)
    await utimes(join(dir.path, 'artifacts', `${artifact.hash}.json`), before, before)
    expect(await store[ask](artifact.hash)).toBeTruthy()
    await store.sweep({ artifacts: [], youngMs: hour })
    expect(await store.has(artifact.hash)).toBe(true)
    expect(await store.missing(contents.keys())).toEqual([])
  },
)

test('E43: an artifact that somebody asks for while a sweep runs is whole or not there', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const apps = Array.from({ length: 40 }, (_, index) => makeApp(`v${index}`))
  for (const { artifact, contents } of apps) await store.store(artifact, contents)
  const sweeping = store.sweep({ artifacts: [], youngMs: 0 })
  const there = await Promise.all(apps.map(({ artifact }) => store.has(artifact.hash)))
  await sweeping
  expect(there).toContain(true)
  for (const { contents } of apps.filter((_, index) => there[index]))
    expect(await store.missing(contents.keys())).toEqual([])
})

test('a sweep that is ended early leaves what it had not come to, and the next one takes it', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const { artifact, contents } = makeApp('old')
  await store.store(artifact, contents)
  const nothing = { artifacts: 0, blobs: 0, bytes: 0 }
  expect(await store.sweep({ artifacts: [], youngMs: 0, signal: AbortSignal.abort() })).toEqual(nothing)
  expect(await store.sweep({ artifacts: [], youngMs: 0 })).toMatchObject({ artifacts: 1 })
})

test('E43: a sweep beside running stores takes nothing from them', async () => {
  await using dir = await temporaryDir()
  const store = await openContentStore(dir.path)
  const apps = Array.from({ length: 20 }, (_, index) => makeApp(`v${index % 5}`))
  const sweeping = { on: true }
  const sweeper = (async () => {
    while (sweeping.on) await store.sweep({ artifacts: [], youngMs: 0 })
  })()
  for (const { artifact, contents } of apps) {
    await store.store(artifact, contents)
  }
  sweeping.on = false
  await sweeper
  const last = apps.at(-1)!
  await store.store(last.artifact, last.contents)
  expect(await store.missing(last.contents.keys())).toEqual([])
})

test('E42: whenever the process is killed, what is there under a name is whole', async () => {
  await using dir = await temporaryDir()
  const program = `
    import { openContentStore } from ${JSON.stringify(new URL('./content-store.ts', import.meta.url).href)}
    import { makeArtifact } from ${JSON.stringify(new URL('./test-edge.ts', import.meta.url).href)}
    const store = await openContentStore(${JSON.stringify(dir.path)})
    for (let round = 0; ; round += 1) {
      const seed = process.pid + '-' + round + ' '
      const files = { '/index.html': seed.repeat(3000), '/film.png': seed.repeat(40000), '/assets/a.js': seed.repeat(20000) }
      const { artifact, contents } = makeArtifact(files)
      await store.store(artifact, contents)
      process.stdout.write('.')
    }`
  for (let round = 1; round <= 4; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for (let stored = 0; stored < round * 2;) {
      const [text] = (await once(child.stdout, 'data')) as [Buffer]
      stored += text.byteLength
    }
    child.kill('SIGKILL')
    await once(child, 'exit')

    const blobs = await blobsIn(dir.path)
    for (const [name, bytes] of blobs) {
      const plain = name.endsWith('.br')
        ? brotliDecompressSync(bytes)
        : name.endsWith('.gz')
          ? gunzipSync(bytes)
          : bytes
      expect(sha256(plain)).toBe(name.slice(0, 64))
    }
    const store = await openContentStore(dir.path)
    const names = await readdir(join(dir.path, 'artifacts'))
    expect(names.length).toBeGreaterThanOrEqual(round * 2)
    for (const name of names) {
      const manifest = await store.manifest(name.replace('.json', ''))
      expect(await store.missing(manifest?.files.map(({ hash }) => hash) ?? [])).toEqual([])
    }
    expect(await readdir(join(dir.path, 'tmp'))).toEqual([])
  }
})
