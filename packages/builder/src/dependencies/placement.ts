import process from 'node:process'
import { z } from 'zod'

/** One package of a set and where it stands. */
export type Placement = {
  /** Below `node_modules`: `react`, or `a/node_modules/@s/b`. */
  place: string
  name: string
  version: string
  /** `sha512-…` as the lock has it; several may be given, parted by spaces. */
  integrity: string
  /** What it asks to stand beside it, and cannot do without: range by name. */
  peers: Readonly<Record<string, string>>
}

export const VERSION = /^\d+\.\d+\.\d+[\w.+-]*$/
export const INTEGRITY = /^sha(?:512|384|256|1)-[A-Za-z0-9+/=]+(?: sha(?:512|384|256|1)-[A-Za-z0-9+/=]+)*$/

/** `os` and `cpu` of a package. */
export const PlatformNames = z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional()

/** Whether a package runs here. */
export const fitsPlatform = ({ os, cpu }: { os?: string[] | undefined; cpu?: string[] | undefined }): boolean =>
  fits(os, process.platform) && fits(cpu, process.arch)

/** What it runs on, or with `!` what it does not. */
function fits(names: readonly string[] | undefined, own: string): boolean {
  if (!names || names.length === 0) return true
  if (names.includes(`!${own}`)) return false
  const wanted = names.filter((name) => !name.startsWith('!'))
  return wanted.length === 0 || wanted.includes(own)
}
