import { posix } from 'node:path'
import type { AppSources } from './app-sources.ts'
import { rewriteGlobs } from './glob-imports.ts'
import { rewriteIcons } from './icons.ts'
import { rewriteLazyImports } from './lazy-imports.ts'
import { rewriteNamespaces } from './namespace-imports.ts'
import { contentHash } from './output.ts'
import { keepRecent } from './recent.ts'
import { openSourceEdit } from './source-edit.ts'
import { rewriteUrlReferences } from './url-references.ts'

const TRIGGER = /import\s*(?:type\s+)?\*|lucide-react|['"]zod['"]|import\.meta\.(?:glob|url)|\bimport\s*\(/

/** What is answered by which files there are: it may change while this file does not. */
const ASKS_TREE = /import\.meta\.glob|\bimport\s*\(/

/** What is answered by the content of other files: it is done anew in each build. */
const ASKS_CONTENT = /import\.meta\.url/

type Rewritten = { code: string; map?: string }
const rewritten = keepRecent<Rewritten>(2_000)

/**
 * A script as the bundler gets it: icons imported one by one, namespaces of packages turned into the names in use,
 * globs, workers and asset URLs answered from the tree. Most files need nothing and pass through unread.
 */
export function rewriteSource(sources: AppSources, path: string): Rewritten {
  const text = sources.files.text(path) ?? ''
  if (!TRIGGER.test(text)) return { code: text }
  if (ASKS_CONTENT.test(text)) return rewrite(sources, path, text)
  const tree = ASKS_TREE.test(text) ? treeKey(sources) : ''
  const key = [sources.store.root, path, sources.files.hash(path), tree].join('\0')
  const known = rewritten.get(key)
  if (known) return known
  const found = sources.problems.list.length
  const made = rewrite(sources, path, text)
  return sources.problems.list.length === found ? rewritten.set(key, made) : made // a problem must be found again
}

const treeKeys = new WeakMap<AppSources, string>()

/** Which files there are, and what aliases make of specifiers. */
function treeKey(sources: AppSources): string {
  const known = treeKeys.get(sources)
  if (known !== undefined) return known
  const key = contentHash(JSON.stringify([[...sources.files.paths()].toSorted(), sources.aliases]), 40)
  treeKeys.set(sources, key)
  return key
}

function rewrite(sources: AppSources, path: string, text: string): Rewritten {
  const edit = openSourceEdit(path, text)
  if (!edit) return { code: text }
  rewriteIcons(sources.store, edit)
  rewriteNamespaces(edit)
  if (text.includes('import.meta.glob')) rewriteGlobs(sources, edit)
  if (text.includes('import.meta.url')) rewriteUrlReferences(sources, edit)
  if (/\bimport\s*\(/.test(text)) rewriteLazyImports(sources, edit)
  if (!edit.edits.hasChanged()) return { code: text }
  return {
    code: edit.edits.toString(),
    map: edit.edits.generateMap({ hires: 'boundary', source: posix.basename(path), includeContent: true }).toString(),
  }
}
