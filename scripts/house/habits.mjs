import { visit } from './read-house.mjs'

const mocks = new Set(['mock', 'doMock', 'hoisted'])
const suites = new Set(['test', 'it', 'describe', 'bench', 'suite'])
const skips = new Set(['skip', 'only', 'todo'])

/** Module mocks, skipped tests, parked work, default exports, and faces that do more than re-export. */
export function checkHabits(file) {
  const findings = file.errors.map((error) => ({ rule: 'syntax', text: error.message }))
  for (const { value, start } of commentsOf(file)) {
    const word = /\b(?:TODO|FIXME|XXX|HACK)\b/.exec(value)?.[0]
    if (word) findings.push({ rule: 'parked-work', line: file.lineAt(start), text: `${word} in a comment` })
  }
  if (!file.program) return findings
  const isFace = /^packages\/[^/]+\/src\/index\.ts$/.test(file.path)
  visit(file.program, (node) => {
    const line = file.lineAt(node.start)
    const called = node.type === 'MemberExpression' && !node.computed ? memberName(node) : undefined
    if (called?.object === 'vi' && mocks.has(called.property))
      findings.push({ rule: 'module-mock', line, text: `vi.${called.property}: use real collaborators` })
    if (called && file.isTest && suites.has(called.object) && skips.has(called.property))
      findings.push({ rule: 'skipped-test', line, text: `${called.object}.${called.property}` })
    if (isDefaultExport(node) && !file.isConfig)
      findings.push({ rule: 'default-export', line, text: 'a default export outside a configuration file' })
  })
  if (isFace) {
    const other = file.program.body.find((statement) => !isReExport(statement))
    if (other) findings.push({ rule: 'face', line: file.lineAt(other.start), text: 'a face only re-exports' })
  }
  return findings
}

/** Comments as the parser found them; of files that are no code, everything between the marks of theirs. */
function commentsOf({ isCode, comments, text }) {
  if (isCode) return comments
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*--.*$/gm)].map((match) => ({
    value: match[0],
    start: match.index,
  }))
}

/** `test.concurrent.skip` is `test` and `skip`. */
function memberName({ object, property }) {
  const root = object.type === 'MemberExpression' ? memberName(object).object : object.name
  return { object: root, property: property.name }
}

const isDefaultExport = (node) =>
  node.type === 'ExportDefaultDeclaration' ||
  (node.type === 'ExportSpecifier' && (node.exported.name ?? node.exported.value) === 'default')

const isReExport = (statement) =>
  statement.type === 'ExportAllDeclaration' ||
  (statement.type === 'ExportNamedDeclaration' && statement.source !== null)
