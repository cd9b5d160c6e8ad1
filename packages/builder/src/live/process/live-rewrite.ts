import { posix } from 'node:path'
import type { AppSources } from '../../engine/app-sources.ts'
import { rewriteGlobs } from '../../engine/glob-imports.ts'
import { rewriteVariableImports } from '../../engine/lazy-imports.ts'
import { findNodes, isImportMeta, openSourceEdit, type SourceEdit } from '../../engine/source-edit.ts'
import { rewriteUrlReferences } from '../../engine/url-references.ts'
import { inlineIcons } from './live-icons.ts'

/** What is answered from other files of the app: it may change while the file does not. */
const ASKS_TREE = /import\.meta\.(?:glob|url)|\bimport\s*\(\s*`/
const TRIGGER = /['"]lucide-react['"]|import\.meta\.(?:glob|url|env)|\bimport\s*\(\s*`/

export const ENVIRONMENT_MODULE = '/@live/environment.js'
const ENVIRONMENT = '__live_env_____' // as long as `import.meta.env`: no column moves

export const asksTree = (text: string): boolean => ASKS_TREE.test(text)

export type Rewritten = { code: string; map?: string }

/**
 * A script as a live page gets it, before types and JSX are taken out: values of the environment read from the page, icons
 * in place, globs and addresses answered from the tree. Every line keeps its number, and imports are added at the end,
 * so that the places which elements carry stay true.
 */
export function rewriteLive(sources: AppSources, path: string): Rewritten {
  const text = sources.files.text(path) ?? ''
  if (!TRIGGER.test(text)) return { code: text }
  const opened = openSourceEdit(path, text)
  if (!opened) return { code: text }
  const edit = keepLines(opened)
  if (text.includes('lucide-react')) inlineIcons(sources.store, edit)
  if (text.includes('import.meta.env')) readEnvironment(edit)
  if (text.includes('import.meta.glob')) rewriteGlobs(sources, edit)
  if (text.includes('import.meta.url')) rewriteUrlReferences(sources, edit)
  rewriteVariableImports(sources, edit)
  if (!edit.edits.hasChanged()) return { code: text }
  const map = edit.edits.generateMap({ hires: 'boundary', source: posix.basename(path), includeContent: true })
  return { code: edit.edits.toString(), map: map.toString() }
}

/** `import.meta.env`, whole or by name, reads the page's values, as a published page does. */
function readEnvironment(edit: SourceEdit): void {
  const nodes = findNodes(edit, 'MemberExpression').filter((node) => isImportMeta(node, 'env'))
  for (const node of nodes) edit.edits.overwrite(node.start, node.end, ENVIRONMENT)
  if (nodes.length > 0)
    edit.edits.append(`\nimport { environment as ${ENVIRONMENT} } from ${JSON.stringify(ENVIRONMENT_MODULE)};`)
}

/** The same edit, which keeps the number of lines of what it replaces, and adds imports behind the text. */
function keepLines(edit: SourceEdit): SourceEdit {
  const { edits, text } = edit
  const overwrite = edits.overwrite.bind(edits)
  edits.overwrite = (start: number, end: number, content: string) => {
    const missing = lines(text.slice(start, end)) - lines(content)
    return overwrite(start, end, content + '\n'.repeat(Math.max(0, missing)))
  }
  let count = 0
  return {
    ...edit,
    addImport(specifier, kind = 'default') {
      const name = `__added${count++}`
      const what = kind === 'namespace' ? `* as ${name}` : kind === 'default' ? name : `{ ${kind} as ${name} }`
      edits.append(`\nimport ${what} from ${JSON.stringify(specifier)};`)
      return name
    },
  }
}

const lines = (text: string): number => text.split('\n').length - 1
