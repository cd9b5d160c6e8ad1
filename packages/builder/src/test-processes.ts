import { readdirSync, readFileSync } from 'node:fs'

/** For tests: which processes there are, and waiting until that changes. */

/** Waits for a condition, looking again and again; fails after the limit. */
export async function until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended in between
  }
}

/** Process ids on this machine whose command line has this text. */
export const running = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes(text))
    .map(Number)

/** Process ids of build children whose parent is that process; of a confined one, its outermost process. */
export const buildChildrenOf = (pid: number): number[] =>
  running('engine/main.ts').filter(
    (child) =>
      Number(/\) \S (\d+)/.exec(read(`/proc/${child}/stat`))?.[1]) === pid && read(`/proc/${child}/statm`) !== '',
  )
