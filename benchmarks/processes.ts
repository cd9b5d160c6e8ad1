import { readdirSync, readFileSync } from 'node:fs'

/** Processes as /proc tells of them. Linux only. */

/** Every process that runs now, with its command line; one that ends while it is looked at has none. */
export const allProcesses = (): { pid: number; command: string }[] =>
  listIfThere('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(Number(name)) }))

/** The arguments of a process with spaces between them, '' once it has ended. */
export const commandOf = (pid: number): string => readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()

/** The processes that a process started, and those that they did. Children may belong to any thread of their parent. */
export function processesBelow(pid: number): number[] {
  const threads = listIfThere(`/proc/${pid}/task`)
  const children = threads.flatMap((thread) =>
    readIfThere(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...processesBelow(child)])
}

/** Ends a process at once; one that is gone already is what was wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A file of /proc, '' once its process has ended. */
export const readIfThere = (path: string): string => orNothing(() => readFileSync(path, 'utf8'), '')
const listIfThere = (path: string): string[] => orNothing(() => readdirSync(path), [])

function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return nothing
    throw error
  }
}
