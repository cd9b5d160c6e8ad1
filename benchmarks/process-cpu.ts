import { readdirSync, readFileSync } from 'node:fs'
import { processesBelow } from './processes.ts'

/** CPU time that a process, its threads and its children have used so far, in microseconds. Linux only. */
export function cpuMicroseconds(pid: number): number {
  return [pid, ...processesBelow(pid)].reduce((sum, each) => sum + ownCpu(each), 0) / 1000
}

/** The same of one process and its threads, in nanoseconds. */
export const ownCpu = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    0,
  )
