import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { applyAlias, type Alias } from './aliases.ts'
import { appId, findModule, joinInApp, type AppFiles } from './app-files.ts'
import { packageName } from './package-name.ts'
import { type PackageStore } from './package-store.ts'

/** What a specifier in an app's script means. `refused` carries the words for its author. */
export type Resolved =
  | { kind: 'file'; id: string }
  | { kind: 'public'; url: string }
  | { kind: 'package'; specifier: string }
  | { kind: 'stylesheet'; id: string } // of a package
  | { kind: 'external'; url: string }
  | { kind: 'refused'; message: string; missing?: string } // `missing`: the package that is not installed

const BUILTINS = new Set(builtinModules)
const refused = (message: string): Resolved & { kind: 'refused' } => ({ kind: 'refused', message })

/**
 * Says what a specifier means. Closed: it is a file of the app, a file of `public/`, an installed package, an address
 * on the web, or an error. Nothing else of the machine is ever looked at.
 *
 * @param fromPath The importing file, below the app's root.
 */
export function resolveInApp(
  specifier: string,
  fromPath: string,
  sources: { files: AppFiles; store: PackageStore; aliases: readonly Alias[] },
): Resolved {
  if (/^(?:https?:)?\/\//.test(specifier) || specifier.startsWith('data:')) return { kind: 'external', url: specifier }
  const mark = specifier.search(/[?#]/)
  const bare = mark > 0 ? specifier.slice(0, mark) : specifier
  const query = mark > 0 && specifier[mark] === '?' ? specifier.slice(mark + 1) : ''
  if (BUILTINS.has(bare.replace(/^node:/, '')) && !sources.store.hasPackage(bare))
    return refused(`"${bare}" is a module of Node: it does not exist in a browser.`)
  if (/^[a-z][a-z0-9+.-]*:/i.test(bare)) return refused(`"${bare}" cannot be imported: only files and packages can.`)

  const aliased = applyAlias(sources.aliases, bare)
  if (aliased !== null) return fileAt(aliased, query, specifier, sources.files)
  if (/^\.{0,2}\//.test(bare) || bare === '.' || bare === '..') {
    const path = joinInApp(fromPath, bare)
    if (path === null) return refused(`"${bare}" leaves the app: only its own files can be imported.`)
    if (bare.startsWith('/') && !findModule(sources.files, path) && sources.files.has(`public/${path}`))
      return { kind: 'public', url: `/${path}` }
    return fileAt(path, query, specifier, sources.files)
  }
  return packageFor(bare, query, sources.store)
}

function fileAt(place: string, query: string, specifier: string, files: AppFiles): Resolved {
  const path = joinInApp('', `/${place}`)
  const found = path === null ? null : findModule(files, path)
  if (found !== null) return { kind: 'file', id: appId(found, query) }
  const folder = posix.dirname(path ?? '')
  const plain = path?.toLowerCase()
  const near = [...files.paths()].find((other) => {
    const lower = other.toLowerCase()
    return lower === plain || lower.slice(0, -posix.extname(lower).length) === plain
  })
  const hint = near ? ` Did you mean "${near}"?` : folder === '.' ? '' : ` (looked for ${path})`
  return refused(`"${specifier}" was not found in this app.${hint}`)
}

function packageFor(specifier: string, query: string, store: PackageStore): Resolved {
  const name = packageName(specifier)
  if (!name) return refused(`"${specifier}" is not the name of a package.`)
  if (!store.hasPackage(specifier)) return { ...refused(`The package "${name}" is not installed.`), missing: name }
  if (query !== '') return refused(`"${specifier}?${query}": files of packages cannot be imported with a query.`)
  if (!specifier.endsWith('.css')) return { kind: 'package', specifier }
  const id = store.findStylesheet(specifier)
  return id ? { kind: 'stylesheet', id } : refused(`The stylesheet "${specifier}" was not found.`)
}
