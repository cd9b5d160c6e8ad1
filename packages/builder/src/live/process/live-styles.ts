import { posix } from 'node:path'
import { appId, type AppFiles } from '../../engine/app-files.ts'
import type { AppSources } from '../../engine/app-sources.ts'
import { RESERVED } from '../../engine/app-plugin.ts'
import { contentHash } from '../../engine/output.ts'
import type { Problems } from '../../engine/problems.ts'
import { createStylesheets, type CssModule } from '../../engine/stylesheets.ts'
import { findCandidates } from '../../engine/tailwind.ts'
import type { AskStyles, StyleAnswer } from '../../styles/style-request.ts'
import { asItIs, codeSources, needsCode, openLiveSheet, sheetSources, type LiveSheet } from './live-sheet.ts'
import { derivedId, parseDerivedId } from './module-ids.ts'
import { alikeRules, diffSheets, textOfRules, type SheetChange, type SheetRule } from './sheet-diff.ts'

/** What a page is told of a stylesheet: changes from one revision to the next, or all of it. */
export type StyleUpdate = { path: string; from: number; to: number } & ({ changes: SheetChange[] } | { css: string })

type Kept = { key: string; sheet: LiveSheet; module: CssModule | null }
/** What a page has of a sheet: as it was compiled, and as rules. */
type Served = { compiled: string; rules: readonly SheetRule[]; revision: number; exports: string }

/** More changes than this, and the whole sheet is sent: a page is done sooner. */
const MOST_CHANGES = 200

/** The stylesheets of one live page: compiled once, then grown; told to the page as differences. */
export class LiveStyles {
  /** By path: as compiled for the newest files, and for those before; a fault that is mended costs nothing. */
  readonly #kept = new Map<string, Kept[]>()
  readonly #served = new Map<string, Served>()
  readonly #keys = new WeakMap<AppFiles, string>()

  /** Compiles a stylesheet, and records what is wrong. Answers the modules that it takes names from. */
  async check(sources: AppSources, use: string, path: string, problems: Problems): Promise<readonly string[]> {
    const { sheet, module } = await this.#obtain(sources, use, path)
    for (const problem of sheet.problems) problems.add(problem)
    return (module?.imports ?? []).map(({ specifier }) => derivedId('names', specifier.slice(1)))
  }

  /** The script that a CSS module is: its names, by itself and as a whole. */
  async namesCode(sources: AppSources, path: string): Promise<string> {
    const { module } = await this.#obtain(sources, 'names', path)
    return module ? moduleCode(module) : 'export default {}'
  }

  /** A sheet as text, minified, for `?inline`. */
  async inlineText(sources: AppSources, path: string): Promise<string> {
    const { sheet } = await this.#obtain(sources, 'inline', path)
    return new TextDecoder().decode(createStylesheets(sources).bundle([sheet.css]))
  }

  /** What a page gets of a sheet now. */
  async serve(sources: AppSources, use: string, path: string): Promise<{ css: string; revision: number }> {
    const { sheet, module } = await this.#obtain(sources, use, path)
    const { rules, revision } = this.#put(path, sheet.css, module)
    return { css: textOfRules(rules), revision }
  }

  /**
   * Brings the sheets that a page has up to the files. `changed`: paths that are new or other than before.
   *
   * @returns What to tell pages, and the modules of CSS modules whose names are others now.
   */
  async update(
    sources: AppSources,
    reached: ReadonlySet<string>,
    changed: readonly string[],
  ): Promise<{ updates: StyleUpdate[]; modules: string[] }> {
    const candidates = findCandidates(only(sources.files, changed))
    const updates: StyleUpdate[] = []
    const modules: string[] = []
    for (const [path, before] of this.#served) {
      const use = path.endsWith('.module.css') ? 'names' : 'style'
      if (!reached.has(derivedId(use, path)) && !reached.has(derivedId('package-style', path))) continue
      const isPackage = reached.has(derivedId('package-style', path))
      const { sheet, module } = await this.#obtain(sources, isPackage ? 'package-style' : use, path)
      await sheet.add(candidates)
      const after = this.#put(path, sheet.css, module)
      if (after.exports !== before.exports) modules.push(derivedId('names', path))
      if (after.revision !== before.revision) updates.push(updateOf(path, before, after))
    }
    return { updates, modules }
  }

