import { appId, type AppFiles } from '../../engine/app-files.ts'
import { readAliases } from '../../engine/aliases.ts'
import { readPage, type Page } from '../../engine/html.ts'
import { contentHash, type Output } from '../../engine/output.ts'
import type { PackageStore } from '../../engine/package-store.ts'
import { gatherProblems, placeOf, type Problems } from '../../engine/problems.ts'
import { createStylesheets } from '../../engine/stylesheets.ts'
import { createPlaceholders } from '../../engine/vendor-names.ts'
import { gatherWorkers } from '../../engine/workers.ts'
import type { AskStyles } from '../../styles/style-request.ts'
import { readScript, type ScriptFacts } from './file-facts.ts'
import { inspectFiles, type Inspection, type InspectionSources } from './inspect-files.ts'
import { openTree, type LiveTree } from './live-files.ts'
import { asksTree } from './live-rewrite.ts'
import type { LiveStyles } from './live-styles.ts'
import type { LiveVendor } from './live-vendor.ts'
import { derivedId } from './module-ids.ts'
import type { PageSources } from './virtual-files.ts'

/** What stays with an app from one tree to the next. */
export type AppRoom = {
  store: PackageStore
  vendor: LiveVendor
  output: Output
  styles: LiveStyles
  facts: FactsCache
  askStyles: AskStyles
}

/** One tree of an app, read as a page. */
export type PageView = {
  tree: LiveTree
  /** Null when the page itself is not there or cannot be read. */
  page: Page | null
  sources: PageSources & InspectionSources
  inspection: Inspection
}

type Cached = { content: Uint8Array; facts: ScriptFacts }

/** What is known of scripts, by path: of their newest content and of the one before. */
export class FactsCache {
  readonly #byPath = new Map<string, Cached[]>()

  obtain(path: string, content: Uint8Array, read: () => ScriptFacts): ScriptFacts {
    const known = this.#byPath.get(path) ?? []
    const same = known.find((item) => item.content === content)
    if (same) return same.facts
    const facts = read()
    this.#byPath.set(path, [{ content, facts }, ...known].slice(0, 2))
    return facts
  }

  /** Forgets what depends on more than a file's own text. */
  clear(): void {
    this.#byPath.clear()
  }
}

/** Reads a tree as a page, and follows everything that it reaches. */
export async function viewTree(room: AppRoom, tree: LiveTree): Promise<PageView> {
  const all = new Map(tree)
  const files = openTree(all)
  const problems = gatherProblems(files)
  const page = readPage(files, room.output, problems, (path, code) => all.set(path, new TextEncoder().encode(code)))
  const sources = openSources(room, files, problems)
  const entries = page
    ? [...page.entries.map((path) => appId(path)), ...page.stylesheets.map((path) => derivedId('style', path))]
    : []
  const found = await inspectFiles(sources, entries)
  const own = problems.list
  const blamed = own.length > 0 ? new Set([...found.blamed, 'index.html']) : found.blamed
  return { tree, page, sources, inspection: { ...found, blamed, problems: [...own, ...found.problems] } }
}

function openSources(room: AppRoom, files: AppFiles, problems: Problems): PageSources & InspectionSources {
  const { store, output, vendor, styles, askStyles } = room
  const aliases = readAliases(files)
  const asking = new Map<string, ScriptFacts>()
  const sources: PageSources & InspectionSources = {
    files,
    store,
    aliases,
    output,
    problems,
    vendor,
    styles,
    stylesheets: createStylesheets({ files, store, aliases, output, problems, askStyles }),
    placeholders: createPlaceholders(),
    workers: gatherWorkers(async () => null),
    askStyles,
    facts(path) {
      const content = files.bytes(path) ?? new Uint8Array()
      if (!asksTree(files.text(path) ?? '')) return room.facts.obtain(path, content, () => readScript(sources, path))
      const facts = asking.get(path) ?? readScript(sources, path)
      asking.set(path, facts)
      return facts
    },
    check: (use, path, into) => checkFile(sources, use, path, into),
  }
  return sources
}

async function checkFile(
  sources: PageSources,
  use: string,
  path: string,
  problems: Problems,
): Promise<readonly string[]> {
  if (use === 'style' || use === 'names' || use === 'inline') return sources.styles.check(sources, use, path, problems)
  if (use === 'json') checkJson(sources.files.text(path) ?? '', path, problems)
  return []
}

function checkJson(text: string, path: string, problems: Problems): void {
  try {
    JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0)
    const words = message.replace(/ in JSON at position.*$/s, '')
    problems.add({ file: path, message: `This is not valid JSON: ${words}`, ...placeOf(text, offset) })
  }
}

/** Files that pages fetch by a name made of their content: the newest ones, a bounded number. */
export function keepAssets(most: number): Output & { read(url: string): Uint8Array | undefined } {
  const assets = new Map<string, Uint8Array>()
  return {
    addHashed(name, content) {
      const dot = name.lastIndexOf('.')
      const stem = (dot > 0 ? name.slice(0, dot) : name).replaceAll(/[^\w.-]/g, '_') || 'file'
      const url = `/assets/${stem}-${contentHash(content, 10)}${dot > 0 ? name.slice(dot) : ''}`
      assets.delete(url)
      assets.set(url, content)
      const [oldest] = assets.keys()
      if (assets.size > most && oldest !== undefined) assets.delete(oldest)
      return url
    },
    add: () => undefined,
    files: () => [],
    read: (url) => assets.get(url),
  }
}
