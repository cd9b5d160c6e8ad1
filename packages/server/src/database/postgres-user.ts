import { execFile } from 'node:child_process'
import { chmod, chown, lstat, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartRefused } from '../life/start-refused.ts'

/**
 * As whom PostgreSQL runs: it refuses to be root. `same`: as we do. `namespace`: in a user namespace in which root is called
 * 1000; files stay root's, so it works below 0700 folders. `dropped`: as another user, who owns the cluster.
 */
export type PostgresUser = { kind: 'same' } | { kind: 'namespace' } | { kind: 'dropped'; uid: number; gid: number }

const nobody = 65_534
const namespaceArguments = ['--user', '--map-user=1000', '--map-group=1000']

/**
 * Chooses the user for a cluster folder, which need not exist yet. As root an existing cluster of another user runs as that
 * user; else a namespace where the system allows one; else `nobody`.
 */
export async function choosePostgresUser(cluster: string, allowNamespace = true): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return { kind: 'same' }
  const owner = await stat(cluster).catch(() => undefined)
  if (owner && owner.uid !== 0) return { kind: 'dropped', uid: owner.uid, gid: owner.gid }
  if (allowNamespace && process.platform === 'linux' && (await canUnshare())) return { kind: 'namespace' }
  return { kind: 'dropped', uid: nobody, gid: nobody }
}

const canUnshare = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('unshare', [...namespaceArguments, 'true'], { timeout: 5_000 }, (error) => resolve(!error))
  })

export type Command = { file: string; args: string[]; user: { uid?: number; gid?: number } }

/** The command line that runs a program as that user. */
export function commandAs(user: PostgresUser, file: string, args: string[]): Command {
  if (user.kind === 'namespace')
    return { file: 'unshare', args: [...namespaceArguments, '--', file, ...args], user: {} }
  return { file, args, user: user.kind === 'dropped' ? { uid: user.uid, gid: user.gid } : {} }
}

/**
 * Makes a folder reachable for a dropped user: refuses with the first parent that he cannot pass. The data dir itself is
 * ours, so it is opened for passing through (0711; secrets in it are 0600).
 */
export async function makeReachable(user: PostgresUser, dataDir: string): Promise<void> {
  if (user.kind !== 'dropped') return
  for (let folder = dirname(dataDir); ; folder = dirname(folder)) {
    const found = await stat(folder)
    const bit = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001
    if (!(found.mode & bit)) {
      throw new StartRefused(
        `PostgreSQL does not run as root, and user ${user.uid} may not enter ${folder}. Set OVERSKILL_DATA_DIR to a folder that everyone may enter, such as /var/lib/overskill, or start as another user.`,
      )
    }
    if (folder === dirname(folder)) break
  }
  await chmod(dataDir, 0o711)
}

/** Gives a folder and all in it to a dropped user. */
export async function giveTo(user: PostgresUser, path: string): Promise<void> {
  if (user.kind !== 'dropped') return
  await chown(path, user.uid, user.gid)
  if (!(await lstat(path)).isDirectory()) return
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await giveTo(user, join(path, entry.name))
  }
}
