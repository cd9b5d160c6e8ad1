import { posix } from 'node:path'
import { transform, type CSSModuleExport } from 'lightningcss'
import type { AskStyles } from '../styles/style-request.ts'
import { applyAlias, type Alias } from './aliases.ts'
import { appId, joinInApp, parseAppId, type AppFiles } from './app-files.ts'
import { hoistImports, isExternalUrl, plainImports, replaceUrls } from './css-urls.ts'
import { contentHash, type Output } from './output.ts'
import { packageName } from './package-name.ts'
import type { PackageStore } from './package-store.ts'
import { frameAt, withoutHostPaths, type Problems } from './problems.ts'
import { keepRecent } from './recent.ts'
import { readStyleSetup, type StyleSetup } from './style-setup.ts'
import { compileTailwind3 } from './tailwind-3.ts'
import { compileTailwind4 } from './tailwind-4.ts'
import { findCandidates, needsTailwind, type LoadedStylesheet } from './tailwind.ts'

/** What browsers are served: the same ones Vite builds for by default ("baseline widely available"). */
const TARGETS = { chrome: 111 << 16, edge: 111 << 16, firefox: 114 << 16, safari: (16 << 16) | (4 << 8) }

export type CssModule = {
  css: string
  exports: Record<string, string>
  imports: readonly { local: string; specifier: string }[]
}

export type Stylesheets = {
  /** A global stylesheet, flattened, its assets named; not minified yet. Never rejects: a fault is a problem. */
  compile(id: string): Promise<string>
  /** A CSS module: its css with scoped names, and what a script imports from it, as expressions. */
  compileModule(id: string): Promise<CssModule>
  /** Several compiled sheets, in order, as one minified file. */
  bundle(sheets: readonly string[]): Uint8Array
}

export type StylesheetSources = {
  files: AppFiles
  store: PackageStore
  aliases: readonly Alias[]
  output: Output
  problems: Problems
  /** Has a stylesheet compiled that needs code of the app. */
  askStyles: AskStyles
}

/** A stylesheet with its assets named, and how it gets those that it imports. */
export function openStylesheet(
  sources: StylesheetSources,
  id: string,
): { sheet: LoadedStylesheet; load: (specifier: string, fromId: string) => LoadedStylesheet } {
  const read = (from: string): LoadedStylesheet => {
    const text = plainImports(readText(sources, from), (target) => !isExternalUrl(target))
    return { id: from, text: replaceUrls(text, assetOf(sources, from)) }
  }
  return {
    sheet: read(id),
    load: (specifier, fromId) => read(resolveStylesheet(sources, specifier, fromId)),
  }
}

export function createStylesheets(sources: StylesheetSources): Stylesheets {
  let candidates: readonly string[] | undefined
  let setup: StyleSetup | undefined
  const compile = async (id: string): Promise<string> => {
    const addToSheet = (message: string): void => addStyleProblem(sources, id, new Error(message))
    try {
      const { sheet, load } = openStylesheet(sources, id)
      setup ??= readStyleSetup(sources.files, sources.problems)
      if (setup.major === 3) return await compileTailwind3(sources, setup, sheet, load, addToSheet)
      if (!needsTailwind(sheet.text)) return sheet.text
      candidates ??= findCandidates(sources.files)
      return await compileTailwind4(sources, { sheet, candidates, load, addToSheet })
    } catch (error) {
      addStyleProblem(sources, id, error)
      return ''
    }
  }
  return {
    compile,
    async compileModule(id) {
      return scopeNames(sources, id, await compile(id))
    },
    bundle: (sheets) => minifySheets(sources, sheets),
  }
}

function readText(sources: StylesheetSources, id: string): string {
  const own = parseAppId(id)
  if (own) return sources.files.text(own.path) ?? ''
  return new TextDecoder().decode(sources.store.read(id))
}

/** Where `url(…)` in a stylesheet leads: a hashed asset, or null to leave it as it stands. */
const assetOf =
  (sources: StylesheetSources, id: string) =>
  (target: string): string | null => {
    if (isExternalUrl(target)) return null
    const [path, suffix] = splitSuffix(target)
    const own = parseAppId(id)
    if (!own) {
      const file = posix.join(posix.dirname(id), path)
      return sources.output.addHashed(posix.basename(file), sources.store.read(file)) + suffix
    }
    const aliased = applyAlias(sources.aliases, path)
    const place = aliased ?? joinInApp(own.path, path)
    const bytes = place === null ? undefined : sources.files.bytes(place)
    if (place !== null && bytes) return sources.output.addHashed(posix.basename(place), bytes) + suffix
    if (path.startsWith('/')) return null
    sources.problems.addAt(own.path, [target], `"${target}" is not a file of this app.`)
    return null
  }

const splitSuffix = (target: string): [string, string] => {
  const at = target.search(/[?#]/)
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at)]
}

/** The stylesheet that an `@import` means. Throws with words for the app's author when there is none inside. */
export function resolveStylesheet(sources: StylesheetSources, specifier: string, fromId: string): string {
  const own = parseAppId(fromId)
  if (!own && specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(fromId), specifier)
    if (sources.store.contains(path)) return path
  }
  if (own) {
    const place = applyAlias(sources.aliases, specifier) ?? joinInApp(own.path, specifier)
    const explicit = /^[./]/.test(specifier)
    for (const candidate of place === null ? [] : [place, `${place}.css`])
      if (sources.files.has(candidate)) return appId(candidate)
    if (explicit || place === null) throw new Error(`"${specifier}" is not a stylesheet of this app.`)
  }
  const found = packageName(specifier) ? sources.store.findStylesheet(specifier) : null
  if (found) return found
  throw new Error(`Stylesheet "${specifier}" was not found.`)
}

