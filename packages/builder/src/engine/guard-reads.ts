import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const READERS = [
  'createReadStream',
  'open',
  'openSync',
  'opendir',
  'opendirSync',
  'readFile',
  'readFileSync',
  'readdir',
  'readdirSync',
] as const

/**
 * A second belt: after this call, scripts in this process can read only below these folders. It does not bind native
 * code, so it is no boundary; the closed resolver is, and an outer sandbox. What it catches is a mistake of ours.
 */
export function guardReads(roots: readonly string[]): void {
  const folders = roots.map((root) => resolve(root))
  const isInside = (path: string): boolean => folders.some((folder) => path === folder || path.startsWith(folder + sep))
  const guard = (target: Record<string, unknown>): void => {
    for (const name of READERS) {
      const original = target[name]
      if (typeof original !== 'function') continue
      target[name] = (path: unknown, ...rest: unknown[]): unknown => {
        const isPath = typeof path === 'string' || path instanceof URL || Buffer.isBuffer(path)
        if (isPath && !isInside(resolve(path instanceof URL ? path.pathname : String(path))))
          throw new Error('A file outside the toolchain and the dependency set was asked for')
        return Reflect.apply(original, target, [path, ...rest])
      }
    }
  }
  guard(fs as unknown as Record<string, unknown>)
  guard(fs.promises as unknown as Record<string, unknown>)
  syncBuiltinESMExports()
}
