import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** What a set is: stands beside its `node_modules`, and outlives it in `locks/`, so that it can be made again just so. */
export const SetRecord = z.object({
  /** Version by place below `node_modules`. */
  versions: z.record(z.string(), z.string()),
  /** Checksum of what stands there. */
  checksums: z.record(z.string(), z.string()),
  /** The lock that says so: `bun.lock`, or `package-lock.json` as the app has it. */
  lockName: z.enum(['bun.lock', 'package-lock.json']),
  lock: z.string(),
  /** What packages would have liked otherwise, in words. */
  unmet: z.array(z.string()),
})
export type SetRecord = z.infer<typeof SetRecord>

export const setDir = (dir: string, key: string): string => join(dir, 'sets', key)
export const lockPath = (dir: string, key: string): string => join(dir, 'locks', `${key}.json`)

/** What a set holds: version by place below `node_modules`, and what packages would have liked otherwise. */
export function describeSet(set: { dir: string }): Pick<SetRecord, 'versions' | 'unmet'> {
  return readRecord(join(set.dir, 'set.json')) ?? { versions: {}, unmet: [] }
}

/** Null when there is none, or of an older form. */
export function readRecord(path: string): SetRecord | null {
  try {
    const parsed = SetRecord.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    return null // none there
  }
}
