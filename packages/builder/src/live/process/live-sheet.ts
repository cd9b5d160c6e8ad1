import { parseAppId, type AppFiles } from '../../engine/app-files.ts'
import { gatherProblems } from '../../engine/problems.ts'
import {
  addStyleProblem,
  addSyntaxFault,
  createStylesheets,
  openStylesheet,
  stylesheetPaths,
  type StylesheetSources,
} from '../../engine/stylesheets.ts'
import { readStyleSetup } from '../../engine/style-setup.ts'
import {
  findCandidates,
  needsTailwind,
  openTailwind,
  type AskedModule,
  type TailwindCompiler,
} from '../../engine/tailwind.ts'
import { withTailwindSheets } from '../../engine/tailwind-4.ts'
import type { BuildError } from '@overskill/protocol'
import { patchSheet } from './patch-sheet.ts'

/** A stylesheet compiled for a live page, kept open: classes that come later are added to it. */
export type LiveSheet = {
  readonly css: string
  readonly problems: readonly BuildError[]
  /** Its own text, and all other stylesheets of the app as one text: what it was compiled from besides classes. */
  readonly source: string
  readonly others: string
  /** Words that were tried as classes. */
  readonly known: ReadonlySet<string>
  /** Adds classes. */
  add(candidates: readonly string[]): Promise<void>
  /** Compiles what was only patched so far. Does nothing else. */
  finish(): Promise<void>
}

/**
 * Compiles a sheet with all classes of the tree. What is wrong with it is in `problems`; then `css` is not to be used.
 *
 * @param before The same sheet as it was: where the difference is plain to see, it is patched, and compiled when there is time.
 */
export async function openLiveSheet(sources: StylesheetSources, id: string, before?: LiveSheet): Promise<LiveSheet> {
  const problems = gatherProblems(sources.files)
  const own = { ...sources, problems }
  const path = parseAppId(id)?.path
  const others = textsOf(sources.files, (other) => other.endsWith('.css') && other !== path)
  try {
    if (needsCode(own.files)) return await compileAnew(own, id)
    const { sheet, load } = openStylesheet(own, id)
    if (!needsTailwind(sheet.text)) {
      findFaults(own, path)
      return asItIs(sheet.text, problems.list)
    }
    findFaults(own, path)
    const patch =
      before?.others === others && problems.list.length === 0 && patchSheet(before.css, before.source, sheet.text)
    if (before && patch) return patched(before, sheet.text, patch, () => openLiveSheet(sources, id))
    const compiler = await openTailwind(sheet, withTailwindSheets(load), refuseCode)
    const known = new Set(findCandidates(sources.files))
    return growing(compiler, { source: sheet.text, others, known, problems: problems.list })
  } catch (error) {
    addStyleProblem(own, id, error)
    return asItIs('', problems.list)
  }
}

const nothing = async (): Promise<void> => undefined

/** A sheet to which no class is ever added. */
export const asItIs = (css: string, problems: readonly BuildError[]): LiveSheet => ({
  css,
  problems,
  source: '',
  others: '',
  known: new Set(),
  add: nothing,
  finish: nothing,
})

/** Whether the app's styles are compiled with code that it brings: a config, or plugins. */
export const needsCode = (files: AppFiles): boolean =>
  readStyleSetup(files, gatherProblems(files)).major === 3 || /@(?:plugin|config)\b/.test(sheetSources(files))

/** A sheet that needs code of the app is compiled as a whole, where that code may run; the same files give the same at once. */
async function compileAnew(sources: StylesheetSources, id: string): Promise<LiveSheet> {
  const css = await createStylesheets(sources).compile(id)
  findFaults(sources, parseAppId(id)?.path)
  return asItIs(css, sources.problems.list)
}

const refuseCode = ({ specifier }: AskedModule): never => {
  throw new Error(`"${specifier}", which a stylesheet of a package asks for, is not run in a live page.`)
}

/** Tools read on after a slip of the pen that a build refuses. */
function findFaults(sources: StylesheetSources, path: string | undefined): void {
  if (path !== undefined && sources.problems.list.length === 0) addSyntaxFault(sources, stylesheetPaths(sources))
}

type Grown = { source: string; others: string; known: Set<string>; problems: readonly BuildError[] }

function growing(compiler: TailwindCompiler, from: Grown): LiveSheet {
  let css = compiler.build([...from.known])
  return {
    ...from,
    get css() {
      return css
    },
    async add(candidates) {
      const added = candidates.filter((candidate) => !from.known.has(candidate))
      for (const candidate of added) from.known.add(candidate)
      if (added.length > 0) css = compiler.build(added)
    },
    finish: nothing,
  }
}

function patched(before: LiveSheet, source: string, patch: string, open: () => Promise<LiveSheet>): LiveSheet {
  let css = patch
  let opened: Promise<LiveSheet> | null = null
  const compiled = async (): Promise<LiveSheet> => {
    opened ??= open()
    const sheet = await opened
    css = sheet.css
    return sheet
  }
  return {
    problems: [],
    source,
    others: before.others,
    known: before.known,
    get css() {
      return css
    },
    async add(candidates) {
      if (!opened && candidates.every((candidate) => before.known.has(candidate))) return
      const sheet = await compiled()
      await sheet.add([...before.known, ...candidates])
      css = sheet.css
    },
    async finish() {
      const sheet = await compiled()
      await sheet.add([...before.known])
      css = sheet.css
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
