import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { workshops } from './rooms.mjs'

const skippedFolders = new Set(['node_modules', 'dist', 'fixtures', 'coverage', 'generated'])
/** Apps that are data: the house's rules are not theirs. */
const freeFolders = ['starter', 'packages/model-server/src/apps/files']
const codeEnding = /\.(?:[cm]?[jt]s|[jt]sx)$/

/**
 * @typedef {{ path: string, room: string | undefined, name: string, isCode: boolean, isTest: boolean, isConfig: boolean,
 *   text: string, lines: number, program?: any, module?: any, comments: any[], errors: any[],
 *   lineAt(offset: number): number }} HouseFile
 */

/** Every file of the rooms and workshops, parsed where it is code. Paths are relative to the root, with `/`. */
export function readHouse(root) {
  const paths = ['packages', 'decisions', ...workshops].flatMap((folder) => walk(root, folder))
  return paths.map((path) => readFile(root, path))
}

function walk(root, folder) {
  if (!existsSync(join(root, folder)) || freeFolders.includes(folder)) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(root, path)
    return entry.isFile() ? [path] : []
  })
}

/** @returns {HouseFile} */
function readFile(root, path) {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const isCode = codeEnding.test(name)
  const text =
    isCode || /\.(?:css|sql|html)$/.test(name) ? readFileSync(join(root, path.replaceAll('/', sep)), 'utf8') : ''
  const starts = lineStarts(text)
  const parsed = isCode ? parseSync(name, text) : { comments: [], errors: [] }
  return {
    path,
    room: /^packages\/([^/]+)\//.exec(path)?.[1],
    name,
    isCode,
    isTest: isTest(path, name),
    isConfig: /\.config\.[cm]?[jt]s$/.test(name),
    text,
    lines: text.endsWith('\n') ? starts.length - 1 : starts.length,
    program: parsed.program,
    module: parsed.module,
    comments: parsed.comments,
    errors: parsed.errors,
    lineAt: (offset) => lineAt(starts, offset),
  }
}

/** Tests, and what only tests use: their kits, by name or in a `testing` folder. */
const isTest = (path, name) =>
  /\.test\.[jt]sx?$/.test(name) || /^test-|-test-kit\.[jt]sx?$/.test(name) || path.includes('/testing/')

function lineStarts(text) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineAt(starts, offset) {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle] <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** Visits every node of a syntax tree, parents first. */
export function visit(node, onNode, parent) {
  if (Array.isArray(node)) for (const item of node) visit(item, onNode, parent)
  else if (node && typeof node === 'object' && typeof node.type === 'string') {
    onNode(node, parent)
    for (const key of Object.keys(node)) {
      const value = node[key]
      if (value && typeof value === 'object') visit(value, onNode, node)
    }
  }
}
