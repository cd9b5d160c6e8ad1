import { visit } from './read-house.mjs'

const limits = { file: 300, function: 60, component: 100 }
const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** File ≤ 300 lines, function ≤ 60, React component ≤ 100. Tests are free. */
export function checkSizes(file) {
  if (file.isTest || !file.isCode) return []
  const findings = []
  if (file.lines > limits.file)
    findings.push({ rule: 'file-size', text: `${file.lines} lines, at most ${limits.file}` })
  visit(file.program, (node, parent) => {
    if (!functionTypes.has(node.type)) return
    const from = file.lineAt(node.start)
    const lines = file.lineAt(node.end - 1) - from + 1
    const name = functionName(node, parent)
    const isComponent = file.name.endsWith('.tsx') && /^[A-Z]/.test(name)
    const limit = isComponent ? limits.component : limits.function
    const sort = isComponent ? 'component' : 'function'
    if (lines > limit)
      findings.push({
        rule: `${sort}-size`,
        line: from,
        text: `${name || 'function'} has ${lines} lines, at most ${limit}`,
      })
  })
  return findings
}

/** A function's own name, or that of what it is assigned to; empty for a bare callback. */
function functionName(node, parent) {
  if (node.id) return node.id.name
  const name = parent?.type === 'VariableDeclarator' ? parent.id : parent?.key
  return name?.name ?? name?.value ?? ''
}
