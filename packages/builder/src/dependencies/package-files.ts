import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Placement } from './placement.ts'
import type { PackageFile } from './read-archive.ts'

/** An unpacked package in the store: its folder, and what lies in it. Never changed after it appeared. */
export type StoredPackage = {
  dir: string
  files: readonly string[]
  bytes: number
  /** When its version was published; null when nobody could say. */
  publishedMs: number | null
}

/** Unpacked packages by the checksum of their archive, each once. */
export type PackageFiles = {
  find(integrity: string): StoredPackage | null
  /** Keeps the files of an archive that was checked. Two at once are harmless. */
  keep(placement: Placement, files: readonly PackageFile[], publishedMs: number | null): StoredPackage
}

const Index = z.object({
  name: z.string(),
  version: z.string(),
  files: z.array(z.string()),
  bytes: z.int(),
  publishedMs: z.number().nullable(),
})

/**
 * @param dir The store's folder: packages are kept in `files/` of it.
 */
export function openPackageFiles(dir: string): PackageFiles {
  const placeOf = (integrity: string): string => {
    const id = idOf(integrity)
    return join(dir, 'files', id.slice(0, 2), id)
  }
  const find = (integrity: string): StoredPackage | null => {
    const place = placeOf(integrity)
    if (!existsSync(`${place}.json`)) return null
    const index = Index.safeParse(JSON.parse(readFileSync(`${place}.json`, 'utf8')))
    return index.success ? { dir: place, ...index.data } : null
  }
  return {
    find,
    keep({ name, version, integrity }, files, publishedMs) {
      const place = placeOf(integrity)
      const work = join(dir, 'work', randomUUID())
      try {
        writeFiles(work, files)
        mkdirSync(dirname(place), { recursive: true })
        if (!existsSync(`${place}.json`)) rmSync(place, { recursive: true, force: true }) // half of one, left by a sweep
        moveInto(work, place)
        const bytes = files.reduce((sum, { content }) => sum + content.length, 0)
        const index = { name, version, files: files.map(({ path }) => path), bytes, publishedMs }
        writeFileSync(`${work}.json`, JSON.stringify(index))
        renameSync(`${work}.json`, `${place}.json`) // last: what has it is whole
        return { dir: place, ...index }
      } finally {
        rmSync(work, { recursive: true, force: true })
        rmSync(`${work}.json`, { force: true })
      }
    },
  }
}

const ALGORITHMS = ['sha512', 'sha384', 'sha256', 'sha1'] as const

/** The strongest checksum that is given. */
function strongest(integrity: string): { algorithm: string; digest: Buffer } {
  const given = integrity.split(' ')
  for (const algorithm of ALGORITHMS) {
    const found = given.find((each) => each.startsWith(`${algorithm}-`))
    if (found) return { algorithm, digest: Buffer.from(found.slice(algorithm.length + 1), 'base64') }
  }
  return { algorithm: 'sha512', digest: Buffer.alloc(0) }
}

const idOf = (integrity: string): string => strongest(integrity).digest.toString('hex').slice(0, 64)

/** Whether an archive is the one that a checksum means. */
export function isIntact(archive: Buffer, integrity: string): boolean {
  const { algorithm, digest } = strongest(integrity)
  return createHash(algorithm).update(archive).digest().equals(digest)
}

function writeFiles(dir: string, files: readonly PackageFile[]): void {
  for (const folder of new Set(files.map(({ path }) => dirname(path))))
    mkdirSync(join(dir, folder), { recursive: true })
  for (const { path, content } of files) writeFileSync(join(dir, path), content, { mode: 0o644 })
}

/** Moves a folder to its place; one that another put there meanwhile stays, and is the same. */
export function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}
