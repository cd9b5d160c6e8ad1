/** A node of the syntax tree, as far as a walk needs to know it. */
export type SyntaxNode = { type: string; start: number; end: number; [key: string]: unknown }

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Visits each node once, parents first, with its parent and the parent's field that it stands in. */
export function walkSyntax(
  root: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null, field: string) => void,
): void {
  const open: [SyntaxNode, SyntaxNode | null, string][] = [[root, null, '']]
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, parent, field] = next
    visit(node, parent, field)
    for (const key in node) {
      const value = node[key]
      if (Array.isArray(value)) {
        for (const item of value as unknown[]) if (isNode(item)) open.push([item, node, key])
      } else if (isNode(value)) open.push([value, node, key])
    }
  }
}
