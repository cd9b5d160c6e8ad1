import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { BuildError } from '@overskill/protocol'
import { transformSync } from 'rolldown/utils'
import { appId } from '../../engine/app-files.ts'
import { SCRIPTS } from '../../engine/app-plugin.ts'
import type { AppSources } from '../../engine/app-sources.ts'
import { addBundlerErrors, gatherProblems } from '../../engine/problems.ts'
import { rewriteLive } from './live-rewrite.ts'

/** One import of a script, as the browser will make it. `names`: what it takes, `*` for the whole. `lazy`: only later. */
export type ImportFact = { specifier: string; names: readonly string[]; lazy: boolean }

/** What is known of a script: how the page gets it, what it asks for and gives, and what is wrong with it by itself. */
export type ScriptFacts = {
  code: string
  map: string | null
  imports: readonly ImportFact[]
  exports: ReadonlySet<string>
  /** Specifiers of `export * from …`. */
  stars: readonly string[]
  problems: readonly BuildError[]
}

/** The source that JSX imports its functions from: our own, which remembers the place of each element. */
export const JSX_SOURCE = '@live'

/** Reads a script: rewritten, types and JSX taken out, and its imports and exports read off the result. */
export function readScript(sources: AppSources, path: string): ScriptFacts {
  const problems = gatherProblems(sources.files)
  const rewritten = rewriteLive({ ...sources, problems }, path)
  const language = SCRIPTS[posix.extname(path).toLowerCase()] ?? 'tsx'
  const isComponent = language === 'tsx' || language === 'jsx'
  const jsx = { runtime: 'automatic', development: true, importSource: JSX_SOURCE, refresh: isComponent } as const
  const result = transformSync(appId(path), rewritten.code, {
    lang: language === 'json' ? 'js' : language,
    sourcemap: true,
    tsconfig: false,
    jsx,
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(rewritten.map ? { inputMap: JSON.parse(rewritten.map) as never } : {}),
  })
  if (result.errors.length > 0) addBundlerErrors(problems, { errors: result.errors }, sources.files)
  const map = result.map ? JSON.stringify(result.map) : null
  return { code: result.code, map, problems: problems.list, ...readModule(result.code) }
}

type ModuleFacts = Pick<ScriptFacts, 'imports' | 'exports' | 'stars'>

function readModule(code: string): ModuleFacts {
  const { module } = parseSync('module.js', code)
  const imports = new Map<string, Set<string>>()
  const exports = new Set<string>()
  const stars: string[] = []
  const lazy = new Set<string>()
  const take = (specifier: string, names: Iterable<string>): void => {
    const known = imports.get(specifier) ?? new Set()
    for (const name of names) known.add(name)
    imports.set(specifier, known)
  }
  for (const { moduleRequest, entries } of module.staticImports)
    take(
      moduleRequest.value,
      entries.map(({ importName }) => nameOf(importName)),
    )
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, importName, exportName } of entries) {
      if (exportName.kind === 'Default') exports.add('default')
      else if (exportName.name) exports.add(exportName.name)
      if (!moduleRequest) continue
      take(moduleRequest.value, importName.kind === 'Name' && importName.name ? [importName.name] : [])
      if (exportName.kind === 'None') stars.push(moduleRequest.value)
    }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = code.slice(moduleRequest.start, moduleRequest.end)
    if (!/^(["'`])[^$]*\1$/.test(text)) continue
    if (!imports.has(text.slice(1, -1))) lazy.add(text.slice(1, -1))
    take(text.slice(1, -1), [])
  }
  const list = [...imports].map(([specifier, names]) => ({ specifier, names: [...names], lazy: lazy.has(specifier) }))
  return { imports: list, exports, stars }
}

function nameOf(importName: { kind: string; name?: string | null }): string {
  if (importName.kind === 'Default') return 'default'
  return importName.kind === 'Name' && importName.name ? importName.name : '*'
}
