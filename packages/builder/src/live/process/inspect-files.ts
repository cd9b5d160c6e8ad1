import type { BuildError } from '@overskill/protocol'
import { parseAppId } from '../../engine/app-files.ts'
import { resolveInApp, type Resolved } from '../../engine/app-resolver.ts'
import { packageName } from '../../engine/package-name.ts'
import { gatherProblems, placeOf, type Problems } from '../../engine/problems.ts'
import type { AppSources } from '../../engine/app-sources.ts'
import { MAX_WANT_CHARS, MAX_WANTS } from '../live-messages.ts'
import { JSX_SOURCE, type ImportFact, type ScriptFacts } from './file-facts.ts'
import { ICONS_MODULE } from './live-icons.ts'
import { ENVIRONMENT_MODULE } from './live-rewrite.ts'
import type { LiveVendor } from './live-vendor.ts'
import { derivedId, moduleIdOf, packageStyleId, parseDerivedId, type FileUse } from './module-ids.ts'

/** What a page would be with these files. */
export type Inspection = {
  problems: readonly BuildError[]
  /** Files that must be as they were before so that the problems go. */
  blamed: ReadonlySet<string>
  /** Whether a file is asked for that is not there: then the end of one may be to blame. */
  lacks: boolean
  /** Modules that the page can reach, by id. */
  reached: ReadonlySet<string>
  /** Modules that run before the page is there, in the order in which they do. */
  first: readonly string[]
  /** Modules of packages that each script imports before it runs, by its path. */
  packages: ReadonlyMap<string, readonly string[]>
  /** What each reached script's imports mean, so that a change of that can be seen. */
  meanings: ReadonlyMap<string, string>
  /** Modules of packages that are not bundled yet. */
  wants: ReadonlySet<string>
}

export type InspectionSources = AppSources & {
  vendor: LiveVendor
  facts(path: string): ScriptFacts
  /** Records what is wrong with a file that is no script, as the given module. Answers the modules that it imports. */
  check(use: string, path: string, problems: Problems): Promise<readonly string[]>
}

/** What `live-rewrite.ts` and the JSX transform add. */
const OWN = new Set<string>([ENVIRONMENT_MODULE, ICONS_MODULE, `${JSX_SOURCE}/jsx-dev-runtime`])

/**
 * Follows the page's scripts through all their imports, as a browser would, without running anything: what cannot be
 * parsed, found or taken by name is a problem with its place.
 */
export async function inspectFiles(sources: InspectionSources, entries: readonly string[]): Promise<Inspection> {
  const problems = gatherProblems(sources.files)
  const reached = new Set<string>()
  const eager = new Map<string, readonly string[]>()
  const state: State = { blamed: new Set(), lacks: false, packages: new Map(), meanings: new Map(), wants: new Set() }
  const open = [...entries]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    const derived = parseDerivedId(id)
    if (derived) {
      const imports = await inspectDerived(sources, derived, problems, state)
      eager.set(id, imports)
      open.push(...imports)
      continue
    }
    const path = parseAppId(id)?.path
    const imports = path === undefined ? [] : inspectScript(sources, path, problems, state)
    open.push(...imports.map((item) => item.id))
    eager.set(
      id,
      imports.filter((item) => !item.lazy).map((item) => item.id),
    )
  }
  return { problems: problems.list, reached, first: inOrder(entries, eager), ...state }
}

/** Checks what a file that is no script became. Answers the modules that it imports. */
async function inspectDerived(
  sources: InspectionSources,
  { use, path }: { use: FileUse; path: string },
  problems: Problems,
  state: State,
): Promise<readonly string[]> {
  if (use === 'package-style' || use === 'public') return []
  if (use === 'worker' || use === 'sharedworker' || use === 'worker-url') return [moduleIdOf(path, '')]
  const own = gatherProblems(sources.files)
  const imports = await sources.check(use, path, own)
  if (own.list.length > 0) state.blamed.add(path)
  for (const problem of own.list) {
    problems.add(problem)
    if (problem.file) state.blamed.add(problem.file)
  }
  return imports
}

/** Dependencies before what needs them, as a browser runs modules. */
function inOrder(entries: readonly string[], imports: ReadonlyMap<string, readonly string[]>): string[] {
  const ordered = new Set<string>()
  const entered = new Set<string>()
  const visit = (id: string): void => {
    if (entered.has(id)) return
    entered.add(id)
    imports.get(id)?.forEach(visit)
    ordered.add(id)
  }
  entries.forEach(visit)
  return [...ordered]
}

type Reached = { id: string; lazy: boolean }

type State = {
  blamed: Set<string>
  lacks: boolean
  packages: Map<string, string[]>
  meanings: Map<string, string>
  wants: Set<string>
}

