import { chmod, cp, mkdir, mkdtemp, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog, silentLog } from '../log.ts'
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts'
import { openPostgresBinaries } from './postgres-binaries.ts'
import { isAlive } from './postmaster-pid.ts'
import { socketFolder } from './socket-folder.ts'

let parent = ''
let cluster = ''
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'overskill-pg-'))
  // One cluster is made; the tests begin with copies of it.
  const first = await startEmbeddedPostgres({ dataDir: join(parent, 'first'), log: silentLog, unsafe: true })
  await first.stop()
  cluster = join(parent, 'first', 'postgres')
})
afterAll(() => rm(parent, { recursive: true, force: true }))

async function dataDirAt(...path: string[]): Promise<string> {
  const dataDir = join(parent, ...path)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await cp(cluster, join(dataDir, 'postgres'), { recursive: true })
  await chmod(join(dataDir, 'postgres'), 0o700)
  return dataDir
}

const start = (dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}) =>
  startEmbeddedPostgres({ dataDir, log: silentLog, unsafe: true, ...options })

async function ask(host: string, query: string): Promise<unknown> {
  const client = new Client({ host, user: 'postgres', database: 'postgres' })
  client.on('error', () => {}) // the server is killed while it is connected
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(query)
  await client.end()
  return Object.values(rows[0] ?? {})[0]
}

const postmasterOf = async (dataDir: string): Promise<number> =>
  Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)

test('AD2: it starts with fsync on, on a socket of its own, without a network address', async () => {
  const dataDir = await dataDirAt('plain')
  const server = await start(dataDir, { unsafe: false })
  expect(await ask(server.host, 'show fsync')).toBe('on')
  expect(await ask(server.host, 'show listen_addresses')).toBe('')
  expect(server.host).toBe(join(dataDir, 's'))
  expect((await stat(server.host)).mode & 0o077).toBe(0)
  const pid = await postmasterOf(dataDir)
  const began = performance.now()
  await server.stop()
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(isAlive(pid) && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))).toBeFalsy()
})

test.each([
  ['a space', 'with space', 'data'],
  ['letters of other alphabets and quotes', 'Ünïcødé 数据 "q"', "it's"],
  ['a comma, which separates socket folders', 'a,b', 'data'],
  ['150 characters', 'x'.repeat(80), 'y'.repeat(70)],
])('AD2: a data dir with %s in its path works', async (_, ...path) => {
  const server = await start(await dataDirAt(...path))
  expect(await ask(server.host, 'select 7')).toBe(7)
  await server.stop()
  await expect(stat(server.host)).rejects.toThrow('ENOENT')
})

test('AD2: a data dir below a folder that only its owner may enter works', async () => {
  await mkdir(join(parent, 'closed'), { mode: 0o700 })
  const server = await start(await dataDirAt('closed', 'data'))
  expect(await ask(server.host, 'select 7')).toBe(7)
  await server.stop()
})

test('AD2: a long path has its socket in a closed folder of the temp dir, named by the data dir', () => {
  const long = join('/', 'x'.repeat(100))
  expect(socketFolder('/short')).toBe('/short/s')
  expect(socketFolder(long)).toBe(socketFolder(long))
  expect(Buffer.byteLength(socketFolder(long))).toBeLessThan(90)
  expect(socketFolder(long)).not.toBe(socketFolder(`${long}y`))
})

test('AD2: what a killed program left running is adopted, with all that was stored', async () => {
  const dataDir = await dataDirAt('orphan')
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)}
    import { silentLog } from ${JSON.stringify(new URL('../log.ts', import.meta.url).href)}
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: silentLog })
    process.stdout.write('ready')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const pid = await postmasterOf(dataDir)
  await ask(join(dataDir, 's'), 'create table kept as select 42 as answer')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isAlive(pid)).toBe(true)

  const server = await start(dataDir)
  expect([server.adopted, await postmasterOf(dataDir)]).toEqual([true, pid])
  expect(await ask(server.host, 'select answer from kept')).toBe(42)
  await server.stop()
  await expect(stat(join(dataDir, 'postgres', 'postmaster.pid'))).rejects.toThrow('ENOENT')
})

