import { posix } from 'node:path'
import type { BuildError } from '@overskill/protocol'
import type { SourceTree } from './artifact.ts'

/** Most that is built at all, in bytes: twice what an app may hold, so that only what came another way is met. */
const MAX_TREE_BYTES = 100_000_000

/**
 * Longest file that is parsed or searched for classes, in bytes. A bundle that somebody brought along has 1-2 MB; what is
 * longer takes the tools seconds and hundreds of megabytes (measured: 8 MB of script, 15 s).
 */
const MAX_SOURCE_BYTES = 5_000_000

const READ = new Set('.html .css .js .jsx .mjs .cjs .ts .tsx .mts .cts .json .svg .md .mdx .vue .svelte'.split(' '))

/** Whether a file is parsed or searched when an app is built; others are handed on as they are. */
export const isRead = (path: string): boolean =>
  READ.has(posix.extname(path).toLowerCase()) && !path.startsWith('public/')

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1).replace('.0', '')} MB`

/** What of a tree is too large to be built, with what to do about it; empty for every ordinary app. */
export function findTooLarge(tree: SourceTree): BuildError[] {
  let total = 0
  const errors: BuildError[] = []
  for (const [path, { length }] of tree) {
    total += length
    if (length <= MAX_SOURCE_BYTES || !isRead(path)) continue
    const most = megabytes(MAX_SOURCE_BYTES)
    const message = `This file has ${megabytes(length)}; a file that is built may have ${most}. Split it, or put its data into public/ and fetch it.`
    errors.push({ file: path, message })
  }
  if (total <= MAX_TREE_BYTES) return errors.slice(0, 20)
  const message = `The app's files have ${megabytes(total)} together; ${megabytes(MAX_TREE_BYTES)} can be built. Remove what is not needed, or keep it elsewhere and fetch it.`
  return [{ message }, ...errors].slice(0, 20)
}