/** Checks one script. Answers the modules that it reaches. */
function inspectScript(sources: InspectionSources, path: string, problems: Problems, state: State): Reached[] {
  const facts = sources.facts(path)
  for (const problem of facts.problems) problems.add(problem)
  if (facts.problems.length > 0) state.blamed.add(path)
  const reached: Reached[] = []
  const meanings: string[] = []
  const packages: string[] = []
  const fault = (specifier: string, message: string, missing?: string): void => {
    const text = sources.files.text(path) ?? ''
    const at = needlesFor(specifier)
      .map((needle) => text.indexOf(needle))
      .find((index) => index !== -1)
    const place = at === undefined ? {} : placeOf(text, at)
    problems.add({ file: path, message, ...place, ...(missing === undefined ? {} : { missing }) })
    state.blamed.add(path)
  }
  for (const fact of facts.imports) {
    if (OWN.has(fact.specifier)) continue
    const resolved = resolveInApp(fact.specifier, path, sources)
    meanings.push(meaningOf(resolved))
    if (resolved.kind === 'file') {
      const own = parseAppId(resolved.id)
      const id = own ? moduleIdOf(own.path, own.query) : resolved.id
      reached.push({ id, lazy: fact.lazy })
      const target = parseAppId(id)?.path
      if (own && target === own.path && !parseDerivedId(id)) checkNames(sources, fact, target, fault, state)
    } else if (resolved.kind === 'stylesheet')
      reached.push({ id: packageStyleId(sources.store, resolved.id), lazy: fact.lazy })
    else if (resolved.kind === 'public')
      reached.push({ id: derivedId('public', resolved.url.slice(1)), lazy: fact.lazy })
    else if (resolved.kind === 'package') {
      if (!fact.lazy) packages.push(resolved.specifier)
      checkPackage(sources, fact, resolved.specifier, fault, state)
    } else if (resolved.kind === 'refused') {
      const name = packageName(fact.specifier)
      const missing = name && resolved.message.endsWith('is not installed.') ? name : undefined
      fault(fact.specifier, resolved.message, missing)
      state.lacks = true
    }
  }
  state.packages.set(path, packages)
  state.meanings.set(path, meanings.join('\n'))
  return reached
}

type Fault = (specifier: string, message: string, missing?: string) => void

function checkNames(sources: InspectionSources, fact: ImportFact, target: string, fault: Fault, state: State): void {
  for (const name of fact.names) {
    if (name === '*' || givesName(sources, target, name, new Set())) continue
    fault(fact.specifier, `"${name}" is not exported by "${target}".`)
    state.blamed.add(target)
  }
}

function givesName(sources: InspectionSources, path: string, name: string, seen: Set<string>): boolean {
  if (seen.has(path)) return false
  seen.add(path)
  const facts = sources.facts(path)
  if (facts.exports.has(name) || facts.problems.length > 0) return true // a broken file is a problem of its own
  if (name === 'default') return false
  return facts.stars.some((specifier) => {
    const resolved = resolveInApp(specifier, path, sources)
    const own = resolved.kind === 'file' ? parseAppId(resolved.id) : null
    return own ? givesName(sources, own.path, name, seen) : true
  })
}

function checkPackage(
  { vendor }: InspectionSources,
  fact: ImportFact,
  specifier: string,
  fault: Fault,
  state: State,
): void {
  if (vendor.urlOf(specifier) === null) {
    const isPrepared = state.wants.has(specifier) || (!vendor.wasAsked(specifier) && canWant(specifier, state))
    if (isPrepared) state.wants.add(specifier)
    const absent = `The package "${packageName(specifier) ?? specifier}" has no module "${specifier}" for browsers.`
    return fault(fact.specifier, isPrepared ? `"${specifier}" is being prepared.` : absent)
  }
  for (const name of fact.names) {
    if (name === '*' || vendor.gives(specifier, name)) continue
    fault(fact.specifier, `"${name}" is not exported by the package "${specifier}".`)
  }
}

/** What can be asked of the owner: more would be no honest app. */
const canWant = (specifier: string, { wants }: State): boolean =>
  wants.size < MAX_WANTS && specifier.length <= MAX_WANT_CHARS

const meaningOf = (resolved: Resolved): string =>
  resolved.kind === 'file' || resolved.kind === 'stylesheet' ? resolved.id : resolved.kind

/** How a specifier may be written in a source. */
const needlesFor = (specifier: string): string[] => {
  const escaped = JSON.stringify(specifier).slice(1, -1)
  return [`'${specifier}'`, `"${specifier}"`, escaped, specifier]
}
