import { processesBelow, readIfThere } from './processes.ts'

/** Memory of one process of the tree: its share of what it maps (PSS), in bytes. */
export type ProcessMemory = { pid: number; name: string; bytes: number }

/** PSS of a process and everything below it, read now. A process that ends meanwhile is left out. Linux only. */
export function memoryOfTree(pid: number): ProcessMemory[] {
  return [pid, ...processesBelow(pid)].flatMap((each) => {
    const bytes = pssOf(each)
    return bytes === undefined ? [] : [{ pid: each, name: nameOf(each), bytes }]
  })
}

export const sumOf = (processes: readonly ProcessMemory[]): number =>
  processes.reduce((sum, { bytes }) => sum + bytes, 0)

/** The processes by name, those of one name together, the largest first: `builder 210, server 130, postgres ×5 40`. */
export function describeMemory(processes: readonly ProcessMemory[]): string {
  const byName = Map.groupBy(processes, ({ name }) => name)
  const lines = [...byName].map(([name, all]) => ({ name, count: all.length, bytes: sumOf(all) }))
  return lines
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ name, count, bytes }) => `${name}${count > 1 ? ` ×${count}` : ''} ${Math.round(bytes / 1e6)}`)
    .join(', ')
}

function pssOf(pid: number): number | undefined {
  const text = readIfThere(`/proc/${pid}/smaps_rollup`)
  const kib = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

function nameOf(pid: number): string {
  const [program = '', ...rest] = readIfThere(`/proc/${pid}/cmdline`).split('\0')
  if (/postgres/.test(program)) return 'postgres'
  const script = rest.find((argument) => /\.[cm]?[jt]s$/.test(argument)) ?? ''
  if (script.includes('packages/builder')) return 'builder'
  if (script.includes('packages/server')) return 'server'
  return readIfThere(`/proc/${pid}/comm`).trim() || 'ended'
}
