import { posix } from 'node:path'
import { applyAlias } from './aliases.ts'
import { findModule, joinInApp } from './app-files.ts'
import type { AppSources } from './app-sources.ts'
import { findGlobFiles, globObject } from './glob-imports.ts'
import { constantText, findNodes, isImportMeta, nodeText, templatePattern, type SourceEdit } from './source-edit.ts'
import type { SyntaxNode } from './syntax-walk.ts'
import { WORKER_ENVIRONMENT } from './workers.ts'

const WORKERS = new Set(['Worker', 'SharedWorker'])

/**
 * Answers `new URL('./x', import.meta.url)`: a script that a worker is made of is bundled, any other file of the app is
 * named by its content. What is no file of the app stays as it is, and means an address at run time.
 */
export function rewriteUrlReferences(sources: AppSources, edit: SourceEdit): void {
  const inWorkers = new Set<SyntaxNode>()
  const created = findNodes(edit, 'NewExpression')
  for (const node of created) {
    const url = (node['arguments'] as SyntaxNode[])[0]
    if (!WORKERS.has((node['callee'] as { name?: string }).name ?? '') || !url || !isOwnUrl(url)) continue
    const path = scriptPath(sources, edit.path, constantText((url['arguments'] as SyntaxNode[])[0]))
    if (path === null) continue
    inWorkers.add(url)
    rewriteWorker(edit, node, url, path)
  }
  for (const node of created) if (isOwnUrl(node) && !inWorkers.has(node)) rewriteUrl(sources, edit, node)
}

function isOwnUrl(node: SyntaxNode): boolean {
  const list = node['arguments'] as SyntaxNode[] | undefined
  const isUrl = node.type === 'NewExpression' && (node['callee'] as { name?: string }).name === 'URL'
  return isUrl && list?.length === 2 && isImportMeta(list[1], 'url')
}

function scriptPath(sources: AppSources, fromPath: string, specifier: string | null): string | null {
  if (specifier === null) return null
  const place = applyAlias(sources.aliases, specifier) ?? joinInApp(fromPath, specifier)
  return place === null ? null : findModule(sources.files, place)
}

function rewriteWorker(edit: SourceEdit, node: SyntaxNode, url: SyntaxNode, path: string): void {
  const name = edit.addImport(`/${path}?worker-url`)
  const options = (node['arguments'] as SyntaxNode[])[1]
  edit.edits.overwrite(url.start, url.end, `${name} + ${WORKER_ENVIRONMENT}`)
  if (options) {
    edit.edits.appendLeft(options.start, '{ ...(')
    edit.edits.appendRight(options.end, `), type: 'module' }`)
  } else edit.edits.appendLeft(url.end, `, { type: 'module' }`)
}

function rewriteUrl(sources: AppSources, edit: SourceEdit, node: SyntaxNode): void {
  const target = (node['arguments'] as SyntaxNode[])[0]
  if (!target) return
  const text = constantText(target)
  if (text === null) {
    if (target.type === 'TemplateLiteral') rewriteVariableUrl(sources, edit, target)
    return
  }
  const place = /^[a-z]+:|^\/\//i.test(text) ? null : (applyAlias(sources.aliases, text) ?? joinInApp(edit.path, text))
  const bytes = place === null ? undefined : sources.files.bytes(place)
  if (place === null || !bytes) return
  const url = place.startsWith('public/')
    ? place.slice('public'.length)
    : sources.output.addHashed(posix.basename(place), bytes)
  edit.edits.overwrite(target.start, target.end, JSON.stringify(url))
}

/** `new URL(`./img/${name}.png`, …)`: every file that may be meant is named, and one is picked at run time. */
function rewriteVariableUrl(sources: AppSources, edit: SourceEdit, target: SyntaxNode): void {
  const pattern = templatePattern(target)
  if (!/^\.{1,2}\//.test(pattern)) return
  const files = findGlobFiles(sources, edit.path, [pattern])
  const object = globObject(edit, files, { eager: true, import: 'default', query: 'url' })
  edit.edits.overwrite(target.start, target.end, `${object}[${nodeText(edit, target)}]`)
}
