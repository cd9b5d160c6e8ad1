import { parseAppId } from './app-files.ts'
import { resolveInApp } from './app-resolver.ts'
import type { AppSources } from './app-sources.ts'
import { findGlobFiles, globObject } from './glob-imports.ts'
import { PRELOAD_MODULE } from './preload.ts'
import { constantText, findNodes, nodeText, templatePattern, type SourceEdit } from './source-edit.ts'
import type { SyntaxNode } from './syntax-walk.ts'

/**
 * Dynamic imports: what a lazy module needs is fetched at the same time as the module itself, and one with a variable in
 * its path (`import(`./pages/${name}.tsx`)`) picks among the files of the app that fit.
 */
export function rewriteLazyImports(sources: AppSources, edit: SourceEdit): void {
  for (const node of findNodes(edit, 'ImportExpression')) {
    const source = node['source'] as SyntaxNode
    const specifier = constantText(source)
    if (specifier === null) {
      if (source.type === 'TemplateLiteral') rewriteVariableImport(sources, edit, node, source)
      continue
    }
    const resolved = resolveInApp(specifier, edit.path, sources)
    const path = resolved.kind === 'file' ? parseAppId(resolved.id)?.path : undefined
    if (!path) continue
    const preload = edit.addImport(PRELOAD_MODULE, 'preload')
    edit.edits.appendLeft(node.start, `${preload}(${JSON.stringify(path)}, () => `)
    edit.edits.appendRight(node.end, ')')
  }
}

/** Dynamic imports with a variable in their path, and no others: a live page fetches each module by itself. */
export function rewriteVariableImports(sources: AppSources, edit: SourceEdit): void {
  for (const node of findNodes(edit, 'ImportExpression')) {
    const source = node['source'] as SyntaxNode
    if (source.type === 'TemplateLiteral' && constantText(source) === null)
      rewriteVariableImport(sources, edit, node, source)
  }
}

function rewriteVariableImport(sources: AppSources, edit: SourceEdit, node: SyntaxNode, source: SyntaxNode): void {
  const pattern = templatePattern(source)
  if (!/^(?:\.{1,2}\/|@\/)/.test(pattern) || !/\.\w+$/.test(pattern)) return
  const files = findGlobFiles(sources, edit.path, [pattern])
  const relative = pattern.startsWith('.')
  const key = relative ? nodeText(edit, source) : `${nodeText(edit, source)}.replace(/^@\\//, '/src/')`
  const object = globObject(edit, files, { eager: false, query: '' })
  const missing = `(() => Promise.reject(new Error('Unknown module ' + ${key})))`
  edit.edits.overwrite(node.start, node.end, `(${object}[${key}] ?? ${missing})()`)
}
