import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import process from 'node:process'

const require = createRequire(import.meta.url)

/** Folder of this room's package. */
const own = dirname(dirname(import.meta.dirname))

/** Packages whose folders of packages hold all others that a confined process loads. */
const PACKAGES = ['rolldown', 'tailwindcss', 'zod']

/** Rooms whose code a confined process loads; they may be links into the checkout. */
const ROOMS = ['@overskill/protocol', '@overskill/workspace']

let known: readonly string[] | undefined

/** Folders with the code that confined processes run: this room, the rooms it uses, and the folders of packages. */
export const toolchainDirs = (): readonly string[] => (known ??= findToolchain())

function findToolchain(): string[] {
  const packages = PACKAGES.map((name) => folderUpTo(require.resolve(`${name}/package.json`), 'node_modules'))
  const rooms = ROOMS.map((name) => dirname(dirname(realpathSync(require.resolve(name)))))
  return [...new Set([own, ...packages, ...rooms])]
}

const folderUpTo = (path: string, name: string): string =>
  path.slice(0, path.lastIndexOf(`${sep}${name}${sep}`)) + sep + name

let needed: readonly string[] | undefined

/**
 * What Node itself needs: its binary, and its libraries that lie outside the folders of the system (Homebrew and Nix keep
 * them elsewhere).
 */
export const nodeFiles = (): readonly string[] => (needed ??= findNodeFiles())

function findNodeFiles(): string[] {
  const report = process.report.getReport() as { sharedObjects?: string[] }
  const libraries = (report.sharedObjects ?? []).filter((path) => /\.so(\.[\d.]+)?$/.test(path) && existsSync(path))
  const elsewhere = libraries.filter((path) => !systemFolders().some((folder) => path.startsWith(folder + sep)))
  return [process.execPath, ...elsewhere]
}

/** Folders of the system's shared libraries, as far as this machine has them; some are links. */
export const systemFolders = (): string[] =>
  ['/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/libx32', '/lib', '/lib32', '/lib64', '/libx32'].filter((path) =>
    existsSync(path),
  )
