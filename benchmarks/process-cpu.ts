import { readdirSync, readFileSync } from 'node:fs'

/** CPU time that a process, its threads and its children have used so far, in microseconds. Linux only. */
export function cpuMicroseconds(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, each) => sum + ownCpu(each), 0) / 1000
}

/** The same of one process and its threads, in nanoseconds. */
export const ownCpu = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    0,
  )

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}
