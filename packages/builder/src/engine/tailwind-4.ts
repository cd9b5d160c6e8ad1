import type { AskStyles, LinkedSheet, StyleModule } from '../styles/style-request.ts'
import { applyAlias, type Alias } from './aliases.ts'
import { findModule, joinInApp, parseAppId, type AppFiles } from './app-files.ts'
import { keepCompiler, type KeptCompiler } from './kept-compiler.ts'
import { contentHash } from './output.ts'
import { packageName } from './package-name.ts'
import { findTailwindStylesheet, type PackageStore } from './package-store.ts'
import type { Problems } from './problems.ts'
import { keepRecent } from './recent.ts'
import { bundleStyleCode, type BundledCode } from './style-code.ts'
import { addStyleFaults } from './style-faults.ts'
import { openTailwind, type AskedModule, type LoadedStylesheet } from './tailwind.ts'

type Sources = {
  files: AppFiles
  store: PackageStore
  aliases: readonly Alias[]
  problems: Problems
  askStyles: AskStyles
}

type Load = (specifier: string, fromId: string) => LoadedStylesheet

/** Stylesheets of Tailwind itself before all others: they belong to the builder. */
export const withTailwindSheets =
  (load: Load): Load =>
  (specifier, fromId) =>
    findTailwindStylesheet(specifier) ?? load(specifier, fromId)

type SheetWork = {
  sheet: LoadedStylesheet
  candidates: readonly string[]
  load: Load
  addToSheet: (message: string) => void
}

/** What a stylesheet asks for: its imports, in order, and scripts that would have to run. */
type Read = { imports: LinkedSheet['imports']; modules: AskedModule[] }
type Kept = Read & { compiler: KeptCompiler | null }

const kept = keepRecent<Kept>(20)

/**
 * Compiles a stylesheet with Tailwind 4: here, or in a style process when it names plugins or a config.
 *
 * @throws Error with a message for the app's author.
 */
export async function compileTailwind4(sources: Sources, work: SheetWork): Promise<string> {
  const load = withTailwindSheets(work.load)
  const { compiler, imports, modules } = await readSheet(sources, work.sheet, load)
  if (!compiler) return compileWithModules(sources, work, { imports, modules })
  return compiler.build(work.candidates, () => openTailwind(work.sheet, load, () => null))
}

/** Reads a sheet, or takes what it came to before, if its imports still lead to the same texts. They are loaded in any case: that names their assets. */
async function readSheet({ store, aliases }: Sources, sheet: LoadedStylesheet, load: Load): Promise<Kept> {
  const key = contentHash(JSON.stringify([store.root, sheet, aliases]), 40)
  const known = kept.get(key)
  const isSame = known?.imports.every(({ specifier, fromId, id, text }) => {
    const loaded = load(specifier, fromId)
    return loaded.id === id && loaded.text === text
  })
  if (known && isSame) return known
  const read: Read = { imports: [], modules: [] }
  const loadOnce: Load = (specifier, fromId) => {
    const loaded = load(specifier, fromId)
    read.imports.push({ specifier, fromId, ...loaded })
    return loaded
  }
  try {
    const first = await openTailwind(sheet, loadOnce, (module) => read.modules.push(module))
    return kept.set(key, { ...read, compiler: read.modules.length === 0 ? keepCompiler(first) : null })
  } catch (error) {
    if (read.modules.length === 0) throw error
    return kept.set(key, { ...read, compiler: null }) // what a plugin would have defined was missed
  }
}

async function compileWithModules(
  sources: Sources,
  { sheet, candidates, addToSheet }: SheetWork,
  { imports, modules }: Read,
): Promise<string> {
  const bundled = await Promise.all(modules.map((module) => bundleModule(sources, module)))
  const scripts = bundled.filter((script) => script !== 'package')
  if (scripts.includes('failed')) return ''
  const asked = modules.map((module, index): StyleModule => {
    const script = bundled[index]
    return { ...module, script: typeof script === 'object' ? { path: script.path, code: script.code } : null }
  })
  const answer = await sources.askStyles({
    toolchain: { major: 4, modules: asked },
    sheet: { major: 4, ...sheet, imports, candidates: [...candidates] },
  })
  if (answer.ok) return answer.css
  addStyleFaults(answer.faults, {
    files: sources.files,
    problems: sources.problems,
    scripts: scripts.filter((script) => script !== 'failed'),
    origin: () => null,
    addToSheet,
  })
  return ''
}

/** A script of the app that a sheet names; a package stays one. */
async function bundleModule(
  sources: Sources,
  { specifier, fromId }: AskedModule,
): Promise<BundledCode | 'package' | 'failed'> {
  const from = parseAppId(fromId)
  const isPath = /^[./]/.test(specifier)
  if (!isPath && packageName(specifier)) return 'package'
  const place = from && (applyAlias(sources.aliases, specifier) ?? joinInApp(from.path, specifier))
  const path = place ? findModule(sources.files, place) : null
  if (path === null) throw new Error(`"${specifier}" is not a file of this app.`)
  return (await bundleStyleCode(sources, path)) ?? 'failed'
}
