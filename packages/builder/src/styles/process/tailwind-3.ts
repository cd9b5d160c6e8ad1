import type { Node, Result, Root } from 'postcss'
import { contentHash } from '../../engine/output.ts'
import { keepRecent } from '../../engine/recent.ts'
import type { FlatSheet } from '../style-request.ts'
import { createContentScan, type ContentFiles, type ContentScan } from './content.ts'
import {
  generateRules,
  nesting,
  NOT_ON_DEMAND,
  postcss,
  processTailwindFeatures,
  resolveConfig,
  type Context,
  type PlacedRule,
  type Stylesheet,
} from './internals.ts'

export type Tailwind3 = { compile(sheet: FlatSheet, files: ContentFiles): Promise<string> }

/** One stylesheet's context, and what its classes last came to. */
type Kept = {
  context: Context
  safelist: readonly string[]
  /** The classes among the words of a file. */
  classes: WeakMap<readonly string[], readonly string[]>
  made: { key: string; css: string } | null
}

/** Words that were tried as classes, until a context is made anew. */
const MAX_TRIED = 60_000
const FROM = '/sheet.css'

/**
 * Tailwind 3 with one config. The context of a stylesheet is kept, because trying a class costs most; but what a compile
 * gives depends on its own sheet and classes alone: rules are chosen and ordered by the classes at hand, never by those
 * that came before.
 *
 * @param config What the app's config exports.
 * @param places Where globs start, and where the config lies.
 */
export function createTailwind3(config: unknown, places: { root: string; configDir: string }): Tailwind3 {
  const resolved = resolveConfig(config ?? {})
  const contexts = keepRecent<Kept>(20)
  let scan: ContentScan | undefined

  const keptFor = (key: string, create: () => Context): Kept => {
    const known = contexts.get(key)
    if (known && known.context.notClassCache.size + known.context.candidateRuleCache.size < MAX_TRIED) return known
    const context = create()
    scan ??= createContentScan(context, places.root, places.configDir)
    const listed = context.changedContent.flatMap((item) => scan?.wordsOf(item.content, item.extension) ?? [])
    context.changedContent = []
    context.candidates = []
    forgetOrder(context)
    return contexts.set(key, { context, safelist: listed, classes: new WeakMap(), made: null })
  }

  return {
    async compile(sheet, files) {
      const key = contentHash(`${sheet.nesting}:${sheet.text}`, 32)
      const known = contexts.get(key)
      if (known?.made) {
        const rules = findRules(known, sheet.scans ? (scan?.wordsIn(files) ?? []) : [])
        if (rules.key === known.made.key) return known.made.css
      }
      const root = await parseSheet(sheet)
      let kept: Kept | undefined
      let madeOf = ''
      const setUp = processTailwindFeatures(({ tailwindDirectives, createContext }) => () => {
        kept = keptFor(key, () => createContext(resolved, []))
        const scans = tailwindDirectives.size > 0 && sheet.scans
        const rules = findRules(kept, scans ? (scan?.wordsIn(files) ?? []) : [])
        kept.context.stylesheetCache = placeRules(kept.context, rules.list)
        madeOf = rules.key
        return kept.context
      })
      await setUp(root, { opts: { from: FROM }, messages: [], warn: () => null } as unknown as Result)
      const css = root.toString()
      if (kept) kept.made = { key: madeOf, css }
      return css
    },
  }
}

async function parseSheet(sheet: FlatSheet): Promise<Root> {
  if (!sheet.nesting) return postcss.parse(sheet.text, { from: FROM })
  const result = await postcss([nesting()]).process(sheet.text, { from: FROM })
  return result.root as Root
}

/** Arbitrary properties are numbered as they are met. Without numbers, the order in which they are asked for decides. */
function forgetOrder({ offsets }: Context): void {
  const number = offsets.arbitraryProperty.bind(offsets)
  offsets.arbitraryProperty = (name) => ({ ...number(name), index: 0n })
}

/** The rules of the words that are classes, in the order of the words; `key` is the same for the same classes. */
function findRules(
  { context, safelist, classes }: Kept,
  lists: readonly (readonly string[])[],
): { key: string; list: PlacedRule[] } {
  const used = new Set<string>()
  for (const words of [safelist, ...lists]) {
    const known = classes.get(words) ?? words.filter((word) => isClass(context, word))
    classes.set(words, known)
    for (const name of known) used.add(name)
  }
  const sorted = [...used].toSorted((a, b) => (a < b ? -1 : 1))
  const always = isClass(context, NOT_ON_DEMAND) ? [NOT_ON_DEMAND] : []
  const list = [...sorted, ...always].flatMap((word) => [...(context.candidateRuleCache.get(word) ?? [])])
  return { key: sorted.join('\n'), list }
}

function isClass(context: Context, word: unknown): boolean {
  if (context.notClassCache.has(word)) return false
  if (!context.candidateRuleCache.has(word)) generateRules([word], context)
  return context.candidateRuleCache.has(word)
}

function placeRules(context: Context, list: PlacedRule[]): Stylesheet {
  const none = (): Set<Node> => new Set()
  const placed: Stylesheet = {
    base: none(),
    defaults: none(),
    components: none(),
    utilities: none(),
    variants: none(),
  }
  for (const [order, node] of context.offsets.sort(list)) placed[order.layer].add(node)
  return placed
}
