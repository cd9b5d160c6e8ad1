import { lstatSync, readlinkSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { assert } from '@overskill/protocol'
import { nodeFiles, systemFolders, toolchainDirs } from './toolchain.ts'
import type { ConfinedCommand } from './sandbox.ts'

/** `full`: bubblewrap 0.8 and newer. `older`: what 0.4 to 0.7 and a setuid bubblewrap know; nothing of the boundary is lost. */
export type BubblewrapFlags = 'full' | 'older'

/** Most that a confined process may keep in its /tmp, in bytes: it is memory of this machine. */
const TMP_BYTES = 256 * 1024 * 1024

const HOME = '/tmp'

/** Nothing is shared, nothing can be gained, and it ends with whoever started it. */
const FLAGS: Record<BubblewrapFlags, readonly string[]> = {
  full: ['--unshare-all', '--unshare-user', '--disable-userns', '--clearenv', '--hostname', 'sandbox'],
  older: ['--unshare-all', '--hostname', 'sandbox'],
}

/** Arguments of bubblewrap before the command: namespaces, mounts and environment. */
export function bubblewrapArgs(command: ConfinedCommand, flags: BubblewrapFlags): string[] {
  const environment = { PATH: '/usr/bin:/bin', HOME, ...command.env }
  return [
    ...FLAGS[flags],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...systemFolders().flatMap(mountSystemFolder),
    // Read-only, for root keeps its rights to /proc/sys even without any capability: core_pattern would be a way out.
    ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev'],
    ...(flags === 'full' ? ['--size', String(TMP_BYTES)] : []),
    ...['--tmpfs', '/tmp'],
    ...mounts(command),
    // Both are held in memory too, where nobody counts it.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', HOME],
  ]
}

/** As the host has it: `/lib` is a link on most systems, and a folder on some. */
function mountSystemFolder(path: string): string[] {
  const isLink = lstatSync(path).isSymbolicLink()
  return isLink ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}

/** Outer folders before what lies in them, so that neither hides the other. */
function mounts({ readable, writable = [] }: ConfinedCommand): string[] {
  const readOnly = [...toolchainDirs(), ...nodeFiles(), ...readable].filter((path) => !writable.includes(path))
  const all = [
    ...[...new Set(readOnly)].map((path) => ({ flag: '--ro-bind', path })),
    ...writable.map((path) => ({ flag: '--bind', path })),
  ]
  for (const { path } of all) assert(isAbsolute(path), `A path to mount is absolute: ${path}`)
  const depth = (path: string): number => join(path, '.').split('/').length
  return all.toSorted((a, b) => depth(a.path) - depth(b.path)).flatMap(({ flag, path }) => [flag, path, path])
}
