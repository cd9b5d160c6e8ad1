import { defineTool, done, read } from '@overskill/agent'
import { normalisePath, type Tree } from '@overskill/workspace'
import { z } from 'zod'
import { noSuchFile, refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

const maxRows = 1_000

/** A folder as it is drawn: names to files (their size) and folders. */
type Folder = { files: Map<string, number>; folders: Map<string, Folder> }

const newFolder = (): Folder => ({ files: new Map(), folders: new Map() })

function folderOf(tree: Tree, prefix: string): Folder {
  const root = newFolder()
  for (const [path, { bytes }] of tree) {
    if (!path.startsWith(prefix)) continue
    const parts = path.slice(prefix.length).split('/')
    let folder = root
    for (const name of parts.slice(0, -1)) {
      const inner = folder.folders.get(name) ?? newFolder()
      folder.folders.set(name, inner)
      folder = inner
    }
    folder.files.set(parts.at(-1) ?? '', bytes)
  }
  return root
}

const sized = (bytes: number): string => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`)

function countFiles(folder: Folder): number {
  return folder.files.size + folder.folders.values().reduce((sum, inner) => sum + countFiles(inner), 0)
}

/** One row a file or folder, indented by two spaces a level; folders first. */
function rowsOf(folder: Folder, depth: number, indent = ''): string[] {
  const folders = [...folder.folders].flatMap(([name, inner]) =>
    depth > 1
      ? [`${indent}${name}/`, ...rowsOf(inner, depth - 1, `${indent}  `)]
      : [`${indent}${name}/ (${countFiles(inner)} files)`],
  )
  return [...folders, ...[...folder.files].map(([name, bytes]) => `${indent}${name} ${sized(bytes)}`)]
}

export const osListFiles = defineTool({
  name: 'os-list-files',
  description:
    'Shows the files of the app as a tree with their sizes. Use it to learn what is there before adding or moving files; not to look for text in files, which os-search-files does. ' +
    'path chooses a folder (the whole app without it), depth how many levels are opened. At most 1,000 rows are shown. Example: {"path": "src/components", "depth": 2}.',
  input: z.object({
    path: z.string().optional().describe('A folder relative to the app root; the whole app without it'),
    depth: z.int().min(1).max(20).optional().describe('Levels to open; all without it'),
  }),
  effect: 'transactional',
  changes: false,
  keys: () => [read('tree')],
  async run({ path, depth }, { draft }: ToolWork) {
    const tree = draft.tree()
    const given = (path ?? '').replace(/^\.?\/?$|\/$/, '')
    const folder = given === '' ? undefined : normalisePath(given)
    if (folder && !folder.ok) return refusedBy(folder.failure)
    const prefix = folder ? `${folder.value}/` : ''
    const files = [...tree.keys()].filter((file) => file.startsWith(prefix)).length
    if (folder && files === 0) {
      const entry = tree.get(folder.value)
      return entry ? done(`${folder.value} is a file of ${sized(entry.bytes)}.`) : noSuchFile(folder.value, tree)
    }
    const rows = rowsOf(folderOf(tree, prefix), depth ?? 20)
    const cut = rows.length > maxRows ? `\n… ${rows.length - maxRows} more rows: choose a folder with path.` : ''
    return done(
      `${files} files in ${folder ? `${folder.value}/` : 'the app'}.\n${rows.slice(0, maxRows).join('\n')}${cut}`,
    )
  },
})
