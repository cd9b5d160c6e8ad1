import { constants, copyFileSync, linkSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StoredPackage } from './package-files.ts'

/** Codes with which a file system says that it has no second name for a file there: then the file is copied. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'])

/** Lays out a package: each of its files is another name of the one in the store, so that it costs no space. */
export function linkPackage({ dir, files }: StoredPackage, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const folder of new Set(files.map((path) => dirname(path)))) {
    if (folder !== '.') mkdirSync(join(to, folder), { recursive: true })
  }
  for (const path of files) linkOrCopy(join(dir, path), join(to, path))
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (!NO_LINK.has(code ?? '')) throw error
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
  }
}