test('AD2: a note of a dead server, or of another program with its number, does not keep it from starting', async () => {
  const dataDir = await dataDirAt('stale')
  const note = (pid: number) =>
    writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n\n\n`)
  await note(process.pid)
  const first = await start(dataDir)
  expect(first.adopted).toBe(false)
  await first.stop()
  await note(4_000_000)
  const second = await start(dataDir)
  expect(await ask(second.host, 'select 7')).toBe(7)
  await second.stop()
})

test('it is started again however often it dies, and recovers what was stored', async () => {
  const dataDir = await dataDirAt('dies')
  const server = await start(dataDir, { unsafe: false })
  await ask(server.host, 'create table kept as select 42 as answer')
  for (let deaths = 0; deaths < 7; deaths += 1) {
    const killed = await postmasterOf(dataDir)
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => postmasterOf(dataDir).catch(() => killed), { timeout: 20_000 }).not.toBe(killed)
    const kept = () => ask(server.host, 'select answer from kept').catch(() => 'away')
    await expect.poll(kept, { timeout: 20_000 }).toBe(42)
  }
  await server.stop()
}, 60_000)

test('what keeps it from starting again may pass: it is tried until it starts', async () => {
  const dataDir = await dataDirAt('hindered')
  const failed = Promise.withResolvers<void>()
  const log = createLog('error', [({ message }) => message.includes('did not start') && failed.resolve()])
  const server = await start(dataDir, { log })
  const control = join(dataDir, 'postgres', 'global', 'pg_control')
  await rename(control, `${control}.away`)
  process.kill(await postmasterOf(dataDir), 'SIGKILL')
  await failed.promise
  await rename(`${control}.away`, control)
  await expect.poll(() => ask(server.host, 'select 7').catch(() => 'away'), { timeout: 20_000 }).toBe(7)
  await server.stop()
}, 60_000)

test('stopped while it is being started again, it leaves nothing running', async () => {
  const dataDir = await dataDirAt('stopped')
  const server = await start(dataDir)
  const first = await postmasterOf(dataDir)
  process.kill(first, 'SIGKILL')
  await expect.poll(() => postmasterOf(dataDir).catch(() => first), { timeout: 20_000, interval: 1 }).not.toBe(first)
  const second = await postmasterOf(dataDir)
  await server.stop()
  expect(isAlive(second) && (await readFile(`/proc/${second}/cmdline`, 'utf8').catch(() => ''))).toBeFalsy()
  expect(await postmasterOf(dataDir).catch(() => 'none')).toBe('none')
})

test('two that start at once on a new data dir end up with one server', async () => {
  const dataDir = join(parent, 'twice')
  const both = await Promise.all([start(dataDir), start(dataDir)])
  expect(both.filter(({ adopted }) => adopted)).toHaveLength(1)
  expect(await Promise.all(both.map(({ host }) => ask(host, 'select 7')))).toEqual([7, 7])
  await Promise.all(both.map((server) => server.stop()))
})

test('AD2: a cluster of another major version is refused with one line', async () => {
  const dataDir = await dataDirAt('newer')
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '19\n')
  await expect(start(dataDir)).rejects.toThrow(/^[^\n]*was made by PostgreSQL 19[^\n]*$/)
})

test('the links of its libraries are made where the package lies, or in a copy', async () => {
  const copy = await openPostgresBinaries({ cacheDir: join(parent, 'bin'), copy: true })
  expect(copy.startsWith(parent)).toBe(true)
  expect(await openPostgresBinaries({ cacheDir: join(parent, 'bin'), copy: true })).toBe(copy)
  if (process.platform === 'linux') expect(await readlink(join(copy, 'lib', 'libpq.so.5'))).toMatch(/^libpq\.so\.5\./)
})

/** Only root can become somebody else: everyone else runs PostgreSQL as himself, which the tests above cover. */
const asRoot = process.getuid?.() === 0 ? test : () => {}

asRoot('AD2: as root without namespaces it runs as nobody, on files that are his', async () => {
  await chmod(parent, 0o755)
  const dataDir = join(parent, 'dropped')
  const server = await start(dataDir, { allowNamespace: false })
  expect(await ask(server.host, 'select 7')).toBe(7)
  expect((await stat(join(dataDir, 'postgres'))).uid).toBe(65_534)
  await server.stop()
  const again = await start(dataDir) // a namespace would do now, but the files are his
  expect(await ask(again.host, 'select 7')).toBe(7)
  await again.stop()
})

asRoot('AD2: as root without namespaces, below a closed folder, one line names that folder', async () => {
  await mkdir(join(parent, 'private'), { mode: 0o700 })
  const dataDir = await dataDirAt('private', 'data')
  const message = await start(dataDir, { allowNamespace: false }).catch((error: Error) => error.message)
  expect(message).toContain(`may not enter ${join(parent, 'private')}.`)
  expect(message).not.toContain('\n')
})
