import { fileURLToPath } from 'node:url'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import postcss, { type AtRule, type ChildNode, type Root } from 'postcss'
import { isExternalUrl } from './css-urls.ts'
import type { LoadedStylesheet } from './tailwind.ts'

/** A stylesheet with its imports put in. */
export type FlattenedSheet = {
  text: string
  /** Where a place of `text` comes from; lines and columns from 1. */
  origin: (line: number, column: number) => { id: string; line: number; column: number } | null
}

type Load = (specifier: string, fromId: string) => LoadedStylesheet

const IMPORT = /^(?:url\(\s*)?(?:"([^"]*)"|'([^']*)'|([^\s"')]+))\s*\)?\s*([\s\S]*)$/i
const LAYER = /^layer(?:\(([^)]*)\))?\s*/i
const MAX_DEPTH = 20

/**
 * Puts the stylesheets in place of their `@import`, as `postcss-import` does: each once, within the layer, the support and
 * the media that the import names. Imports from other sites stay.
 *
 * @throws What `load` throws, and CssSyntaxError with `input.file` for a sheet that cannot be parsed.
 */
export function flattenImports(sheet: LoadedStylesheet, load: Load): FlattenedSheet {
  if (!sheet.text.includes('@import'))
    return { text: sheet.text, origin: (line, column) => ({ id: sheet.id, line, column }) }
  const root = flatten(sheet, load, new Set(), 0)
  return {
    text: root.toString(),
    origin(line, column) {
      const { map } = root.toResult({ map: { inline: false, annotation: false, absolute: true } })
      const found = originalPositionFor(new TraceMap(map.toString()), { line, column: column - 1 })
      if (found.source === null) return null
      return { id: fileURLToPath(found.source), line: found.line, column: found.column + 1 }
    },
  }
}

function flatten(sheet: LoadedStylesheet, load: Load, seen: Set<string>, depth: number): Root {
  if (depth > MAX_DEPTH) throw new Error(`Stylesheets import each other more than ${MAX_DEPTH} deep.`)
  const root = postcss.parse(sheet.text, { from: sheet.id })
  for (const node of [...root.nodes]) {
    if (node.type !== 'atrule' || node.name !== 'import') continue
    const [, double, single, plain, conditions = ''] = IMPORT.exec(node.params) ?? []
    const specifier = double ?? single ?? plain
    if (!specifier || isExternalUrl(specifier)) continue
    const loaded = load(specifier, sheet.id)
    const once = `${loaded.id}\0${conditions}`
    if (seen.has(once)) {
      node.remove()
      continue
    }
    seen.add(once)
    node.replaceWith(within(node, conditions.trim(), flatten(loaded, load, seen, depth + 1).nodes))
  }
  return root
}

/** The nodes inside the layer, the support and the media that an import names. */
function within(at: AtRule, conditions: string, nodes: readonly ChildNode[]): ChildNode[] {
  const wrap = (name: string, params: string, inner: readonly ChildNode[]): ChildNode[] => {
    const rule = postcss.atRule({ name, params, nodes: [], ...(at.source ? { source: at.source } : {}) })
    rule.append([...inner])
    return [rule]
  }
  const layer = LAYER.exec(conditions)
  const rest = layer ? conditions.slice(layer[0].length) : conditions
  const supports = /^supports\(/i.test(rest) ? closingParenthesis(rest) : 0
  const media = rest.slice(supports).trim()
  let inner: readonly ChildNode[] = nodes
  if (layer) inner = wrap('layer', (layer[1] ?? '').trim(), inner)
  if (supports > 0) {
    const condition = rest.slice('supports('.length, supports - 1)
    inner = wrap('supports', condition.includes(':') && !condition.includes('(') ? `(${condition})` : condition, inner)
  }
  if (media) inner = wrap('media', media, inner)
  return [...inner]
}

function closingParenthesis(text: string): number {
  let open = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') open += 1
    if (text[at] === ')' && (open -= 1) === 0) return at + 1
  }
  return text.length
}
