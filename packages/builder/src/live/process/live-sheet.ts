import type { AppFiles } from '../../engine/app-files.ts'
import { gatherProblems, type Problems } from '../../engine/problems.ts'
import {
  addStyleProblem,
  addSyntaxFault,
  createStylesheets,
  openStylesheet,
  stylesheetPaths,
  type StylesheetSources,
} from '../../engine/stylesheets.ts'
import { readStyleSetup } from '../../engine/style-setup.ts'
import { findCandidates, needsTailwind, openTailwind, type AskedModule } from '../../engine/tailwind.ts'
import { withTailwindSheets } from '../../engine/tailwind-4.ts'
import type { BuildError } from '@overskill/protocol'

/** A stylesheet compiled for a live page, kept open: classes that come later are added to it. */
export type LiveSheet = {
  readonly css: string
  readonly problems: readonly BuildError[]
  /** Adds classes. Answers whether the sheet is another one now. */
  add(candidates: readonly string[]): boolean
}

/** Compiles a sheet with all classes of the tree. What is wrong with it is in `problems`; then `css` is not to be used. */
export async function openLiveSheet(sources: StylesheetSources, id: string): Promise<LiveSheet> {
  const problems = gatherProblems(sources.files)
  const own = { ...sources, problems }
  try {
    if (needsCode(own.files)) return await compileAnew(own, id)
    const { sheet, load } = openStylesheet(own, id)
    if (!needsTailwind(sheet.text)) {
      findFaults(own, problems)
      return { css: sheet.text, problems: problems.list, add: () => false }
    }
    const compiler = await openTailwind(sheet, withTailwindSheets(load), refuseCode)
    const known = new Set(findCandidates(sources.files))
    const css = compiler.build([...known])
    findFaults(own, problems)
    return growing(compiler, css, known, problems.list)
  } catch (error) {
    addStyleProblem(own, id, error)
    return { css: '', problems: problems.list, add: () => false }
  }
}

/** Whether the app's styles are compiled with code that it brings: a config, or plugins. */
export const needsCode = (files: AppFiles): boolean =>
  readStyleSetup(files, gatherProblems(files)).major === 3 || /@(?:plugin|config)\b/.test(sheetSources(files))

/** A sheet that needs code of the app is compiled as a whole, where that code may run; the same files give the same at once. */
async function compileAnew(sources: StylesheetSources, id: string): Promise<LiveSheet> {
  const css = await createStylesheets(sources).compile(id)
  findFaults(sources, sources.problems)
  return { css, problems: sources.problems.list, add: () => false }
}

const refuseCode = ({ specifier }: AskedModule): never => {
  throw new Error(`"${specifier}", which a stylesheet of a package asks for, is not run in a live page.`)
}

/** Tools read on after a slip of the pen that a build refuses. */
function findFaults(sources: StylesheetSources, problems: Problems): void {
  if (problems.list.length === 0) addSyntaxFault(sources, stylesheetPaths(sources))
}

function growing(
  compiler: { build(candidates: string[]): string },
  first: string,
  known: Set<string>,
  problems: readonly BuildError[],
): LiveSheet {
  let css = first
  return {
    get css() {
      return css
    },
    problems,
    add(candidates) {
      const added = candidates.filter((candidate) => !known.has(candidate))
      if (added.length === 0) return false
      for (const candidate of added) known.add(candidate)
      const next = compiler.build(added)
      if (next === css) return false
      css = next
      return true
    },
  }
}

/** What a sheet is compiled from besides classes: every stylesheet of the app, as one text. */
export const sheetSources = (files: AppFiles): string => textsOf(files, (path) => path.endsWith('.css'))

/** What a sheet is compiled from that needs code of the app: its config, what that imports, and all that may name a class. */
export const codeSources = (files: AppFiles): string => textsOf(files, () => true)

const textsOf = (files: AppFiles, counts: (path: string) => boolean): string =>
  [...files.paths()]
    .filter((path) => counts(path) && !path.startsWith('public/'))
    .toSorted()
    .map((path) => `${path}\0${files.text(path)}`)
    .join('\0')
