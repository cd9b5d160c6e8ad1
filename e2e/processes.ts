import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process as Linux tells of it. `startedAt` (in ticks since boot) keeps it apart from a later one with the same number. */
export type Seen = { pid: number; parent: number; startedAt: string; command: string }

function readProcess(pid: number): Seen | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything; the fields after it are counted from the third on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return undefined
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, parent: Number(fields[1]), startedAt: fields[19] ?? '', command }
  } catch {
    return undefined // it ended while it was read
  }
}

/** Every process that runs now; one that ended and waits for its parent does not run. */
export function allProcesses(): Seen[] {
  if (!existsSync('/proc/self/stat')) throw new Error('These tests read /proc, which this system does not have')
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []))
}

/** A process, its children, theirs, and everything else whose command names the data dir. */
export function processesOf(root: number | undefined, dataDir: string): Seen[] {
  const all = allProcesses()
  const found = new Map(
    all.filter(({ pid, command }) => pid === root || command.includes(dataDir)).map((one) => [one.pid, one]),
  )
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const one of all) if (found.has(one.parent)) found.set(one.pid, one)
  }
  return [...found.values()]
}

/** Those of them that run still. */
export const stillRunning = (seen: readonly Seen[]): Seen[] =>
  seen.filter(({ pid, startedAt }) => readProcess(pid)?.startedAt === startedAt)

/** Ends a process at once; one that is gone already is what was wanted. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