  /** Compiles what was only patched so far. */
  async finish(): Promise<void> {
    for (const [newest] of this.#kept.values()) await newest?.sheet.finish()
  }

  #put(path: string, compiled: string, module: CssModule | null): Served {
    const before = this.#served.get(path)
    const exports = module ? moduleCode(module) : ''
    if (before?.compiled === compiled && before.exports === exports) return before
    const isSame = before?.compiled === compiled
    const rules = isSame ? before.rules : alikeRules(compiled)
    const served = { compiled, rules, revision: (before?.revision ?? 0) + (isSame ? 0 : 1), exports }
    this.#served.set(path, served)
    return served
  }

  async #obtain(sources: AppSources, use: string, path: string): Promise<Kept> {
    const name = `${use}:${path}`
    const known = this.#kept.get(name) ?? []
    const key = this.#keyOf(sources.files)
    const same = known.find((item) => item.key === key)
    if (same) return same
    const id = use === 'package-style' ? posix.join(sources.store.root, path) : appId(path)
    let isFinal = true
    const askStyles: AskStyles = async (work) => {
      const answer = await sources.askStyles(work)
      isFinal &&= !isPassing(answer)
      return answer
    }
    const own = { ...sources, askStyles }
    const opened = use === 'names' ? await openModule(own, id) : await openPlain(own, id, known[0]?.sheet)
    const made = { key, ...opened }
    if (isFinal) this.#kept.set(name, [made, ...(this.#kept.get(name) ?? [])].slice(0, 2))
    return made
  }

  #keyOf(files: AppFiles): string {
    const known = this.#keys.get(files) ?? contentHash(needsCode(files) ? codeSources(files) : sheetSources(files), 40)
    this.#keys.set(files, known)
    return known
  }
}

/** Whether an answer says nothing about the files: the process came to its end, or there was no time. */
export const isPassing = (answer: StyleAnswer): boolean =>
  !answer.ok && answer.faults.some(({ where }) => where === 'process')

const openPlain = async (sources: AppSources, id: string, before?: LiveSheet): Promise<Omit<Kept, 'key'>> => ({
  sheet: await openLiveSheet(sources, id, before),
  module: null,
})

/** A CSS module is small: it is compiled anew, with the names that a build gives it. */
async function openModule(sources: AppSources, id: string): Promise<Omit<Kept, 'key'>> {
  const checked = await openLiveSheet(sources, id)
  if (checked.problems.length > 0) return { sheet: checked, module: null }
  const before = sources.problems.list.length
  const module = await createStylesheets(sources).compileModule(id)
  const problems = sources.problems.list.slice(before)
  return { sheet: asItIs(module.css, problems), module }
}

function moduleCode(module: CssModule): string {
  const imports = module.imports.map((item) => `import ${item.local} from ${JSON.stringify(item.specifier)};`)
  const names = Object.entries(module.exports)
  const named = names.filter(([name]) => /^[a-z_$][\w$]*$/i.test(name) && !RESERVED.has(name))
  const whole = names.map(([name, value]) => `${JSON.stringify(name)}: ${value}`)
  return [
    ...imports,
    ...named.map(([name, value]) => `export const ${name} = ${value};`),
    `export default { ${whole.join(', ')} };`,
  ].join('\n')
}

function updateOf(path: string, before: Served, after: Served): StyleUpdate {
  const step = { path, from: before.revision, to: after.revision }
  const changes = diffSheets(before.rules, after.rules)
  const chars = changes.reduce((sum, change) => sum + (change.insert?.length ?? 0), 0)
  const isLarge = changes.length > MOST_CHANGES || chars > after.compiled.length / 2
  return isLarge ? { ...step, css: textOfRules(after.rules) } : { ...step, changes }
}

/** Only these files of a tree. */
function only(files: AppFiles, paths: readonly string[]): AppFiles {
  const there = paths.filter((path) => files.has(path))
  return { ...files, has: (path) => there.includes(path), paths: () => there }
}

/** Stylesheets among modules, as what they are and their path. */
export const stylesAmong = (ids: Iterable<string>): { use: string; path: string }[] =>
  [...ids].flatMap((id) => {
    const derived = parseDerivedId(id)
    const isStyle = derived && ['style', 'names', 'package-style'].includes(derived.use)
    return isStyle ? [{ use: derived.use, path: derived.path }] : []
  })
