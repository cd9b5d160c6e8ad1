import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartRefused } from '../life/start-refused.ts'
import { isAlive } from './postmaster-pid.ts'
import { commandAs, giveTo, type PostgresUser } from './postgres-user.ts'

const run = promisify(execFile)

/**
 * Makes a new cluster. It is made beside its place and moved there when whole, so that a crash leaves none half made, and of
 * two that make it at once one wins.
 */
export async function createCluster(options: {
  cluster: string
  binaries: string
  user: PostgresUser
  unsafe?: boolean
}): Promise<void> {
  await removeHalfMade(options.cluster)
  const making = await mkdtemp(`${options.cluster}.${process.pid}.`)
  await giveTo(options.user, making)
  const flags = [
    '-D',
    making,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-instructions',
  ]
  if (options.unsafe) flags.push('--no-sync')
  const command = commandAs(options.user, join(options.binaries, 'bin', 'initdb'), flags)
  try {
    await run(command.file, command.args, { ...command.user, cwd: '/', env: postgresEnvironment(), timeout: 120_000 })
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    const said = lastLine((error as { stderr?: string }).stderr ?? String(error))
    throw new StartRefused(`PostgreSQL could not make its files in ${options.cluster}: ${said}`, { cause: error })
  }
  await rename(making, options.cluster).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true })
    if (!(await stat(join(options.cluster, 'PG_VERSION')).catch(() => undefined))) throw error
  })
}

/** What a start that was killed left behind; its process id is in the name. */
async function removeHalfMade(cluster: string): Promise<void> {
  for (const name of await readdir(dirname(cluster))) {
    const pid = name.startsWith(`${basename(cluster)}.`) ? Number.parseInt(name.split('.')[1] ?? '', 10) : Number.NaN
    if (pid > 0 && !isAlive(pid)) await rm(join(dirname(cluster), name), { recursive: true, force: true })
  }
}

/** What PostgreSQL's programs see of our environment: nothing that is secret, nothing that changes their language. */
export const postgresEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
})

/** The last line that says something, for a one-line report. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? ''
