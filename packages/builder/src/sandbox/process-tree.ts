import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

/** Page size of every platform that Node is built for where this is read. */
const PAGE_BYTES = 4096

/** A process and all below it, as /proc tells at this moment; only the process itself where there is no /proc. */
export function processTree(pid: number): number[] {
  const found = [pid]
  for (let next = 0; next < found.length; next += 1) found.push(...childrenOf(found[next] ?? 0))
  return found
}

/** Each thread has children of its own. */
function childrenOf(pid: number): number[] {
  const threads = listed(() => readdirSync(`/proc/${pid}/task`))
  return threads.flatMap((thread) =>
    listed(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ')).flatMap((text) =>
      text === '' ? [] : [Number(text)],
    ),
  )
}

/** Resident memory of a process and all below it, in bytes; 0 where that cannot be known. */
export function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0
  return processTree(pid).reduce((sum, each) => {
    const [, pages = '0'] = listed(() => readFileSync(`/proc/${each}/statm`, 'utf8').split(' '))
    return sum + Number(pages) * PAGE_BYTES
  }, 0)
}

/** Ends a process and all below it at once. What ended by itself meanwhile is no matter. */
export function killTree(pid: number): void {
  for (const each of processTree(pid)) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      continue // it is gone
    }
  }
}

function listed(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return [] // the process ended in between
  }
}
