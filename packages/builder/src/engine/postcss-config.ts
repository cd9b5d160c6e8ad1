import { parseSync } from 'oxc-parser'
import { readJsonc } from './aliases.ts'
import type { AppFiles } from './app-files.ts'
import type { Problems } from './problems.ts'

/** What an app's PostCSS config asks for, as far as this builder knows it. */
export type PostcssConfig = {
  /** The Tailwind config that it names, as a path or as the text of an object; null for the usual one. */
  tailwind: { path: string } | { source: string } | null
  /** Whether nested rules are taken apart. */
  nesting: boolean
}

const NAMES = ['', '.json', '.yaml', '.yml', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']
const FILES = [
  ...NAMES.slice(4).map((extension) => `postcss.config${extension}`),
  ...NAMES.map((extension) => `.postcssrc${extension}`),
  'package.json',
]

const TAILWIND = new Set(['tailwindcss', '@tailwindcss/postcss'])
const NESTING = /^(?:tailwindcss\/nesting(?:\/index(?:\.js)?)?|@tailwindcss\/nesting|postcss-nested|postcss-nesting)$/
/** What happens here in any case: imports are put in, prefixes are added, the result is minified. */
const BUILT_IN = new Set(['autoprefixer', 'postcss-import', 'cssnano', 'postcss-flexbugs-fixes'])

type Node = { type: string; start: number; end: number; [key: string]: unknown }
type Found = { text: string; body: readonly Node[] }

/** Reads an app's PostCSS config as data: it is parsed, never run. What it names beyond the known is a problem. */
export function readPostcssConfig(files: AppFiles, problems: Problems): PostcssConfig {
  const config: PostcssConfig = { tailwind: null, nesting: false }
  const path = FILES.find((name) => files.has(name) && (name !== 'package.json' || hasOwn(files.text(name))))
  const source = path === undefined ? undefined : files.text(path)
  if (path === undefined || source === undefined) return config
  const complain = (name: string): void =>
    problems.addAt(
      path,
      [name],
      `The PostCSS plugin "${name}" is not run here: PostCSS configs are read as data. Tailwind, nesting, imports, vendor prefixes and minifying are built in; take the plugin out, or write its result into a stylesheet.`,
    )
  const found = parse(path, source)
  const plugins = found && pluginsOf(found, path)
  if (!found || !plugins) {
    problems.add({
      file: path,
      message: 'This PostCSS config cannot be read as data. Write it as an object with a list of plugins.',
    })
    return config
  }
  for (const plugin of plugins) {
    const name = plugin.name ?? found.text.slice(plugin.node.start, plugin.node.end).slice(0, 80)
    if (TAILWIND.has(name)) config.tailwind = tailwindOf(plugin.options, found.text) ?? config.tailwind
    else if (NESTING.test(name)) config.nesting = true
    else if (!BUILT_IN.has(name)) complain(name)
  }
  return config
}

const hasOwn = (text: string | undefined): boolean =>
  typeof (readJsonc(text) as { postcss?: unknown } | undefined)?.postcss === 'object'

function parse(path: string, source: string): Found | null {
  const isData = /^\.postcssrc(?:\.ya?ml)?$|\.json$/.test(path)
  const text = isData ? `export default (${source}\n)` : source
  const parsed = parseSync(isData ? 'x.js' : path, text)
  if (parsed.errors.length > 0) return null
  return { text, body: parsed.program.body as unknown as Node[] }
}

type Plugin = { name: string | null; node: Node; options: Node | null }

/** Null when the config has no form that can be read. */
function pluginsOf(found: Found, path: string): Plugin[] | null {
  const exported = exportOf(found)
  if (!exported) return []
  const config = unwrap(exported, found)
  const own = path === 'package.json' ? member(config, 'postcss') : config
  if (own?.type !== 'ObjectExpression') return null
  const plugins = member(own, 'plugins')
  if (!plugins) return []
  const list = unwrap(plugins, found)
  if (list.type === 'ArrayExpression')
    return (list['elements'] as (Node | null)[]).flatMap((item) => itemOf(item, found))
  return list.type === 'ObjectExpression' ? entriesOf(list, found) : null
}

function exportOf({ body }: Found): Node | null {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') return statement['declaration'] as Node
    const assignment = statement['expression'] as Node | undefined
    if (assignment?.type !== 'AssignmentExpression') continue
    const target = assignment['left'] as Node
    const property = (target['property'] as Node | undefined)?.['name']
    if (target.type === 'MemberExpression' && property === 'exports') return assignment['right'] as Node
  }
  return null
}

/** The object behind a name, a type, a function that answers it, or a call like `defineConfig({…})`. */
function unwrap(node: Node, found: Found, depth = 0): Node {
  if (depth > 10) return node
  const inner = innerOf(node, found)
  return inner ? unwrap(inner, found, depth + 1) : node
}

