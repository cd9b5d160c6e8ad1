import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageName } from './package-name.ts'
import { ResolverFactory } from 'rolldown/experimental'

/**
 * The shared dependency set, read only. Everything that leaves it was checked to lie inside it: a specifier that
 * climbs out, or a link that leads out, is not found.
 */
export type PackageStore = {
  /** Real path of its `node_modules`. */
  readonly root: string
  /** Whether the package that a bare specifier names is installed. */
  hasPackage(specifier: string): boolean
  /** The stylesheet that a bare specifier means, or null. */
  findStylesheet(specifier: string): string | null
  /** The script that a bare specifier means in a browser, or null. */
  findModule(specifier: string): string | null
  /** Whether a real path lies in the store. */
  contains(path: string): boolean
  read(path: string): Uint8Array
}

export function openPackageStore(dependencySetDir: string): PackageStore {
  const root = realpathSync(join(dependencySetDir, 'node_modules'))
  const known = new Map<string, boolean>()
  const files = new Map<string, Uint8Array>()
  const extensions = { symlinks: true }
  const styles = new ResolverFactory({
    ...extensions,
    conditionNames: ['style', 'browser', 'import', 'default'],
    mainFields: ['style', 'main'],
    extensions: ['.css'],
    mainFiles: ['index'],
  })
  const modules = new ResolverFactory({
    ...extensions,
    conditionNames: ['import', 'module', 'browser', 'production', 'default'],
    mainFields: ['browser', 'module', 'jsnext:main', 'jsnext', 'main'],
    aliasFields: [['browser']],
    extensions: ['.mjs', '.js', '.mts', '.ts', '.jsx', '.tsx', '.json'],
  })
  const contains = (path: string): boolean => path.startsWith(root + sep)
  const find = (resolver: ResolverFactory, specifier: string): string | null => {
    if (!packageName(specifier)) return null
    const path = resolver.sync(dirname(root), specifier).path
    if (!path) return null
    return existsSync(path) && contains(realpathSync(path)) ? path : null
  }
  return {
    root,
    hasPackage(specifier) {
      const name = packageName(specifier)
      if (!name) return false
      const answer = known.get(name) ?? existsSync(join(root, name, 'package.json'))
      known.set(name, answer)
      return answer
    },
    findStylesheet: (specifier) => {
      const path = find(styles, specifier)
      return path?.endsWith('.css') ? path : null
    },
    findModule: (specifier) => find(modules, specifier),
    contains,
    read(path) {
      const cached = files.get(path)
      if (cached) return cached
      const real = realpathSync(path)
      if (!contains(real)) throw new Error('A file outside the dependency set was asked for')
      const bytes = new Uint8Array(readFileSync(real))
      files.set(path, bytes)
      return bytes
    },
  }
}

const toolchain = dirname(fileURLToPath(import.meta.resolve('tailwindcss/package.json')))

/** A stylesheet of Tailwind itself, which belongs to the builder and not to an app; null for any other specifier. */
export function findTailwindStylesheet(specifier: string): { id: string; text: string } | null {
  const names: Record<string, string> = {
    tailwindcss: 'index.css',
    'tailwindcss/index.css': 'index.css',
    'tailwindcss/index': 'index.css',
    'tailwindcss/theme': 'theme.css',
    'tailwindcss/theme.css': 'theme.css',
    'tailwindcss/preflight': 'preflight.css',
    'tailwindcss/preflight.css': 'preflight.css',
    'tailwindcss/utilities': 'utilities.css',
    'tailwindcss/utilities.css': 'utilities.css',
  }
  const name = names[specifier]
  if (!name) return null
  const id = join(toolchain, name)
  return { id, text: readFileSync(id, 'utf8') }
}
