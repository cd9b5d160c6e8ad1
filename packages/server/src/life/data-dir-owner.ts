import { mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { commandLine, isAlive } from '../database/postmaster-pid.ts'
import { StartRefused } from './start-refused.ts'

/** Who works on a data dir: `<data>/server.json`. */
const Owner = z.object({ pid: z.int(), startedAt: z.string(), port: z.int(), version: z.string() })
type Owner = z.infer<typeof Owner>

export type OwnedDataDir = {
  /** The folder, with links followed. */
  path: string
  /** Removes our note, so that the next start need not ask whether we live. */
  release(): Promise<void>
}

/**
 * Makes the data dir (0700) if it is not there, and notes that it is ours. The note of a dead owner is replaced.
 *
 * @throws StartRefused with the first server's address while another one lives. The lock in Postgres decides where two start
 *   at the same moment (`open-database.ts`).
 */
export async function claimDataDir(dataDir: string, port: number, version: string): Promise<OwnedDataDir> {
  const path = await makeFolder(dataDir)
  const file = join(path, 'server.json')
  const ours: Owner = { pid: process.pid, startedAt: new Date().toISOString(), port, version }
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await create(file, ours)) return { path, release: () => release(file, ours) }
    const owner = await livingOwner(path)
    if (owner) throw new StartRefused(describeOwner(path, owner))
    await rm(file, { force: true })
  }
  throw new StartRefused(`${file} cannot be written.`)
}

/** The one line for a second start. */
export async function ownerOf(dataDir: string): Promise<string> {
  const owner = await livingOwner(dataDir)
  return owner ? describeOwner(dataDir, owner) : `Another OverSkill works on ${dataDir}.`
}

const describeOwner = (dataDir: string, { pid, port }: Owner): string =>
  `OverSkill already runs on ${dataDir}: http://localhost:${port} (process ${pid}). Stop it first, or choose another OVERSKILL_DATA_DIR and PORT.`

async function makeFolder(dataDir: string): Promise<string> {
  try {
    await makeFolders(dataDir)
    return await realpath(dataDir)
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'EACCES' ? 'it may not be written' : (error as Error).message
    throw new StartRefused(`OVERSKILL_DATA_DIR ${dataDir} cannot be used: ${reason}.`, { cause: error })
  }
}

/** As `mkdir -p`. Node's own never ends where a folder that is there answers ENOENT to a new one in it, as `/proc` does. */
async function makeFolders(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 })
  try {
    await make()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || (await stat(dirname(path)).catch(() => undefined))) throw error
    await makeFolders(dirname(path))
    await make()
  }
}

async function create(file: string, owner: Owner): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(JSON.stringify(owner))
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new StartRefused(`${file} cannot be written: ${(error as Error).message}.`, { cause: error })
  }
}

/** The owner that the note names, if that process lives and is a server of ours: numbers are given again after a restart. */
async function livingOwner(dataDir: string): Promise<Owner | undefined> {
  const noted = Owner.safeParse(parse(await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => '')))
  if (!noted.success || noted.data.pid === process.pid || !isAlive(noted.data.pid)) return undefined
  return (await commandLine(noted.data.pid)).includes('main.ts') ? noted.data : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function release(file: string, ours: Owner): Promise<void> {
  const noted = Owner.safeParse(parse(await readFile(file, 'utf8').catch(() => '')))
  if (noted.success && noted.data.pid === ours.pid) await rm(file, { force: true })
}
