import type { AppSources } from './app-sources.ts'
import { rewriteGlobs } from './glob-imports.ts'
import { rewriteIcons } from './icons.ts'
import { rewriteLazyImports } from './lazy-imports.ts'
import { rewriteNamespaces } from './namespace-imports.ts'
import { openSourceEdit } from './source-edit.ts'
import { rewriteUrlReferences } from './url-references.ts'

const TRIGGER = /import\s*(?:type\s+)?\*|lucide-react|['"]zod['"]|import\.meta\.(?:glob|url)|\bimport\s*\(/

/**
 * A script as the bundler gets it: icons imported one by one, namespaces of packages turned into the names in use,
 * globs, workers and asset URLs answered from the tree. Most files need nothing and pass through unread.
 */
export function rewriteSource(sources: AppSources, path: string): { code: string; map?: string } {
  const text = sources.files.text(path) ?? ''
  const edit = TRIGGER.test(text) ? openSourceEdit(path, text) : null
  if (!edit) return { code: text }
  rewriteIcons(sources.store, edit)
  rewriteNamespaces(edit)
  if (text.includes('import.meta.glob')) rewriteGlobs(sources, edit)
  if (text.includes('import.meta.url')) rewriteUrlReferences(sources, edit)
  if (/\bimport\s*\(/.test(text)) rewriteLazyImports(sources, edit)
  if (!edit.edits.hasChanged()) return { code: text }
  return { code: edit.edits.toString(), map: edit.edits.generateMap({ hires: 'boundary', source: path }).toString() }
}
