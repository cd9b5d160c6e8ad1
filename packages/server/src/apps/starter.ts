import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { entryOf, type Tree, treeFromEntries } from '@overskill/workspace'
import type { Database } from '../database/database.ts'
import { storeBlobs } from './files.ts'

/** Not part of an app: the starter's own installation and what only this repository needs of it. */
const left = new Set(['node_modules', 'dist', '.npmrc', '.gitignore.template'])

/** The app that every prompt starts from: read once at start, its blobs in the store. */
export async function loadStarter(folder: string, db: Database): Promise<Tree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(sep)
          .some((part) => left.has(part)),
    )
  const contents = await Promise.all(
    files.map(async (file) => [relative(folder, file).split(sep).join('/'), await readFile(file)] as const),
  )
  await storeBlobs(
    db,
    contents.map(([, content]) => [entryOf(content).hash, content]),
  )
  return treeFromEntries(contents.map(([path, content]) => [path, entryOf(content)]))
}
