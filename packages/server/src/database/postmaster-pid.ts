import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The process id of the server that runs on a cluster, or undefined. A `postmaster.pid` that a crash left behind is removed:
 * when its process is gone, or is another program that got the number later.
 */
export async function findPostmaster(cluster: string): Promise<number | undefined> {
  const file = join(cluster, 'postmaster.pid')
  const pid = Number.parseInt((await readFile(file, 'utf8').catch(() => '')).split('\n')[0] ?? '', 10)
  if (Number.isNaN(pid)) return undefined
  if (isAlive(pid) && (await commandLine(pid)).includes(cluster)) return pid
  await rm(file, { force: true })
  return undefined
}

/** Whether a process of this number exists, a dead one that nobody waited for included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command line of a process, empty when it cannot be read. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-p', String(pid), '-o', 'command='], (error, out) => resolve(error ? '' : out))
  })
}
