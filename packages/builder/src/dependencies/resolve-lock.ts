import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { fail, ok, type Outcome } from '@overskill/protocol'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { RegistryDoor } from './registry-door.ts'
import { wordsFor, type BunEnd } from './resolve-failure.ts'
import { manifestOf, type Lock, type Wants } from './wants.ts'

export type ResolveWork = {
  sandbox: Sandbox
  door: RegistryDoor
  /** Folder for the work, below which a new one is made and removed. */
  workDir: string
  signal: AbortSignal
  limitMs: number
}

const MAIN = fileURLToPath(new URL('./resolver/main.ts', import.meta.url))
const MOST_SAID = 64 * 1024
const MOST_LOCK_BYTES = 20 * 1024 * 1024
const HEAP_MB = 256
/** Where bun was told that archives are: it means nothing afterwards. Empty stands for the registry. */
const OF_THE_RELAY = /"http:\/\/127\.0\.0\.1:\d+\/[^"\s]*"/g

/** Where bun is for this platform, or null. */
function findBun(): string | null {
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch
  try {
    const manifest = fileURLToPath(import.meta.resolve(`@oven/bun-${process.platform}-${cpu}/package.json`))
    const path = join(dirname(manifest), 'bin', 'bun')
    return existsSync(path) ? path : null
  } catch {
    return null // there is none for this platform, or it was left out
  }
}

/** Lets bun choose versions in a confined process without network: text of `bun.lock`. `base`: a lock that what it can stays as. */
export async function resolveLock(wants: Wants, base: Lock | null, work: ResolveWork): Promise<Outcome<string>> {
  const bun = findBun()
  if (!bun) return fail('build_failed', `There is no installer for this machine (${process.platform} ${process.arch}).`)
  await mkdir(work.workDir, { recursive: true })
  const dir = await mkdtemp(join(work.workDir, 'resolve-'))
  try {
    await writeFile(join(dir, 'package.json'), manifestOf(wants))
    if (base) await writeFile(join(dir, base.name), base.content)
    const ended = await runBun(dir, bun, work)
    if (work.signal.aborted) return fail('build_failed', 'Adding packages was stopped.')
    if (ended.code !== 0) return wordsFor(ended, work.door.notes, wants)
    const lock = await readFile(join(dir, 'bun.lock'))
    if (lock.byteLength > MOST_LOCK_BYTES)
      return fail('too_large', 'The lockfile of these packages is larger than 20 MB.')
    return ok(lock.toString('utf8').replaceAll(OF_THE_RELAY, '""'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function runBun(dir: string, bun: string, { sandbox, door, signal, limitMs }: ResolveWork): Promise<BunEnd> {
  const confined = sandbox.start({
    args: [MAIN, dir, bun, door.socket, String(limitMs)],
    readable: [dirname(MAIN), dirname(bun)],
    writable: [dir, door.dir],
    heapMb: HEAP_MB,
  })
  const { child } = confined
  const { promise, resolve } = Promise.withResolvers<number | null>()
  let said = ''
  let late = false
  const end = (): void => confined.kill()
  const deadline = setTimeout(() => {
    late = true
    end()
  }, limitMs)
  signal.addEventListener('abort', end, { once: true })
  child.stdin.on('error', end)
  child.stdout.resume()
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString('utf8')).slice(-MOST_SAID)))
  child.once('error', () => resolve(null))
  child.once('close', resolve)
  if (signal.aborted) end()
  const code = await promise
  clearTimeout(deadline)
  signal.removeEventListener('abort', end)
  return { code, said, late }
}