function innerOf(node: Node, found: Found): Node | undefined {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return node['expression'] as Node
    case 'Identifier':
      return initOf(String(node['name']), found)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return returned(node['body'] as Node)
    default:
      return undefined
  }
}

function returned(body: Node): Node | undefined {
  if (body.type !== 'BlockStatement') return body
  const last = (body['body'] as Node[]).find((statement) => statement.type === 'ReturnStatement')
  return (last?.['argument'] as Node | undefined) ?? undefined
}

function initOf(name: string, { body }: Found): Node | undefined {
  for (const statement of body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const declared of statement['declarations'] as { id: Node; init: Node | null }[])
      if (declared.id['name'] === name && declared.init) return declared.init
  }
  return undefined
}

function member(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'ObjectExpression') return undefined
  return propertiesOf(node).find((property) => keyOf(property) === name)?.['value'] as Node | undefined
}

const propertiesOf = (node: Node): Node[] => node['properties'] as Node[]

function keyOf(property: Node): string | null {
  const key = property['key'] as Node | undefined
  if (!key || property['computed'] === true) return null
  return key.type === 'Identifier' ? String(key['name']) : String(key['value'])
}

function entriesOf(list: Node, found: Found): Plugin[] {
  return propertiesOf(list).flatMap((property) => {
    if (property.type === 'SpreadElement') return spreadOf(property['argument'] as Node, found)
    const value = property['value'] as Node
    if (value.type === 'Literal' && value['value'] === false) return []
    return [{ name: keyOf(property), node: property, options: unwrap(value, found) }]
  })
}

/** `...(isProduction ? { cssnano: {} } : {})`: whichever it is, its plugins have to be known. */
function spreadOf(node: Node, found: Found): Plugin[] {
  const options = branchesOf(unwrap(node, found))
  return options.flatMap((option) => {
    const value = unwrap(option, found)
    if (value.type === 'ObjectExpression') return entriesOf(value, found)
    if (value.type === 'ArrayExpression')
      return (value['elements'] as (Node | null)[]).flatMap((item) => itemOf(item, found))
    return isNothing(value) ? [] : [{ name: null, node: value, options: null }]
  })
}

function branchesOf(node: Node): Node[] {
  if (node.type === 'ConditionalExpression') return [node['consequent'] as Node, node['alternate'] as Node]
  if (node.type === 'LogicalExpression') return [node['right'] as Node]
  return [node]
}

const isNothing = (node: Node): boolean =>
  (node.type === 'Literal' && !node['value']) || (node.type === 'Identifier' && node['name'] === 'undefined')

function itemOf(item: Node | null, found: Found): Plugin[] {
  if (!item) return []
  if (item.type === 'SpreadElement') return spreadOf(item['argument'] as Node, found)
  return branchesOf(item).flatMap((node) => {
    if (isNothing(node)) return []
    if (node.type === 'ArrayExpression') {
      const [name, options = null] = node['elements'] as Node[]
      return name ? [{ name: nameOf(name, found), node, options }] : []
    }
    const direct = nameOf(node, found)
    if (direct !== null || node.type !== 'CallExpression') return [{ name: direct, node, options: null }]
    const [options = null] = node['arguments'] as Node[]
    return [{ name: nameOf(node['callee'] as Node, found), node, options: options && unwrap(options, found) }]
  })
}

/** The package that `'x'`, `require('x')` or an imported name means. */
function nameOf(node: Node, found: Found): string | null {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null
  if (node.type === 'CallExpression' && (node['callee'] as Node)['name'] === 'require') {
    const [argument] = node['arguments'] as Node[]
    return argument?.type === 'Literal' ? String(argument['value']) : null
  }
  if (node.type !== 'Identifier') return null
  for (const statement of found.body) {
    if (statement.type !== 'ImportDeclaration') continue
    const names = statement['specifiers'] as { local: { name: string } }[]
    if (names.some(({ local }) => local.name === node['name'])) return String((statement['source'] as Node)['value'])
  }
  const init = initOf(String(node['name']), found)
  return init ? nameOf(init, found) : null
}

/** The config that Tailwind's options name: a path, `{ config: path }`, or the config itself. */
function tailwindOf(options: Node | null, text: string): PostcssConfig['tailwind'] {
  const named = options?.type === 'ObjectExpression' ? (member(options, 'config') ?? options) : options
  if (named?.type === 'Literal' && typeof named['value'] === 'string') return { path: named['value'] }
  if (named?.type !== 'ObjectExpression' || propertiesOf(named).length === 0) return null
  if (propertiesOf(named).every((property) => ['base', 'optimize'].includes(keyOf(property) ?? ''))) return null
  return { source: text.slice(named.start, named.end) }
}
