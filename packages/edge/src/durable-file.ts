import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a file so that a reader, and a machine that loses its power, sees all of it or nothing: a temporary name on the
 * same disk, fsync, rename. The folder's own entry is durable after `syncFolder`.
 */
export async function writeDurably(path: string, bytes: Uint8Array, temporaryDir: string): Promise<void> {
  const temporary = join(temporaryDir, randomUUID())
  try {
    await using file = await open(temporary, 'wx', 0o600)
    await file.writeFile(bytes)
    await file.datasync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await rename(temporary, path)
}

/** Makes renames into a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
