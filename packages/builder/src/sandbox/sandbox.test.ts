import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { repositoryDir } from '../test-builder.ts'
import { running, until } from '../test-processes.ts'
import { openSandbox } from './open-sandbox.ts'
import { processTree } from './process-tree.ts'
import type { ConfinedCommand, Sandbox } from './sandbox.ts'

const CANARY = 'canary-3b9d52'
let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  process.env['SANDBOX_CANARY'] = CANARY
  sandbox = await openSandbox()
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
  await writeFile(join(folder, 'file.txt'), CANARY)
})
afterAll(async () => {
  delete process.env['SANDBOX_CANARY']
  await rm(folder, { recursive: true, force: true })
})

/** Runs a script inside to its end; what it prints as JSON. */
async function run(script: string, command: Partial<ConfinedCommand> = {}, where = sandbox): Promise<unknown> {
  const confined = where.start({
    args: ['--input-type=module', '-e', script],
    readable: [],
    heapMb: 128,
    ...command,
  })
  const { child } = confined
  const deadline = setTimeout(() => confined.kill(), 20_000)
  let said = ''
  let complaint = ''
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString('utf8')))
  child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString('utf8')))
  await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(deadline)
  expect(said, complaint).not.toBe('')
  return JSON.parse(said) as unknown
}

const say = (expression: string): string => `process.stdout.write(JSON.stringify(${expression}))`

test('bubblewrap works where the tests run', () => {
  expect(sandbox.mode).toEqual({ kind: 'bubblewrap' })
})

describe('of this machine there is nothing inside but what was named', () => {
  test('no folder of the system, no data, no other process', async () => {
    const seen = await run(`import { readdirSync, existsSync } from 'node:fs'
      ${say(`{ root: readdirSync('/'), home: readdirSync(process.env.HOME), pids: readdirSync('/proc').filter((name) => /^\\d+$/.test(name)),
        there: ['/etc', '/home', '/root', '/var', '/usr/bin', '/usr/share', '/sys', '/run', '${folder}', '${repositoryDir}/packages/server', '${repositoryDir}/.git', '${repositoryDir}/package.json'].filter((path) => existsSync(path)) }`)}`)
    expect(seen).toMatchObject({ home: [], pids: ['1', '2'], there: [] })
  })

  test('the toolchain is there, and cannot be changed', async () => {
    const seen = await run(
      `import { writeFileSync } from 'node:fs'
      await import('${repositoryDir}/packages/builder/src/engine/build-app.ts')
      const refused = []
      for (const path of ['${repositoryDir}/packages/builder/src/x', '${repositoryDir}/node_modules/x', '/usr/lib/x', '/x', '/dev/x', '/dev/shm/x'])
        try { writeFileSync(path, 'x') } catch { refused.push(path) }
      ${say('refused.length')}`,
      { heapMb: 512 },
    )
    expect(seen).toBe(6)
  })

  test('a readable folder is read at its path and not written; a writable one is written', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sandbox-'))
    const script = `import { readFileSync, writeFileSync } from 'node:fs'
      const text = readFileSync('${folder}/file.txt', 'utf8')
      let refused = ''
      try { writeFileSync('${folder}/file.txt', 'changed') } catch (error) { refused = error.code }
      writeFileSync('${other}/made.txt', 'made inside')
      ${say('{ text, refused }')}`
    expect(await run(script, { readable: [folder], writable: [other] })).toEqual({ text: CANARY, refused: 'EROFS' })
    expect(await readFile(join(folder, 'file.txt'), 'utf8')).toBe(CANARY)
    expect(await readFile(join(other, 'made.txt'), 'utf8')).toBe('made inside')
    await rm(other, { recursive: true })
  })

  test('a writable folder inside a readable one can be written, and only it', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'sandbox-'))
    const inner = await mkdtemp(join(outer, 'inner-'))
    const script = `import { writeFileSync } from 'node:fs'
      writeFileSync('${inner}/made.txt', '')
      let refused = ''
      try { writeFileSync('${outer}/made.txt', '') } catch (error) { refused = error.code }
      ${say('refused')}`
    expect(await run(script, { readable: [outer], writable: [inner] })).toBe('EROFS')
    await rm(outer, { recursive: true })
  })
})

