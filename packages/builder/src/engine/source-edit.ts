import MagicString from 'magic-string'
import { parseSync } from 'oxc-parser'
import { walkSyntax, type SyntaxNode } from './syntax-walk.ts'

/** A script being changed: its text, its tree, the edits so far, and imports to put in front. */
export type SourceEdit = {
  path: string
  text: string
  program: SyntaxNode
  edits: MagicString
  /** Adds an import in front of `default`, of `namespace`, or of a name; returns the name that it binds. */
  addImport(specifier: string, kind?: string): string
}

export type ImportDeclaration = SyntaxNode & { source: { value: string }; specifiers: SyntaxNode[] }

/** Reads a script for editing; null when it cannot be parsed: the bundler will say why. */
export function openSourceEdit(path: string, text: string): SourceEdit | null {
  const parsed = parseSync(path, text)
  if (parsed.errors.length > 0) return null
  const edits = new MagicString(text)
  let count = 0
  return {
    path,
    text,
    program: parsed.program as unknown as SyntaxNode,
    edits,
    addImport(specifier, kind = 'default') {
      const name = `__added${count++}`
      const what = kind === 'namespace' ? `* as ${name}` : kind === 'default' ? name : `{ ${kind} as ${name} }`
      edits.prepend(`import ${what} from ${JSON.stringify(specifier)};`)
      return name
    },
  }
}

/** The imports at the top of the file that bring values, not only types. */
export const importsOf = (edit: SourceEdit): ImportDeclaration[] =>
  (edit.program['body'] as SyntaxNode[]).filter(
    (node): node is ImportDeclaration => node.type === 'ImportDeclaration' && node['importKind'] !== 'type',
  )

/** Every node of these types. */
export function findNodes(edit: SourceEdit, ...types: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = []
  walkSyntax(edit.program, (node) => {
    if (types.includes(node.type)) found.push(node)
  })
  return found.toSorted((a, b) => a.start - b.start)
}

export const nodeText = (edit: SourceEdit, node: SyntaxNode): string => edit.text.slice(node.start, node.end)

/** Whether a node is `import.meta.<name>`, or `import.meta` itself when no name is given. */
export function isImportMeta(node: SyntaxNode | undefined, name?: string): boolean {
  if (!node) return false
  if (name === undefined) return node.type === 'MetaProperty'
  const property = node['property'] as { name?: string } | undefined
  return node.type === 'MemberExpression' && property?.name === name && isImportMeta(node['object'] as SyntaxNode)
}

/** The text of a string literal or of a template without expressions. */
export function constantText(node: SyntaxNode | undefined): string | null {
  if (node?.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node?.type === 'TemplateLiteral' && (node['expressions'] as unknown[]).length === 0) return templatePattern(node)
  return null
}

/** A template's text with `*` for each expression: `./img/${name}.png` → `./img/*.png`. */
export function templatePattern(node: SyntaxNode): string {
  const quasis = node['quasis'] as { value: { cooked: string | null } }[]
  return quasis.map((quasi) => quasi.value.cooked ?? '').join('*')
}
