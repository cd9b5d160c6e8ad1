import { createRequire } from 'node:module'
import type { AtRule, Node, Plugin, Postcss, Result, Root } from 'postcss'

/** What this room uses of Tailwind 3 besides its public face. Pinned by its exact version; `tailwind-3.test.ts` compares results. */

const require = createRequire(createRequire(import.meta.url).resolve('tailwindcss-3/package.json'))

export type ContentEntry = string | { raw: string; extension?: string }
export type Extractor = (content: string) => string[]

/** A config as Tailwind works with it, all parts there. */
export type ResolvedConfig = {
  content: {
    relative: boolean
    files: ContentEntry[]
    extract: Record<string, Extractor>
    transform: Record<string, (content: string) => string>
  }
}

/** Where a rule belongs in the stylesheet. */
export type RuleOrder = { layer: 'base' | 'defaults' | 'components' | 'utilities' | 'variants'; index: bigint }
export type PlacedRule = [order: RuleOrder, node: Node]
/** The rules of a stylesheet, each layer in its order. */
export type Stylesheet = Record<RuleOrder['layer'], Set<Node>>

/** Tailwind's memory for one stylesheet: what its plugins made, and every class that was ever tried. */
export type Context = {
  tailwindConfig: ResolvedConfig
  changedContent: { content: string; extension: string }[]
  candidateRuleCache: Map<unknown, Set<PlacedRule>>
  notClassCache: Set<unknown>
  stylesheetCache: Stylesheet | null
  candidates?: Iterable<string>
  offsets: { sort(rules: PlacedRule[]): PlacedRule[]; arbitraryProperty(name: string): RuleOrder }
}

type Setup = {
  tailwindDirectives: Set<AtRule>
  createContext: (config: ResolvedConfig, changedContent: Context['changedContent']) => Context
}

const load = <T>(path: string, name = 'default'): T => (require(path) as Record<string, T>)[name] as T

export const postcss = require('postcss') as Postcss
export const processTailwindFeatures = load<
  (setup: (work: Setup) => (root: Root, result: Result) => Context) => (root: Root, result: Result) => Promise<void>
>('./lib/processTailwindFeatures')
export const resolveConfig = load<(config: unknown) => ResolvedConfig>('./lib/public/resolve-config')
export const generateRules = load<(candidates: Iterable<unknown>, context: Context) => PlacedRule[]>(
  './lib/lib/generateRules',
  'generateRules',
)
export const defaultExtractor = load<(context: Context) => Extractor>('./lib/lib/defaultExtractor', 'defaultExtractor')
/** Stands for the classes that are there without being used. */
export const NOT_ON_DEMAND = load<object>('./lib/lib/sharedState', 'NOT_ON_DEMAND')
export const nesting = require('./nesting') as () => Plugin
export const isMatch = (require('micromatch') as { matcher: (glob: string) => (path: string) => boolean }).matcher
export const globSync = (require('fast-glob') as { sync: (globs: string[], options: { cwd: string }) => string[] }).sync
