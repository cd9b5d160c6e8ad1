import { posix } from 'node:path'
import { applyAlias } from './aliases.ts'
import { joinInApp } from './app-files.ts'
import type { AppSources } from './app-sources.ts'
import { constantText, findNodes, isImportMeta, nodeText, type SourceEdit } from './source-edit.ts'
import type { SyntaxNode } from './syntax-walk.ts'

/** What a glob asks for. `import` is the name to take from each module; `query` is put behind each path. */
export type GlobOptions = { eager: boolean; import?: string; query: string }

type GlobFile = { key: string; path: string }

/** Answers `import.meta.glob(…)` from the app's own tree. A pattern that leaves the app is an error. */
export function rewriteGlobs(sources: AppSources, edit: SourceEdit): void {
  for (const call of findNodes(edit, 'CallExpression')) {
    if (!isImportMeta(call['callee'] as SyntaxNode, 'glob')) continue
    const [patternNode, optionsNode] = call['arguments'] as SyntaxNode[]
    const patterns = patternsOf(patternNode)
    if (!patterns) {
      sources.problems.addAt(edit.path, [nodeText(edit, call)], 'import.meta.glob takes string literals only.')
      continue
    }
    const files = findGlobFiles(sources, edit.path, patterns)
    edit.edits.overwrite(call.start, call.end, globObject(edit, files, optionsOf(optionsNode)))
  }
}

function patternsOf(node: SyntaxNode | undefined): string[] | null {
  if (node?.type !== 'ArrayExpression') {
    const text = constantText(node)
    return text === null ? null : [text]
  }
  const texts = (node['elements'] as SyntaxNode[]).map((element) => constantText(element))
  return texts.every((text) => text !== null) ? texts : null
}

function optionsOf(node: SyntaxNode | undefined): GlobOptions {
  const options: GlobOptions = { eager: false, query: '' }
  for (const member of (node?.['properties'] as { key?: SyntaxNode; value?: SyntaxNode }[] | undefined) ?? []) {
    const name = (member.key?.['name'] ?? member.key?.['value']) as string | undefined
    const text = constantText(member.value)
    if (name === 'eager') options.eager = member.value?.['value'] === true
    else if (name === 'import' && text !== null) options.import = text
    else if ((name === 'query' || name === 'as') && text !== null) options.query = text.replace(/^\?/, '')
  }
  if ((options.query === 'raw' || options.query === 'url') && options.import === undefined) options.import = 'default'
  return options
}

/** The files that patterns name, sorted; keys are relative to the importing file where the pattern is. */
export function findGlobFiles(sources: AppSources, fromPath: string, patterns: readonly string[]): GlobFile[] {
  const found = new Map<string, GlobFile>()
  for (const pattern of patterns) {
    const negative = pattern.startsWith('!')
    const plain = negative ? pattern.slice(1) : pattern
    const place = applyAlias(sources.aliases, plain) ?? (plain.startsWith('**') ? plain : joinInApp(fromPath, plain))
    if (place === null) {
      sources.problems.addAt(fromPath, [pattern], `The pattern "${pattern}" leaves the app.`)
      continue
    }
    if (isExplosive(place)) {
      sources.problems.addAt(
        fromPath,
        [pattern],
        `The pattern "${pattern.slice(0, 80)}" is too complex: use fewer * and { }.`,
      )
      continue
    }
    for (const path of sources.files.paths()) {
      if (path === fromPath || !posix.matchesGlob(path, place)) continue
      if (negative) found.delete(path)
      else found.set(path, { path, key: plain.startsWith('.') ? relativeKey(fromPath, path) : `/${path}` })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const MAX_STARS = 8
const MAX_ALTERNATIVES = 100

/** Patterns that match in exponential time, or stand for very many (`*a*a*a…`, `{a,b}{a,b}…`, `{1..9999999}`). */
function isExplosive(pattern: string): boolean {
  const stars = pattern.split('/').map((part) => part.split(/[*?+@!]+/).length - 1)
  const alternatives = [...pattern.matchAll(/\{([^{}]*)/g)].map(([, inner = '']) => inner.split(',').length)
  const isRange = /\{[^{}]*\.\./.test(pattern)
  return isRange || Math.max(...stars) > MAX_STARS || alternatives.reduce((all, one) => all * one, 1) > MAX_ALTERNATIVES
}

function relativeKey(fromPath: string, path: string): string {
  const key = posix.relative(posix.dirname(fromPath), path)
  return key.startsWith('.') ? key : `./${key}`
}

/** The object that a glob stands for, as an expression; eager modules are imported in front. */
export function globObject(edit: SourceEdit, files: readonly GlobFile[], options: GlobOptions): string {
  const members = files.map(({ key, path }) => {
    const specifier = `/${path}${options.query ? `?${options.query}` : ''}`
    if (options.eager) return `${JSON.stringify(key)}: ${edit.addImport(specifier, options.import ?? 'namespace')}`
    const pick = options.import === undefined ? '' : `.then((m) => m[${JSON.stringify(options.import)}])`
    return `${JSON.stringify(key)}: () => import(${JSON.stringify(specifier)})${pick}`
  })
  return `({ ${members.join(', ')} })`
}