function scopeNames(sources: StylesheetSources, id: string, css: string): CssModule {
  const path = parseAppId(id)?.path ?? posix.basename(id)
  try {
    const result = transform({
      filename: path,
      code: new TextEncoder().encode(css),
      cssModules: { pattern: '[hash]_[local]' },
      targets: TARGETS,
    })
    const imports: { local: string; specifier: string }[] = []
    const exports: Record<string, string> = {}
    const byName = Object.entries(result.exports ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)) // they come in any order
    const importFrom = (specifier: string): string => {
      const from = composedFrom(sources, specifier, id)
      const known = imports.find((item) => item.specifier === from)
      if (known) return known.local
      const local = `imported${imports.length}`
      imports.push({ local, specifier: from })
      return local
    }
    const byScoped = new Map(byName.map(([, item]) => [item.name, item]))
    for (const [name, item] of byName) exports[name] = composedNames(item, byScoped, importFrom).join(' + " " + ')
    return { css: new TextDecoder().decode(result.code), exports, imports }
  } catch (error) {
    addStyleProblem(sources, id, error)
    return { css: '', exports: {}, imports: [] }
  }
}

/** A name with all that it composes, as expressions: names of its own file bring what they compose in turn. */
function composedNames(
  item: CSSModuleExport,
  byScoped: ReadonlyMap<string, CSSModuleExport>,
  importFrom: (specifier: string) => string,
  open: ReadonlySet<string> = new Set(),
): string[] {
  const inside = new Set([...open, item.name])
  const parts = item.composes.flatMap((part) => {
    if (part.type === 'dependency') return [`${importFrom(part.specifier)}[${JSON.stringify(part.name)}]`]
    if (inside.has(part.name)) return []
    const other = part.type === 'local' ? byScoped.get(part.name) : undefined
    return other ? composedNames(other, byScoped, importFrom, inside) : [JSON.stringify(part.name)]
  })
  return [JSON.stringify(item.name), ...new Set(parts)]
}

/** The module that `composes: x from '…'` means, as a specifier from the app's root. */
function composedFrom(sources: StylesheetSources, specifier: string, fromId: string): string {
  const own = parseAppId(resolveStylesheet(sources, specifier, fromId))
  if (!own) throw new Error(`"${specifier}" is no CSS module of this app.`)
  return `/${own.path}`
}

const minified = keepRecent<Uint8Array>(50)

function minifySheets(sources: StylesheetSources, sheets: readonly string[]): Uint8Array {
  const css = hoistImports(sheets.join('\n'))
  const key = contentHash(css, 40)
  const known = minified.get(key)
  if (known) return known
  try {
    const code = new TextEncoder().encode(css)
    return minified.set(key, transform({ filename: 'app.css', code, minify: true, targets: TARGETS }).code)
  } catch (error) {
    const message = withoutHostPaths((error as Error).message)
    if (!addSyntaxFault(sources, stylesheetPaths(sources))) sources.problems.add({ message })
    return new Uint8Array()
  }
}

type StyleFault = Error & { loc?: { line: number; column: number } }

/** The app's own stylesheets. */
export const stylesheetPaths = (sources: StylesheetSources): string[] =>
  [...sources.files.paths()].filter((path) => path.endsWith('.css') && !path.startsWith('public/'))

/** Finds the file and the place of a fault: tools report it in the flattened text, so each source is parsed alone. */
export function addStyleProblem(sources: StylesheetSources, id: string, error: unknown): void {
  const { message } = error as Error
  const own = parseAppId(id)
  const named = /^\/@app\/(.+?):(\d+):(\d+): (.*)$/s.exec(message)
  if (named?.[1] && named[4]) {
    const [line, column] = [Number(named[2]), Number(named[3])]
    const frame = frameAt(sources.files.text(named[1]) ?? '', line, column)
    sources.problems.add({ file: named[1], line, column, message: named[4], frame })
    return
  }
  const sheets = stylesheetPaths(sources).toSorted((a, b) => Number(b === own?.path) - Number(a === own?.path))
  if (addSyntaxFault(sources, sheets)) return
  const words = withoutHostPaths(message)
  const quoted = /[`"']([^`"']+)[`"']/.exec(words)?.[1]
  const path = sheets.find((sheet) => quoted !== undefined && sources.files.text(sheet)?.includes(quoted)) ?? own?.path
  if (path === undefined) sources.problems.add({ message: words })
  else sources.problems.addAt(path, quoted ? [quoted] : [], words)
}

/** Records the first syntax fault in these stylesheets; false when there is none. */
export function addSyntaxFault(sources: StylesheetSources, paths: readonly string[]): boolean {
  for (const path of paths) {
    const text = sources.files.text(path) ?? ''
    const fault = syntaxFault(text)
    if (!fault?.loc) continue
    const { line, column } = fault.loc
    sources.problems.add({ file: path, line, column, message: fault.message, frame: frameAt(text, line, column) })
    return true
  }
  return false
}

function syntaxFault(css: string): StyleFault | null {
  try {
    transform({ filename: 'a.css', code: new TextEncoder().encode(css), errorRecovery: false })
    return null
  } catch (error) {
    return error as StyleFault
  }
}
