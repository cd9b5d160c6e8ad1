import { importsOf, type SourceEdit } from './source-edit.ts'
import { walkSyntax, type SyntaxNode } from './syntax-walk.ts'

/** Names that are the whole package again: `import { z } from 'zod'` is `import * as z from 'zod'`. */
const NAMESPACE_EXPORTS: Record<string, string> = { zod: 'z' }

type Member = { start: number; end: number; name: string; jsx: boolean }

/**
 * Turns `import * as R from 'package'` with `R.Line` into an import of `Line`, so that a package is bundled with the
 * names in use and not with all of them. Where the namespace itself is passed on, it stays as it is.
 */
export function rewriteNamespaces(edit: SourceEdit): void {
  for (const node of importsOf(edit)) {
    const specifier = node.specifiers.length === 1 ? node.specifiers[0] : undefined
    if (!specifier || /^[./]|^@\//.test(node.source.value)) continue
    const local = namespaceName(specifier, node.source.value)
    const members = local === null ? null : findMembers(edit.program, local, specifier)
    if (local === null || !members || members.length === 0) continue
    const names = [...new Set(members.map((member) => member.name))]
    const list = names.map((name) => `${name} as N$${local}$${name}`)
    edit.edits.overwrite(
      node.start,
      node.end,
      `import { ${list.join(', ')} } from ${JSON.stringify(node.source.value)};`,
    )
    for (const member of members) edit.edits.overwrite(member.start, member.end, `N$${local}$${member.name}`)
  }
}

function namespaceName(specifier: SyntaxNode, source: string): string | null {
  const local = (specifier['local'] as { name: string }).name
  if (specifier.type === 'ImportNamespaceSpecifier') return local
  const imported = (specifier['imported'] as { name?: string } | undefined)?.name
  const whole = imported !== undefined && NAMESPACE_EXPORTS[source] === imported
  return whole && specifier['importKind'] !== 'type' ? local : null
}

/** Every `local.member` in the program; null when the name is also used in any other way. */
function findMembers(program: SyntaxNode, local: string, declared: SyntaxNode): Member[] | null {
  const members: Member[] = []
  let escapes = false
  walkSyntax(program, (node, parent, field) => {
    const isName = (node.type === 'Identifier' || node.type === 'JSXIdentifier') && node['name'] === local
    if (!isName || !parent || parent === declared) return
    if (parent.type === 'TSQualifiedName' || parent.type === 'TSTypeQuery') return
    if (isPlainName(parent, field)) return
    const property = parent['property'] as { name?: string; type: string } | undefined
    const jsx = parent.type === 'JSXMemberExpression'
    if (field !== 'object' || !property?.name || (parent.type === 'MemberExpression' && parent['computed'] === true)) {
      escapes = true
      return
    }
    members.push({ start: parent.start, end: parent.end, name: property.name, jsx })
  })
  return escapes ? null : members.toSorted((a, b) => a.start - b.start)
}

/** A place where an identifier names a property or an attribute, and refers to nothing. */
function isPlainName(parent: SyntaxNode, field: string): boolean {
  if (field === 'property') return parent['computed'] !== true
  if (field === 'key') return parent['computed'] !== true && parent['shorthand'] !== true
  return parent.type === 'JSXAttribute' || field === 'label'
}