describe('nothing is said to anybody', () => {
  test('the environment is what was given, and the owner’s is nowhere in /proc', async () => {
    const seen = await run(
      `import { readdirSync, readFileSync } from 'node:fs'
      const all = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => readFileSync('/proc/' + pid + '/environ', 'utf8'))
      ${say(`{ names: Object.keys(process.env).sort(), found: all.some((text) => text.includes('${CANARY}')), looked: all.length }`)}`,
      { env: { GIVEN: 'yes' } },
    )
    expect(seen).toEqual({ names: ['GIVEN', 'HOME', 'PATH', 'PWD'], found: false, looked: 2 })
  })

  test('no network: neither a server of this machine nor an address outside', async () => {
    const server = createServer((_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const script = `import { connect } from 'node:net'
      import { networkInterfaces } from 'node:os'
      const reach = (host, port) => new Promise((resolve) => {
        const socket = connect(port, host, () => resolve('connected'))
        socket.on('error', (error) => resolve(error.code))
      })
      ${say(`[await reach('127.0.0.1', ${port}), await reach('192.0.2.1', 80), Object.keys(networkInterfaces()).filter((name) => name !== 'lo')]`)}`
    const [near, far, interfaces] = (await run(script)) as [string, string, string[]]
    expect(near).toBe('ECONNREFUSED')
    expect(far).toBe('ENETUNREACH')
    expect(interfaces).toEqual([])
    await new Promise((resolve) => server.close(resolve))
  })

  test('no process outside can be seen, signalled or traced', async () => {
    const seen = await run(`import { existsSync, readFileSync } from 'node:fs'
      let refused = ''
      try { process.kill(${process.pid}, 0) } catch (error) { refused = error.code }
      const status = readFileSync('/proc/self/status', 'utf8')
      ${say(`{ refused, there: existsSync('/proc/${process.pid}'), caps: /CapEff:\\s*(\\w+)/.exec(status)[1], gains: /NoNewPrivs:\\s*(\\d)/.exec(status)[1] }`)}`)
    expect(seen).toEqual({ refused: 'ESRCH', there: false, caps: '0000000000000000', gains: '1' })
  })

  test('no setting of the kernel can be written, though the owner may be root', async () => {
    const seen = await run(`import { openSync } from 'node:fs'
      const opened = []
      for (const path of ['/proc/sys/kernel/core_pattern', '/proc/sys/vm/drop_caches', '/proc/sysrq-trigger', '/proc/self/oom_score_adj'])
        try { openSync(path, 'r+'); opened.push(path) } catch {}
      ${say('opened')}`)
    expect(seen).toEqual([])
  })
})

describe('calls of the kernel that nothing confined needs are refused', () => {
  /** Numbers of the calls by machine, and what Perl makes of an answer: the error's number, 0 when it was no error. */
  const numbers =
    process.arch === 'arm64' ? { socket: 198, unshare: 97, uring: 425 } : { socket: 41, unshare: 272, uring: 425 }
  const EPERM = 1
  const EAFNOSUPPORT = 97

  async function call(number: number, ...given: number[]): Promise<unknown> {
    const perl = `$! = 0; my $answer = syscall(${[number, ...given].join(', ')}); print $answer < 0 ? $! + 0 : 0`
    const script = `import { execFileSync } from 'node:child_process'
      ${say(`Number(execFileSync('/usr/bin/perl', ['-e', ${JSON.stringify(perl)}]).toString())`)}`
    return run(script, { readable: ['/usr/bin'] })
  }

  test('a socket to the hypervisor, which no namespace keeps in, or of any rare kind', async () => {
    for (const family of [40, 38, 17])
      expect(await call(numbers.socket, family, 1, 0), String(family)).toBe(EAFNOSUPPORT)
    for (const family of [1, 2, 10]) expect(await call(numbers.socket, family, 1, 0), String(family)).toBe(0)
  })

  test('new namespaces and io_uring', async () => {
    expect(await call(numbers.unshare, 0x10000000)).toBe(EPERM)
    expect(await call(numbers.uring, 1, 0)).toBe(EPERM)
  })
})

describe('it ends when it should', () => {
  const forever = (mark: string): string => `import { spawn } from 'node:child_process'
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000) /* ${mark} */'], { stdio: 'ignore', detached: true })
    process.stdout.write('started')
    for (;;) {} // ${mark}`

  for (const mode of ['bubblewrap', 'reduced'] as const)
    test(`kill() ends everything inside at once, ${mode}`, async () => {
      const where = mode === 'reduced' ? await openSandbox({ bubblewrap: null }) : sandbox
      const mark = `mark-${mode}-${process.pid}`
      const confined = where.start({
        args: ['--input-type=module', '-e', forever(mark)],
        readable: [],
        heapMb: 128,
      })
      const { child } = confined
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await until('Both run', () => running(mark).length >= 2)
      await until('Both are counted', () => confined.residentBytes() > 60 * 1024 * 1024)
      const closed = new Promise((resolve) => child.once('close', resolve))
      confined.kill()
      await closed
      await until('All are gone', () => running(mark).length === 0)
      expect(confined.residentBytes()).toBe(0)
      confined.kill()
    })

  test('kill() while it still starts leaves nothing', async () => {
    const mark = `mark-early-${process.pid}`
    for (let round = 0; round < 10; round += 1) {
      const confined = sandbox.start({
        args: ['--input-type=module', '-e', forever(mark)],
        readable: [],
        heapMb: 128,
      })
      const closed = new Promise((resolve) => confined.child.once('close', resolve))
      await new Promise((resolve) => setTimeout(resolve, round * 3))
      confined.kill()
      await closed
    }
    await until('All are gone', () => running(mark).length === 0)
  })

  test('nothing is left of it when its owner is killed', async () => {
    const mark = `mark-owner-${process.pid}`
    const script = `import { openSandbox } from '${repositoryDir}/packages/builder/src/sandbox/open-sandbox.ts'
      const { child } = (await openSandbox()).start({ args: ['--input-type=module', '-e', process.argv[1]], readable: [], heapMb: 128 })
      child.stdout.once('data', () => process.stdout.write('started'))
      setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script, '--', forever(mark)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void owner.kill('SIGKILL'))
    await new Promise((resolve) => owner.stdout.once('data', resolve))
    expect(processTree(owner.pid ?? 0).length).toBeGreaterThanOrEqual(4)
    owner.kill('SIGKILL')
    await until('All are gone', () => running(mark).length === 0)
  })
})

describe('where bubblewrap cannot be had, it says why and goes on', () => {
  test('not installed', async () => {
    const reduced = await openSandbox({ bubblewrap: null })
    expect(reduced.mode).toMatchObject({ kind: 'reduced', reason: expect.stringContaining('is not installed') })
    const seen = await run(say('Object.keys(process.env).sort()'), { env: { GIVEN: 'yes' } }, reduced)
    expect(seen).toEqual(['GIVEN', 'HOME', 'PATH'])
  })

  test('refused by the system, with its words: inside a sandbox there is no second one', async () => {
    const script = `const { openSandbox } = await import('${repositoryDir}/packages/builder/src/sandbox/open-sandbox.ts')
      ${say('(await openSandbox()).mode')}`
    const mode = await run(script, { readable: ['/usr/bin'], heapMb: 512 })
    expect(mode).toMatchObject({
      kind: 'reduced',
      reason: expect.stringMatching(
        /cannot confine here \(bwrap: .*namespace.*\)\. The system must allow user namespaces/i,
      ),
    })
  })

  test('something else that bears the name proves nothing', async () => {
    const stub = join(folder, 'not-bwrap')
    await writeFile(stub, `#!/bin/sh\nwhile [ "$2" != "--max-old-space-size=64" ]; do shift; done\nexec "$@"\n`)
    await chmod(stub, 0o755)
    expect((await openSandbox({ bubblewrap: stub })).mode.kind).toBe('reduced')
    expect((await openSandbox({ bubblewrap: join(folder, 'nowhere') })).mode.kind).toBe('reduced')
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })
})
