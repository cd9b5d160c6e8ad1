import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRefused } from '../life/start-refused.ts'
import { giveTo, type PostgresUser } from './postgres-user.ts'

/** A unix socket's whole path has at most 107 bytes (103 on macOS); PostgreSQL adds 15. */
const limitBytes = process.platform === 'darwin' ? 88 : 90

/** Where the socket of a data dir lies: `<data>/s`, or a folder of the temp dir named by a hash where that path is too long. */
export function socketFolder(dataDir: string): string {
  const inside = join(dataDir, 's')
  if (Buffer.byteLength(inside) < limitBytes) return inside
  return join(tmpdir(), `overskill-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`)
}

/** Makes the socket's folder, open to its owner only. One that another user put there first is refused. */
export async function makeSocketFolder(folder: string, user: PostgresUser): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  const owners = [process.getuid?.(), user.kind === 'dropped' ? user.uid : undefined]
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new StartRefused(`${folder}, where the database's socket belongs, is another user's. Remove it.`)
  }
  await chmod(folder, 0o700)
  await giveTo(user, folder)
}

/** Removes the folder when it is empty, which it is unless another server came meanwhile. */
export const dropSocketFolder = (folder: string): Promise<void> => rmdir(folder).catch(() => {}) // then it stays
