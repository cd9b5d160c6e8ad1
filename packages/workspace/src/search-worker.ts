import { parentPort, workerData } from 'node:worker_threads'

/** One file's lines against the pattern, in a thread that can be ended in the middle of a match. Asked: a text; answered: line numbers. */

type Setup = { source: string; flags: string; most: number }

const { source, flags, most } = workerData as Setup
const pattern = new RegExp(source, flags)

parentPort?.on('message', (text: string) => {
  const found: number[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (found.length < most && pattern.test(line.endsWith('\r') ? line.slice(0, -1) : line)) found.push(i + 1)
  }
  parentPort?.postMessage(found)
})
