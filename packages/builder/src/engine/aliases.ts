import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { AppFiles } from './app-files.ts'
import { keepRecent } from './recent.ts'

/** `@/` → `src/`: a prefix of specifiers, and the path below the app's root that stands for it. */
export type Alias = { prefix: string; exact: boolean; target: string }

const STANDARD: readonly Alias[] = [{ prefix: '@/', exact: false, target: 'src/' }]

/**
 * The path aliases that the app's tsconfig names. It is read as data: `extends` is not followed, and a target outside
 * the app is left out. Without any, `@/` means `src/`.
 */
export function readAliases(files: AppFiles): readonly Alias[] {
  const found: Alias[] = []
  for (const name of ['tsconfig.app.json', 'tsconfig.json', 'jsconfig.json']) {
    const options = property(readJsonc(files.text(name)), 'compilerOptions')
    const baseUrl = property(options, 'baseUrl')
    const base = typeof baseUrl === 'string' ? baseUrl : '.'
    for (const [pattern, targets] of Object.entries(Object(property(options, 'paths')) as object)) {
      const target: unknown = Array.isArray(targets) ? targets[0] : undefined
      const alias =
        typeof target === 'string' && !target.startsWith('/') ? toAlias(pattern, posix.join(base, target)) : null
      if (alias && !found.some((known) => known.prefix === alias.prefix)) found.push(alias)
    }
  }
  return found.length > 0 ? found.toSorted((a, b) => b.prefix.length - a.prefix.length) : STANDARD
}

/** The path that an aliased specifier means, or null when no alias fits. */
export function applyAlias(aliases: readonly Alias[], specifier: string): string | null {
  for (const alias of aliases) {
    if (alias.exact ? specifier === alias.prefix : specifier.startsWith(alias.prefix))
      return alias.target + specifier.slice(alias.prefix.length)
  }
  return null
}

function toAlias(pattern: string, target: string): Alias | null {
  const path = posix.normalize(target)
  if (path.startsWith('..') || path.startsWith('/')) return null
  const star = pattern.endsWith('*') && path.endsWith('*')
  if (!star) return pattern.includes('*') ? null : { prefix: pattern, exact: true, target: path }
  const prefix = pattern.slice(0, -1)
  return prefix === '' ? null : { prefix, exact: false, target: path.slice(0, -1) }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** A JSON text with comments and trailing commas, as plain data; undefined when it cannot be read. */
export function readJsonc(text: string | undefined): unknown {
  if (text === undefined || text.length > 100_000) return undefined
  const known = recent.get(text)
  return (known ?? recent.set(text, { value: parseJsonc(text) })).value
}

/** Every app has the same few of them, and each file that is written is looked at with them. */
const recent = keepRecent<{ value: unknown }>(50)

function parseJsonc(text: string): unknown {
  const parsed = parseSync('x.js', `(${text}\n)`)
  const statement = parsed.program.body[0]
  if (parsed.errors.length > 0 || statement?.type !== 'ExpressionStatement') return undefined
  return literalValue(statement.expression)
}

type Node = { type: string; [key: string]: unknown }

function literalValue(expression: unknown): unknown {
  const node = expression as Node
  if (node.type === 'ParenthesizedExpression') return literalValue(node['expression'])
  if (node.type === 'Literal') return node['value']
  if (node.type === 'ArrayExpression') return (node['elements'] as unknown[]).map((item) => literalValue(item))
  if (node.type !== 'ObjectExpression') return undefined
  const entries: [string, unknown][] = []
  for (const member of node['properties'] as { key: Node; value: Node }[]) {
    const key = member.key?.['value']
    if (typeof key === 'string') entries.push([key, literalValue(member.value)])
  }
  return Object.fromEntries(entries)
}
