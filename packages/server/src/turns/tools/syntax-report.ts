import { checkSyntax } from '@overskill/workspace'

/** What the parser has against a stored file, as lines to add to a result; empty when it parses. */
export function syntaxReport(path: string, text: string): string {
  const problems = checkSyntax(path, text)
  if (problems.length === 0) return ''
  const told = problems.map(({ line, column, message, frame }) => `${path}:${line}:${column} ${message}\n${frame}`)
  return `\nThe file is stored, but does not parse. Fix this next:\n${told.join('\n')}`
}
