import MagicString from 'magic-string'
import { parseSync } from 'oxc-parser'
import type { AppSources } from './app-plugin.ts'
import { readIconModules } from './icons.ts'
import { rewriteNamespaces } from './namespace-imports.ts'
import type { SyntaxNode } from './syntax-walk.ts'

/** A source file being changed: its text, its tree, and the edits so far. */
export type SourceEdit = { path: string; text: string; program: SyntaxNode; edits: MagicString }

const TRIGGER = /import\s*(?:type\s+)?\*|lucide-react|['"]zod['"]/

/**
 * A script as the bundler gets it: icons imported one by one, namespace imports of packages turned into the names that
 * are used. Most files need nothing and pass through unread.
 */
export function rewriteSource(sources: AppSources, path: string): { code: string; map?: string } {
  const text = sources.files.text(path) ?? ''
  if (!TRIGGER.test(text)) return { code: text }
  const parsed = parseSync(path, text)
  if (parsed.errors.length > 0) return { code: text }
  const edit: SourceEdit = {
    path,
    text,
    program: parsed.program as unknown as SyntaxNode,
    edits: new MagicString(text),
  }
  rewriteIcons(sources, edit)
  rewriteNamespaces(sources, edit)
  if (!edit.edits.hasChanged()) return { code: text }
  return { code: edit.edits.toString(), map: edit.edits.generateMap({ hires: 'boundary', source: path }).toString() }
}

type ImportSpecifier = SyntaxNode & { imported: { name: string }; local: { name: string }; importKind?: string }
export type ImportDeclaration = SyntaxNode & {
  source: { value: string }
  specifiers: SyntaxNode[]
  importKind?: string
}

export const importsOf = (edit: SourceEdit): ImportDeclaration[] =>
  (edit.program['body'] as SyntaxNode[]).filter(
    (node): node is ImportDeclaration => node.type === 'ImportDeclaration' && node['importKind'] !== 'type',
  )

function rewriteIcons(sources: AppSources, edit: SourceEdit): void {
  for (const node of importsOf(edit)) {
    if (node.source.value !== 'lucide-react') continue
    if (node.specifiers.some((specifier) => specifier.type !== 'ImportSpecifier')) continue
    const icons = readIconModules(sources.store)
    const rest: string[] = []
    const own: string[] = []
    for (const specifier of node.specifiers as ImportSpecifier[]) {
      const file = specifier.importKind === 'type' ? undefined : icons.get(specifier.imported.name)
      if (file) own.push(`import ${specifier.local.name} from ${JSON.stringify(file)};`)
      else rest.push(edit.text.slice(specifier.start, specifier.end))
    }
    if (own.length === 0) continue
    if (rest.length > 0) own.push(`import { ${rest.join(', ')} } from 'lucide-react';`)
    edit.edits.overwrite(node.start, node.end, own.join(' '))
  }
}
