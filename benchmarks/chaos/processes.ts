import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc tells of it. */
export type Seen = { pid: number; parent: number; command: string }

/** Every process that runs now. One that ends while it is looked at is left out. Linux only. */
export function allProcesses(): Seen[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []))
}

/** A process and everything below it. */
export function processesBelow(root: number): Seen[] {
  const all = allProcesses()
  const below = (parent: number): Seen[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return [...all.filter(({ pid }) => pid === root), ...below(root)]
}

/** Ends a process at once; one that is gone already is what was wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function readProcess(pid: number): Seen[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything; the fields after it are counted from the third on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return [{ pid, parent: Number(fields[1]), command }]
  } catch {
    return [] // it ended while it was read
  }
}
