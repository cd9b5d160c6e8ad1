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

/** What is answered from other files of the tree: it may change while this file does not. */
const ASKS_TREE = /import\.meta\.(?:glob|url)|\bimport\s*\(/

type Rewritten = { code: string; map?: string }
const rewritten = keepRecent<Rewritten>(2_000)

/**
 * A script as the bundler gets it: icons imported one by one, namespaces of packages turned into the names in use,
 * globs, workers and asset URLs answered from the tree. Most files need nothing and pass through unread.
 */
export function rewriteSource(sources: AppSources, path: string): Rewritten {
  const text = sources.files.text(path) ?? ''
  if (!TRIGGER.test(text)) return { code: text }
  if (ASKS_TREE.test(text)) return rewrite(sources, path, text)
  const key = contentHash(`${sources.store.root}\0${path}\0${text}`, 40)
  return rewritten.get(key) ?? rewritten.set(key, rewrite(sources, path, text))
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
